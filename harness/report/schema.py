"""The format of `equivalence.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.report.decoding import decode_document, encode_document
from harness.report.errors import ReportError

SCHEMA = 1

Status = Literal["pass", "fail", "skipped"]


@dataclass(frozen=True)
class Machine:
    """Where the measurements were made.

    Attributes:
        system: operating system.
        processor: its name.
        cores: as many as were used.
        memory_gib: GiB.
        gpu: its name, or a sentence saying that none was used.
    """

    system: str
    processor: str
    cores: int
    memory_gib: float
    gpu: str


@dataclass(frozen=True)
class Settings:
    """How the checks were made.

    Attributes:
        batch: clouds.
        points: points a cloud.
        seed: of weights, batch and nudges.
        nudges: how many times the reference was run again to find its rounding noise.
        multiple: a tensor passes if its distance is at most this many times the noise.
        steps: training steps of the trajectory.
    """

    batch: int
    points: int
    seed: int
    nudges: int
    multiple: float
    steps: int


@dataclass(frozen=True)
class Reference:
    """A source of right answers, and whether it took part or why it did not (`detail`)."""

    name: str
    took_part: bool
    detail: str


@dataclass(frozen=True)
class Subject:
    """An implementation on a runtime.

    Attributes:
        key: how results name it, `implementation@runtime`.
        implementation: original_tf1, tf2_upgraded or tf2_native.
        runtime: tf1, compat, tf2, tensorflow, jax or torch.
        versions: by package.
        peak_memory_mib: MiB of its process, by precision.
    """

    key: str
    implementation: str
    runtime: str
    versions: Mapping[str, str]
    peak_memory_mib: Mapping[str, float]


@dataclass(frozen=True)
class Worst:
    """The tensor of a check that comes closest to failing, or fails by most.

    Attributes:
        tensor: its name in the trace.
        distance: largest absolute difference.
        noise: the reference's own rounding noise in this tensor.
        scale: largest magnitude of the reference.
        ratio: distance over noise; what the verdict rests on.
        relative: distance over scale.
    """

    tensor: str
    distance: float
    noise: float
    scale: float
    ratio: float
    relative: float


@dataclass(frozen=True)
class Finding:
    """A place where the candidate departs from the reference.

    Attributes:
        place: the layer or parameter.
        isolated: whether it departs fed the reference's own input; None where not tried.
        message: one sentence.
        tensor: the evidence, by its name in the trace.
    """

    place: str
    isolated: bool | None
    message: str
    tensor: str


@dataclass(frozen=True)
class Result:
    """The verdict of one check: a rung of the ladder for a model, a precision and a pair.

    Attributes:
        model: its key in the catalogue.
        precision: float32 or float64.
        rung: its key in the ladder.
        reference: key of a subject, or the name of a reference.
        candidate: key of a subject.
        status: pass, fail or skipped.
        reason: why it was skipped; empty otherwise.
        seconds: it took.
        tensors: how many were compared.
        worst: None where nothing numerical was compared.
        findings: where it departs; empty for a pass.
    """

    model: str
    precision: str
    rung: str
    reference: str
    candidate: str
    status: Status
    reason: str
    seconds: float
    tensors: int
    worst: Worst | None
    findings: tuple[Finding, ...]

    @property
    def cell(self) -> tuple[str, str, str, str, str]:
        """Its place in the matrix."""
        return self.model, self.precision, self.rung, self.reference, self.candidate


@dataclass(frozen=True)
class Layer:
    """A layer's error and the reference's noise there, both relative to the layer's scale."""

    layer: str
    relative: float
    noise: float


@dataclass(frozen=True)
class Depth:
    """Error layer by layer, in the order in which the network applies them."""

    model: str
    precision: str
    reference: str
    candidate: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Trajectory:
    """Error and noise of the loss, both relative to it, a value a training step."""

    model: str
    precision: str
    reference: str
    candidate: str
    relative: tuple[float, ...]
    noise: tuple[float, ...]


@dataclass(frozen=True)
class Missing:
    """Checks that a run which ended early did not come to.

    Attributes:
        model, precision, candidate: whose.
        checks: how many.
    """

    model: str
    precision: str
    candidate: str
    checks: int


@dataclass(frozen=True)
class Equivalence:
    """Everything one run of the equivalence suite found.

    Attributes:
        started: ISO 8601, UTC.
        seconds: the whole run took.
        machine: where.
        data: one line saying what the batches were drawn from.
        settings: how.
        references: those that took part and those that did not.
        subjects: the implementations compared.
        results: a verdict a check.
        depth: for the figure of error by depth.
        trajectory: for the figure of error over training.
        stopped: why it ended early; empty if it did not.
        missing: the checks that it did not come to.
    """

    started: str
    seconds: float
    machine: Machine
    data: str
    settings: Settings
    references: tuple[Reference, ...]
    subjects: tuple[Subject, ...]
    results: tuple[Result, ...]
    depth: tuple[Depth, ...] = ()
    trajectory: tuple[Trajectory, ...] = ()
    stopped: str = ""
    missing: tuple[Missing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write, version first."""
        return encode_document(SCHEMA, self)

    @classmethod
    def from_json(cls, document: Any, where: str = "equivalence.json") -> Equivalence:
        """Reads parsed JSON.

        Arguments:
            document: as `json.load` returns it.
            where: the file, to name in the message.

        Raises:
            ReportError: another version, or anything out of format.
        """
        equivalence = decode_document(cls, SCHEMA, document, where)
        _check_cells(equivalence.results, where)
        _check_lengths(equivalence.trajectory, where)
        return equivalence


def _check_cells(results: tuple[Result, ...], where: str) -> None:
    """Two verdicts in one place would let one hide the other."""
    seen = set()
    for i, result in enumerate(results):
        if result.cell in seen:
            raise ReportError(f"{where}.results[{i}]: a second verdict on {' '.join(result.cell)}")
        seen.add(result.cell)


def _check_lengths(trajectories: tuple[Trajectory, ...], where: str) -> None:
    for i, trajectory in enumerate(trajectories):
        steps, noises = len(trajectory.relative), len(trajectory.noise)
        if steps != noises:
            raise ReportError(
                f"{where}.trajectory[{i}]: {steps} errors but {noises} values of noise"
            )
