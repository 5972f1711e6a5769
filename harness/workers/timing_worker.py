"""Times one implementation in one runtime: all cores, the framework's optimisations on.

python -m harness.workers.timing_worker KIND ROOT SETTINGS

KIND is "graph", "keras" or "peer", ROOT the folder of the implementation (of a peer, its package's
name), SETTINGS a JSON object: `runtime`, `threads`, `device` ("cpu" or "gpu"), `precision`, `tf32`
and `xla`. Nothing is imported but what that kind needs.
"""

import json
import sys
import time

from harness.workers import protocol, resources

_STARTED = time.perf_counter()


class TimingWorker(object):
    """The operations that the harness may ask of an implementation to be timed.

    Arguments:
        engine: makes and runs steps: `build(network, mode, batch)`, `step()`, which returns when
            its results are on the host, `versions()`, `device_memory()`, and `draining(...)`, a
            context manager that gives a function to go through one epoch and count clouds.
        import_s: seconds that it took to have it.
    """

    def __init__(self, engine, import_s):
        self.engine, self.import_s = engine, import_s
        self.meter = resources.MemoryMeter()

    def versions(self):
        return {"versions": self.engine.versions(), "import_s": self.import_s}

    def build(self, network, mode, batch):
        """Make the network and everything that a step needs; then the process counts as idle."""
        from harness import exchange

        arrays = exchange.read_arrays(batch)
        seconds = _seconds_of(lambda: self.engine.build(network, mode, arrays))
        self.meter.rest()
        return {"seconds": seconds, "idle_bytes": self.meter.idle}

    def first_step(self):
        """The step that compiles, where there is something to compile."""
        seconds = _seconds_of(self.engine.step)
        self.meter.forget()
        return {"seconds": seconds}

    def run(self, at_least):
        """Steps one after another, until at least so many seconds are over; one in any case.

        The step before them is not counted: it finds the caches full of the others' data.
        """
        self.engine.step()
        steps, started = 0, time.perf_counter()
        while True:
            self.engine.step()
            steps += 1
            seconds = time.perf_counter() - started
            if seconds >= at_least:
                return {"steps": steps, "seconds": seconds}

    def memory(self):
        return {
            "added_bytes": self.meter.added(),
            "method": self.meter.method,
            "device_bytes": self.engine.device_memory(),
        }

    def drain(self, network, folder, batch_size, num_points):
        """One epoch of the input pipeline alone, every batch put on the device."""
        with self.engine.draining(network, folder, batch_size, num_points) as epoch:
            started = time.perf_counter()
            clouds = epoch()
            return {"clouds": clouds, "seconds": time.perf_counter() - started}


def _seconds_of(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _engine(kind, root, settings):
    if kind == "graph":
        from harness.workers.graph_timing import GraphEngine

        return GraphEngine(root, settings)
    if kind == "keras":
        from harness.workers.keras_timing import engine_for

        return engine_for(root, settings)
    from harness.workers.peer_timing import PeerEngine

    return PeerEngine(root, settings)


def main(kind, root, settings):
    settings = json.loads(settings)
    resources.pin(settings["threads"])
    engine = _engine(kind, root, settings)
    worker = TimingWorker(engine, time.perf_counter() - _STARTED)
    operations = ("versions", "build", "first_step", "run", "memory", "drain")
    protocol.serve({operation: getattr(worker, operation) for operation in operations})


if __name__ == "__main__":
    main(*sys.argv[1:])
