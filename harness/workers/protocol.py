"""How a worker is spoken to: one JSON object a line in, one a line out, arrays in HDF5 files.

A request is {"op": NAME, ...arguments}, the answer {"ok": true, ...} or {"ok": false, "error": ...}
Standard output belongs to the protocol alone: whatever a framework prints goes to standard error.
"""

import json
import os
import platform
import sys
import traceback

import numpy as np

OPERATIONS = (
    "versions", "memory", "forget", "describe", "initialise", "trace", "isolate", "export",
    "optimise", "trajectory", "schedules", "save_checkpoint", "load_checkpoint", "augment",
    "epoch", "metrics", "reimport", "learn",
)  # fmt: skip


class RequestError(ValueError):
    """A request that cannot be carried out; its message is the answer."""


class ImplementationWorker(object):
    """What the workers of implementations share; an operation is a method of its name."""

    def frameworks(self):
        """Versions by package, Python and NumPy left out."""
        raise NotImplementedError

    def versions(self):
        common = {"python": platform.python_version(), "numpy": np.__version__}
        return {"versions": dict(common, **self.frameworks())}

    def memory(self):
        return {"peak_mib": peak_memory_mib()}

    def serve(self):
        """Answer requests for those of OPERATIONS that this worker knows."""
        serve({name: getattr(self, name) for name in OPERATIONS if hasattr(self, name)})


def serve(handlers):
    """Answer requests until `quit` or the end of the input.

    Arguments:
        handlers: dictionary from operation to a function that takes the request's other fields as
            keyword arguments and returns a JSON-serialisable dictionary (or None).
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**fields):
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    answer(ok=True, pid=os.getpid())
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        operation = request.pop("op")
        if operation == "quit":
            break
        try:
            answer(ok=True, **(handlers[operation](**request) or {}))
        except RequestError as error:
            answer(ok=False, error=str(error))
        except Exception as error:
            traceback.print_exc()
            answer(ok=False, error="%s: %s" % (type(error).__name__, error), bug=True)
    answers.close()


def peak_memory_mib():
    """The largest resident size of this process so far, in MiB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
