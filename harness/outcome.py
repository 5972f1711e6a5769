"""What a rung of the ladder hands up: measurements, and findings where something departs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from harness.cases import Case
from harness.subject import Reference, Subject
from harness.tolerance import Measurement


class NotComparable(Exception):
    """A rung that this pair cannot climb; the message is the reason, and it counts as skipped."""


@dataclass(frozen=True)
class Finding:
    """A departure, by place.

    Attributes:
        rung: where it was found.
        place: the first layer or parameter that departs.
        message: one sentence, with the figures.
        tensor: name of the tensor that shows it.
        isolated: whether it arises there (True) or arrives from upstream (False); None where the
            question makes no sense.
    """

    rung: str
    place: str
    message: str
    tensor: str
    isolated: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """A rung's result: everything measured, and what departs, first departure first."""

    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def worst(self) -> Measurement | None:
        """The measurement with the largest distance over noise."""
        return max(self.measurements, key=lambda m: m.ratio, default=None)


Check = Callable[[Case, Reference, Subject], Outcome]


def outcome(
    measurements: Iterable[Measurement], finding: Callable[[Measurement], Finding]
) -> Outcome:
    """An outcome whose findings are made from the failing measurements, in order, one a place."""
    measured = tuple(measurements)
    findings: dict[str, Finding] = {}
    for measurement in measured:
        if not measurement.passed:
            found = finding(measurement)
            findings.setdefault(found.place, found)
    return Outcome(measured, tuple(findings.values()))


def renamed(measurement: Measurement, tensor: str) -> Measurement:
    """The same measurement under another tensor's name."""
    return replace(measurement, tensor=tensor)


def figures(measurement: Measurement) -> str:
    """The figures of a measurement as part of a sentence."""
    return (
        f"distance {measurement.distance:.3g} is {measurement.ratio:.3g} times "
        f"the noise {measurement.noise:.3g}"
    )
