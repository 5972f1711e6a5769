"""Checkpoint: a TensorFlow 1.x checkpoint loads in the candidate, and the candidate's go back."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from harness.cases import Case
from harness.outcome import Finding, Outcome, outcome
from harness.subject import Reference, Subject
from harness.tolerance import Arrays, Measurement, measure


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder, "reference.ckpt"), Path(folder, "candidate.ckpt")
        reference.save_checkpoint(case, theirs)
        candidate.save_checkpoint(case, ours)
        measured = [
            *_compare(case, "import", candidate.load_checkpoint(case, theirs), candidate.precision),
            *_compare(case, "export", reference.load_checkpoint(case, ours), candidate.precision),
        ]

    def finding(measurement: Measurement) -> Finding:
        direction, parameter = measurement.tensor.split("/", 1)
        message = f"changes its value on {direction}, by {measurement.distance:.3g}"
        return Finding("checkpoint", parameter, message, measurement.tensor)

    return outcome(measured, finding)


def _compare(case: Case, direction: str, restored: Arrays, precision: str) -> Iterator[Measurement]:
    """Restored parameters against the case's own; a parameter that is missing counts as zero."""
    for name, value in case.weights.items():
        found = restored.get(name, 0 * value)
        yield measure(f"{direction}/{name}", value, found, 0.0, precision)
