"""Where a candidate first departs: the ladder climbed until a rung gives way."""

from collections.abc import Sequence

from harness.cases import Case
from harness.checks import RUNGS
from harness.outcome import Finding
from harness.subject import Reference, Subject


def first_departure(
    case: Case, reference: Reference, candidate: Subject, rungs: Sequence[str] = tuple(RUNGS)
) -> tuple[Finding, ...]:
    """The findings of the first rung that has any; none if the candidate climbs them all."""
    for rung in rungs:
        findings = RUNGS[rung](case, reference, candidate).findings
        if findings:
            return findings
    return ()
