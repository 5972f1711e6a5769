"""Structure: the same parameters, one to one, by canonical name, shape and trainability."""

from harness.cases import Case
from harness.models import Parameter
from harness.outcome import Finding, Outcome
from harness.subject import Reference, Subject
from harness.tolerance import Measurement


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    theirs = {p.name: p for p in reference.parameters(case)}
    ours = {p.name: p for p in candidate.parameters(case)}
    measurements, findings = [], []
    for name in dict.fromkeys([*theirs, *ours]):
        fault = _fault(theirs.get(name), ours.get(name))
        measurements.append(Measurement(name, 1.0 if fault else 0.0, 0.0, 1.0))
        if fault:
            findings.append(Finding("structure", name, fault, name))
    return Outcome(tuple(measurements), tuple(findings))


def _fault(theirs: Parameter | None, ours: Parameter | None) -> str | None:
    if ours is None:
        return "the candidate has no such parameter"
    if theirs is None:
        return "the reference has no such parameter"
    if theirs.shape != ours.shape:
        return f"shape {list(ours.shape)} instead of {list(theirs.shape)}"
    if theirs.trainable != ours.trainable:
        return f"{'' if ours.trainable else 'not '}trainable, unlike the reference's"
    return None
