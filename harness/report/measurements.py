"""The format of `throughput.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.report.decoding import decode_document, encode_document
from harness.report.errors import ReportError
from harness.report.schema import Machine

SCHEMA = 2

Mode = Literal["training", "inference"]
MODES: tuple[Mode, ...] = ("training", "inference")


@dataclass(frozen=True)
class Settings:
    """How the steps were timed.

    Attributes:
        threads: cores given to every implementation alike.
        rounds: how often each was asked for its steps; fewer where time ran out.
        slice_s: seconds of steps that an implementation takes at least when it is its turn.
        memory: how the memory that steps add was measured.
        flops: how operations were counted.
        step: what a step includes.
    """

    threads: int
    rounds: int
    slice_s: float
    memory: str
    flops: str
    step: str


@dataclass(frozen=True)
class StartUp:
    """Seconds from a new process to the end of its first step.

    Attributes:
        import_s: the framework and the implementation.
        build_s: the network, its optimiser and their variables.
        compile_s: the first step, less the median of the later ones.
    """

    import_s: float
    build_s: float
    compile_s: float


@dataclass(frozen=True)
class Roofline:
    """What the machine can do, measured between the same rounds.

    Attributes:
        library: that measured it.
        flops: FLOP/s of a product of 4096 x 4096 matrices, median.
        bandwidth: bytes/s of a triad a = b + 3 c, median.
        spread: interquartile range of the product's FLOP/s over its median.
    """

    library: str
    flops: float
    bandwidth: float
    spread: float


@dataclass(frozen=True)
class Record:
    """One implementation in one runtime, on one network, one batch size and one mode.

    Attributes:
        model: its key in the catalogue.
        implementation: one of the three, or a peer's package.
        runtime: tf1, compat, tf2, tensorflow, tensorflow_xla, jax or torch.
        device: cpu or gpu.
        mode: training or inference.
        batch: clouds a step.
        points: points a cloud.
        precision: float32, bfloat16 or float16.
        tf32: on a GPU, whether float32 products were rounded to TF32; None on a CPU.
        threads: cores.
        seconds: of a step, a value a round.
        clouds_per_second: median over the rounds.
        spread: interquartile range of the seconds over their median.
        points_per_second: median.
        latency_ms: of one cloud in inference, median; None in training.
        time_to_first_step: apart by what it is spent on.
        peak_resident_bytes: of the process, while it took its steps.
        memory_added_bytes: the same, less the resident size of the idle process with framework,
            network and optimiser in memory.
        device_memory_bytes: peak on the GPU; None on a CPU.
        gflops: GFLOP/s achieved, operations counted from the network.
        roofline_share: of what the roofline allows a step of this intensity.
        roofline: the one it is a share of.
        against_reference: median over the rounds of its speed over that of the original on
            TensorFlow 1.15 in the same round; None where that did not run.
        against_peer: the same over the fastest peer.
        versions: by package.
        started: when its run did, ISO 8601, UTC: a file may have records of several runs.
    """

    model: str
    implementation: str
    runtime: str
    device: str
    mode: Mode
    batch: int
    points: int
    precision: str
    tf32: bool | None
    threads: int
    seconds: tuple[float, ...]
    clouds_per_second: float
    spread: float
    points_per_second: float
    latency_ms: float | None
    time_to_first_step: StartUp
    peak_resident_bytes: int
    memory_added_bytes: int
    device_memory_bytes: int | None
    gflops: float
    roofline_share: float
    roofline: Roofline
    against_reference: float | None
    against_peer: float | None
    versions: Mapping[str, str]
    started: str

    @property
    def contender(self) -> str:
        """Who it is: `implementation@runtime`."""
        return f"{self.implementation}@{self.runtime}"

    @property
    def setting(self) -> tuple[str, Mode, int, int, str, str, bool | None]:
        """What it was given: records of one setting may be compared with each other."""
        return (
            self.model,
            self.mode,
            self.batch,
            self.points,
            self.device,
            self.precision,
            self.tf32,
        )

    @property
    def key(self) -> tuple[Any, ...]:
        """Its place among the records."""
        return (*self.setting, self.contender)


def by_setting(records: Iterable[Record]) -> list[list[Record]]:
    """Records that may be compared with each other, in the order they came in."""
    groups: dict[object, list[Record]] = {}
    for record in records:
        groups.setdefault(record.setting, []).append(record)
    return list(groups.values())


@dataclass(frozen=True)
class Growth:
    """How the cost of a step grows: seconds = fixed + per_cloud B + per_point B N, and
    seconds ~ B^batch_exponent N^points_exponent.

    Attributes:
        model, contender, device, mode, precision: whose.
        steps: how many settings it was fitted to.
        fixed_s, per_cloud_s, per_point_s: none negative, fitted to relative errors.
        batch_exponent, points_exponent: of the power law.
        error: median relative error of the first formula.
    """

    model: str
    contender: str
    device: str
    mode: Mode
    precision: str
    steps: int
    fixed_s: float
    per_cloud_s: float
    per_point_s: float
    batch_exponent: float
    points_exponent: float
    error: float


@dataclass(frozen=True)
class InputPipeline:
    """Clouds from HDF5 files to the device, shuffled and augmented, without a network.

    Attributes:
        implementation, runtime, device: whose.
        batch, points: as in records.
        clouds: in an epoch.
        seconds: of an epoch, a value a round.
        clouds_per_second: median.
        spread: interquartile range of the seconds over their median.
        against_reference: median over the rounds of its speed over the original's on
            TensorFlow 1.15; None where that did not run.
    """

    implementation: str
    runtime: str
    device: str
    batch: int
    points: int
    clouds: int
    seconds: tuple[float, ...]
    clouds_per_second: float
    spread: float
    against_reference: float | None


@dataclass(frozen=True)
class Omission:
    """What was not measured, and why."""

    what: str
    reason: str


@dataclass(frozen=True)
class Throughput:
    """Everything one run measured, or several on the same machine.

    Attributes:
        started: of the last run, ISO 8601, UTC.
        took_s: seconds of all runs.
        machine: where.
        settings: how.
        records: a measurement each.
        growth: fits, where the settings make a grid.
        pipelines: the input pipelines.
        omissions: what was left out.
    """

    started: str
    took_s: float
    machine: Machine
    settings: Settings
    records: tuple[Record, ...]
    growth: tuple[Growth, ...] = ()
    pipelines: tuple[InputPipeline, ...] = ()
    omissions: tuple[Omission, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write, version first."""
        return encode_document(SCHEMA, self)

    @classmethod
    def from_json(cls, document: Any, where: str = "throughput.json") -> Throughput:
        """Reads parsed JSON.

        Arguments:
            document: as `json.load` returns it.
            where: the file, to name in the message.

        Raises:
            ReportError: another version, or anything out of format.
        """
        found = decode_document(cls, SCHEMA, document, where)
        seen = set()
        for i, record in enumerate(found.records):
            if record.key in seen:
                raise ReportError(f"{where}.records[{i}]: a second measurement of {record.key}")
            seen.add(record.key)
        return found
