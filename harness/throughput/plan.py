"""What a run shall measure: settings, and how often."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from harness import machine
from harness.report.measurements import MODES, Mode

BATCHES, POINTS = (1, 8, 32, 128), (256, 1024, 4096)  # of the full sweep
MODEL, BATCH, NUM_POINTS = "pointnet_cls", 32, 1024  # of the default one
DEVICES = ("cpu", "gpu")
PRECISIONS = ("float32", "bfloat16", "float16")
MIN_ROUNDS = 3


class PlanError(ValueError):
    """A plan that cannot be carried out on this machine."""


@dataclass(frozen=True)
class Setting:
    """What contenders are given alike, and compared on.

    Attributes:
        model: key in the catalogue.
        mode: training or inference.
        batch, points: clouds a step, points a cloud.
        precision: of the arithmetic.
        tf32: on a GPU, whether float32 products may round to TF32; None on a CPU.
    """

    model: str
    mode: Mode
    batch: int
    points: int
    precision: str = "float32"
    tf32: bool | None = None

    def __str__(self) -> str:
        tf32 = {None: "", True: " with TF32", False: ""}[self.tf32]
        return f"{self.model} {self.mode} {self.batch} x {self.points} {self.precision}{tf32}"


@dataclass(frozen=True)
class Plan:
    """A run.

    Attributes:
        models: keys in the catalogue.
        modes: training, inference.
        batches, points: every combination is measured, the small ones first.
        precisions: float32, bfloat16, float16; on a GPU float32 is measured without and with TF32.
        device: cpu or gpu.
        rounds: how often every contender is asked.
        seconds: for the rounds of one setting; after it no further round is begun, but for the
            least number of them. None for no limit.
        threads: cores for every contender alike.
        slice_s: seconds of steps that a contender takes at least when it is its turn.
        contenders: `implementation@runtime`; all if empty.
        pipelines: whether to measure input pipelines too.
    """

    models: Sequence[str] = (MODEL,)
    modes: Sequence[Mode] = MODES
    batches: Sequence[int] = (BATCH,)
    points: Sequence[int] = (NUM_POINTS,)
    precisions: Sequence[str] = ("float32",)
    device: str = "cpu"
    rounds: int = 7
    seconds: float | None = None
    threads: int = field(default_factory=lambda: machine.describe().cores)
    slice_s: float = 0.25
    contenders: Sequence[str] = ()
    pipelines: bool = True

    def check(self) -> None:
        """Raise a PlanError where this machine cannot do it."""
        cores = machine.describe().cores
        if not 1 <= self.threads <= cores:
            raise PlanError(f"--threads {self.threads}: this machine gives 1 to {cores}")
        if self.device == "gpu" and not machine.gpus():
            raise PlanError(
                "--device gpu: nvidia-smi finds no GPU on this machine; use --device cpu"
            )

    def settings(self) -> Iterator[Setting]:
        """All combinations, those with the fewest points a step first."""
        sizes = sorted(product(self.batches, self.points), key=lambda size: size[0] * size[1])
        arithmetic = [
            (precision, tf32) for precision in self.precisions for tf32 in self._tf32(precision)
        ]
        for model, (precision, tf32), mode in product(self.models, arithmetic, self.modes):
            for batch, points in sizes:
                yield Setting(model, mode, batch, points, precision, tf32)

    def _tf32(self, precision: str) -> tuple[bool | None, ...]:
        if self.device == "cpu":
            return (None,)
        return (False, True) if precision == "float32" else (False,)


def available_bytes() -> int:
    """Memory that new processes can have without swapping."""
    try:
        with open("/proc/meminfo") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
