"""Loss, gradients and optimiser: every term, the gradient of every parameter, and one step."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.cases import Case
from harness.checks.forward import INFERENCE, TRAINING
from harness.outcome import Finding, Outcome, figures, outcome, renamed
from harness.subject import Reference, Subject, shape_of
from harness.tolerance import Measurement, measure

OPTIMIZERS = ("adam", "momentum")
_SIZES = (1.0, 0.5, 2.0)  # of the gradients of the steps that an optimiser is given
STAIRS = 24  # of the published schedules: past the floor of both


def loss(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    """Every term of the loss, with moving and with batch statistics."""
    measured = []
    for options in (INFERENCE, TRAINING):
        evidence = reference.evidence("trace", case, **options)
        arrays = candidate.answer("trace", case, **options)
        for m in evidence.measure_all(arrays, evidence.under("terms", "loss")):
            measured.append(renamed(m, f"{options['mode']}/{m.tensor}"))

    def finding(measurement: Measurement) -> Finding:
        term = measurement.tensor.rsplit("/", 1)[1]
        place = "loss" if term == "loss" else f"loss term {term}"
        return Finding("loss", place, f"departs: {figures(measurement)}", measurement.tensor)

    return outcome(measured, finding)


def gradients(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    """The gradient of every trainable parameter, from the loss backwards."""
    evidence = reference.evidence("trace", case, **TRAINING)
    arrays = candidate.answer("trace", case, **TRAINING)
    names = [f"gradients/{p.name}" for p in reversed(case.model.parameters) if p.trainable]

    def finding(measurement: Measurement) -> Finding:
        parameter = measurement.tensor.split("/", 1)[1]
        message = f"its gradient departs: {figures(measurement)}"
        return Finding("gradients", parameter, message, measurement.tensor)

    return outcome(evidence.measure_all(arrays, names), finding)


def optimiser(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    """Slots and parameters after steps of each optimiser, and the published schedules.

    Both sides are given the same gradients: a difference is the optimiser's own.
    """
    measured = list(_schedules(case, reference, candidate))
    for optimizer in OPTIMIZERS:
        options: dict[str, Any] = {
            "optimizer": optimizer,
            "shape": shape_of(case),
            # The rate changes before the last step: momentum may carry the old one along.
            "schedule": {"batch_size": 8, "decay_step": 8 * (len(_SIZES) - 1)},
            "gradients": _given_gradients(case, reference.precision),
        }
        evidence = reference.evidence("optimise", case, **options)
        arrays = candidate.answer("optimise", case, **options)
        for m in evidence.measure_all(arrays, evidence.arrays):
            measured.append(renamed(m, f"{optimizer}/{m.tensor}"))

    def finding(measurement: Measurement) -> Finding:
        optimizer, group, name = measurement.tensor.split("/", 2)
        if optimizer == "schedule":
            message = f"departs after {name} updates: {figures(measurement)}"
            return Finding("optimiser", f"schedule of the {group}", message, measurement.tensor)
        what = {"slots": "slot departs", "parameters": "parameter departs"}[group]
        message = f"{what} after {len(_SIZES)} steps of {optimizer}: {figures(measurement)}"
        return Finding("optimiser", f"{optimizer}: {name}", message, measurement.tensor)

    return outcome(measured, finding)


def _given_gradients(case: Case, precision: str) -> dict[str, np.ndarray]:
    """A gradient a step for every trainable parameter, of magnitudes from 1e-6 up."""
    rng = np.random.default_rng(0)

    def draw(shape: tuple[int, ...]) -> np.ndarray:
        size = 10.0 ** rng.uniform(-6, 0, shape)
        return np.stack([scale * size * rng.standard_normal(shape) for scale in _SIZES])

    trainable = (p for p in case.model.parameters if p.trainable)
    return {p.name: draw(p.shape).astype(precision) for p in trainable}


def _schedules(case: Case, reference: Reference, candidate: Subject) -> Iterator[Measurement]:
    """Learning rate and decay of the moving averages, before, at and after every stair."""
    batch_size, decay_step = 32, 200_000
    stairs = [decay_step * stair // batch_size for stair in range(1, STAIRS + 1)]
    steps = [0, 1] + [stair + offset for stair in stairs for offset in (-1, 0, 1)]
    options: dict[str, Any] = {
        "schedule": {"batch_size": batch_size, "decay_step": decay_step},
        "steps": steps,
    }
    evidence = reference.evidence("schedules", case, **options)
    theirs = evidence.arrays["schedules"]
    ours = candidate.answer("schedules", case, **options)["schedules"]
    for column, name in enumerate(("learning rate", "batch-norm momentum")):
        for step, one, other in zip(steps, theirs[:, column], ours[:, column], strict=True):
            tensor = f"schedule/{name}/{step}"
            yield measure(tensor, one, other, 0.0, reference.precision)
