"""Where a candidate first departs, and which known hazard looks like that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.cases import Case
from harness.checks import RUNGS
from harness.hazards.hazard import Hazard, Range, Signature
from harness.outcome import Finding, Outcome
from harness.subject import Reference, Subject
from harness.tolerance import Measurement


@dataclass(frozen=True)
class Departure:
    """The first rung that gives way, and all that it measured.

    Attributes:
        rung: its key.
        outcome: with at least one finding.
    """

    rung: str
    outcome: Outcome

    @property
    def first(self) -> Finding:
        """Where it begins."""
        return self.outcome.findings[0]

    @property
    def measured(self) -> Measurement:
        """The tensor that shows the first finding."""
        return next(m for m in self.outcome.measurements if m.tensor == self.first.tensor)


def climb(
    case: Case, reference: Reference, candidate: Subject, rungs: Sequence[str] = tuple(RUNGS)
) -> Departure | None:
    """The first rung with a finding; None if the candidate climbs them all."""
    for rung in rungs:
        outcome = RUNGS[rung](case, reference, candidate)
        if outcome.findings:
            return Departure(rung, outcome)
    return None


def first_departure(
    case: Case, reference: Reference, candidate: Subject, rungs: Sequence[str] = tuple(RUNGS)
) -> tuple[Finding, ...]:
    """The findings of the first rung that has any; none if the candidate climbs them all."""
    departure = climb(case, reference, candidate, rungs)
    return departure.outcome.findings if departure else ()


def diagnose(departure: Departure, hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    """The hazards whose signature a departure has; it is named where there is just one."""
    return tuple(
        hazard
        for hazard in hazards
        if hazard.rung == departure.rung and _fits(hazard.signature, departure)
    )


def _fits(signature: Signature, departure: Departure) -> bool:
    measured, everything = departure.measured, departure.outcome.measurements
    failed = [m.tensor for m in everything if not m.passed]
    return (
        _any(signature.departs, measured.tensor)
        and _within(signature.gain, measured.gain)
        and _within(signature.relative, measured.relative)
        and _within(signature.share, measured.share)
        and signature.negative in (None, measured.negative)
        and all(any(fnmatchcase(name, pattern) for name in failed) for pattern in signature.along)
        and not any(_any(signature.agrees, name) for name in failed)
    )


def _any(patterns: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _within(bounds: Range | None, value: float) -> bool:
    return bounds is None or bounds[0] <= value <= bounds[1]
