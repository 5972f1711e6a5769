"""The roofline: what a machine allows a computation of some intensity, measured beside it.

Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore
architectures", Communications of the ACM 52 (4), 2009.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Sequence

import numpy as np

from harness.report.measurements import Roofline
from harness.runtimes import RuntimeUnavailable
from harness.worker import Worker

_MODULE = "harness.workers.roofline_worker"
# 4096 x 4096 matrices; arrays of 256 MiB in float32, beyond any cache.
SIZE = (4096, 1 << 26)
_ON_GPU = ("jax", "torch", "tensorflow")


def attainable(roofline: Roofline, flops: float, moved: float) -> float:
    """The FLOP/s that a computation may reach: the lower of the two roofs.

    Arguments:
        flops: its operations.
        moved: bytes that it has to move between memory and processor.
    """
    return min(roofline.flops, roofline.bandwidth * flops / moved)


def share(roofline: Roofline, flops: float, moved: float, seconds: float) -> float:
    """How much of the attainable a computation reached that took so many seconds."""
    return flops / seconds / attainable(roofline, flops, moved)


class Probe:
    """Measures a machine's two roofs whenever asked.

    Arguments:
        environment: of its process, threads pinned.
        settings: `threads`, `device`, `precision`, `tf32`, as contenders have them.
        size: side of the matrices, and elements of the triad's arrays.

    Raises:
        RuntimeUnavailable: nothing here can reach the GPU.
        WorkerError: the worker does not start.
    """

    def __init__(
        self,
        environment: dict[str, str],
        settings: dict[str, object],
        size: tuple[int, int] = SIZE,
    ) -> None:
        self.library = _library(str(settings["device"]))
        command = [sys.executable, "-m", _MODULE, self.library, json.dumps(settings)]
        self._worker = Worker("roofline", command, environment)
        self._flops: list[float] = []
        self._bandwidth: list[float] = []
        versions = self._worker.ask("versions")["versions"]
        self.library = " ".join(*versions.items())
        side, elements = size
        self._worker.ask("make", side=side, elements=elements)

    def measure(self) -> None:
        """Once more."""
        answer = self._worker.ask("measure")
        self._flops.append(answer["flops"])
        self._bandwidth.append(answer["bandwidth"])

    def roofline(self) -> Roofline:
        """The medians so far."""
        return Roofline(
            library=self.library,
            flops=float(np.median(self._flops)),
            bandwidth=float(np.median(self._bandwidth)),
            spread=spread(self._flops),
        )

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def spread(values: Sequence[float]) -> float:
    """Interquartile range over the median."""
    low, median, high = np.percentile(values, (25, 50, 75))
    return float((high - low) / median)


def _library(device: str) -> str:
    if device == "cpu":
        return "numpy"
    for name in _ON_GPU:
        if importlib.util.find_spec(name) is not None:
            return name
    raise RuntimeUnavailable(f"none of {', '.join(_ON_GPU)} is installed to measure the GPU with")
