"""What a worker uses of its machine: cores, and memory at its highest."""

import os
import resource


def pin(threads):
    """Keep this process to so many cores: pools of threads that count the cores find no more."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[:threads])


class MemoryMeter(object):
    """How far the resident size of this process rises above what it was when idle.

    Linux keeps the highest resident size of a process (VmHWM) and sets it back to the present one
    on request. Where it cannot be set back, the peak is that of the whole life of the process, and
    `method` says so.
    """

    def __init__(self):
        self.method = "VmHWM, set back through /proc/self/clear_refs before the steps"
        self.idle = 0

    def rest(self):
        """Take the present size for idle."""
        self.forget()
        self.idle = _peak()

    def forget(self):
        """Forget the peak so far: the compiler's, say."""
        try:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            self.method = "ru_maxrss, which cannot be set back: compiling is part of the peak"

    def added(self):
        """Bytes by which the peak exceeds the idle size."""
        return max(0, _peak() - self.idle)


def _peak():
    """The highest resident size, in bytes."""
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
