"""Inference and training forward: the same output, and the same activation after every layer.

In training the batch's own statistics are used, and the same dropout masks on both sides.
"""

from collections.abc import Mapping
from typing import Any

from harness.cases import Case
from harness.models import Model
from harness.outcome import Finding, Outcome, figures, outcome
from harness.subject import Evidence, Reference, Subject
from harness.tolerance import Measurement

# The two traces that most rungs look at; asked of a worker once. No step is taken: the state and
# the optimiser have rungs of their own.
PARTS_WEIGHT = 0.75  # training uses 1, which would hide the category's term of the loss
INFERENCE: dict[str, Any] = {
    "mode": "inference",
    "activations": True,
    "parts_weight": PARTS_WEIGHT,
}
TRAINING: dict[str, Any] = {
    "mode": "training",
    "activations": True,
    "dropout": "masks",
    "parts_weight": PARTS_WEIGHT,
    "update": False,
}


def inference(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    return _check("inference", case, reference, candidate, INFERENCE)


def training_forward(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    return _check("training_forward", case, reference, candidate, TRAINING)


def _check(
    rung: str, case: Case, reference: Reference, candidate: Subject, options: Mapping[str, Any]
) -> Outcome:
    evidence = reference.evidence("trace", case, **options)
    arrays = candidate.answer("trace", case, **options)
    measured = evidence.measure_all(arrays, in_order(case.model, evidence))
    passed = {m.tensor: m.passed for m in measured}

    def finding(measurement: Measurement) -> Finding:
        group, name = measurement.tensor.split("/", 1)
        first = next(m for m in measured if not m.passed) is measurement
        if group == "entries":
            place = case.model.entry(name) or name
            return _finding(rung, place, f"what enters {name} departs", measurement, first)
        if group == "activations":
            arises = passed.get(f"entries/{name}", first)
            return _finding(rung, name, "its activation departs", measurement, arises)
        return _finding(rung, f"output {name}", "the output departs", measurement, first)

    return outcome(measured, finding)


def in_order(model: Model, evidence: Evidence) -> list[str]:
    """Names of entries, activations and outputs as computation meets them."""
    wanted = [
        f"{group}/{layer.name}" for layer in model.layers for group in ("entries", "activations")
    ]
    wanted += [f"outputs/{name}" for name in model.outputs]
    return [name for name in wanted if name in evidence.arrays]


def _finding(rung: str, place: str, what: str, measurement: Measurement, arises: bool) -> Finding:
    where = "it arises here" if arises else "it arrives from upstream"
    message = f"{what}: {figures(measurement)}; {where}"
    return Finding(rung, place, message, measurement.tensor, isolated=arises)
