"""Loss, gradients and optimiser: every term, the gradient of every parameter, and one step."""

from functools import lru_cache
from typing import Any

import numpy as np

from harness.cases import Case
from harness.checks.forward import INFERENCE, TRAINING
from harness.models import Model
from harness.outcome import Finding, Outcome, figures, outcome, renamed
from harness.runtimes import PRECISIONS
from harness.subject import Evidence, Reference, Subject, shape_of
from harness.tolerance import Measurement

OPTIMIZERS = ("adam", "momentum")
_SIZES = (1.0, 0.5, 2.0)  # of the gradient, at the steps that an optimiser takes
STAIRS = 24  # of the published schedules: past the floor of both


def loss(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    """Every term of the loss, with moving and with batch statistics."""
    measured = []
    # The terms before their sum: the first departure is to name the term.
    names = [*(f"terms/{term}" for term in case.model.loss_terms), "loss"]
    for options in (INFERENCE, TRAINING):
        evidence = reference.evidence("trace", case, **options)
        arrays = candidate.answer("trace", case, **options)
        for m in evidence.measure_all(arrays, names):
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
    measured = _schedules(case, reference, candidate)
    for optimizer in OPTIMIZERS:
        options: dict[str, Any] = {
            "optimizer": optimizer,
            "shape": shape_of(case),
            # The rate changes before the last step: momentum may carry the old one along.
            "schedule": {"batch_size": 8, "decay_step": 8 * (len(_SIZES) - 1)},
            "gradients": _given_gradients(case.model, reference.precision),
            "sizes": _SIZES,
        }
        evidence = reference.evidence("optimise", case, **options)
        arrays = candidate.answer("optimise", case, **options)
        for tensor in _in_order(case, evidence):
            group, name = tensor.split("/", 1)
            # A slot starts at zero.
            start = case.weights[name] if group == "parameters" else np.zeros(())
            m = evidence.measure_movement(tensor, arrays[tensor], start)
            measured.append(renamed(m, f"{optimizer}/{tensor}"))

    def finding(measurement: Measurement) -> Finding:
        optimizer, group, name = measurement.tensor.split("/", 2)
        if optimizer == "schedule":
            message = f"departs after {name} updates: {figures(measurement)}"
            return Finding("optimiser", f"schedule of the {group}", message, measurement.tensor)
        what = {"slots": "slot departs", "parameters": "parameter departs"}[group]
        message = f"{what} after {len(_SIZES)} steps of {optimizer}: {figures(measurement)}"
        return Finding("optimiser", f"{optimizer}: {name}", message, measurement.tensor)

    return outcome(measured, finding)


def _in_order(case: Case, evidence: Evidence) -> list[str]:
    """Slots, then the value, of every trainable parameter as the network meets it."""
    names = []
    for parameter in case.model.parameters:
        if parameter.trainable:
            names += [n for n in evidence.arrays if n.startswith(f"slots/{parameter.name}/")]
            names.append(f"parameters/{parameter.name}")
    return names


@lru_cache(maxsize=len(PRECISIONS))  # as many as a network is asked for, and no other network's
def _given_gradients(model: Model, precision: str) -> dict[str, np.ndarray]:
    """A gradient for every trainable parameter, of magnitudes from 1e-6 up."""
    rng = np.random.default_rng(0)

    def draw(shape: tuple[int, ...]) -> np.ndarray:
        return 10.0 ** rng.uniform(-6, 0, shape) * rng.standard_normal(shape)

    trainable = (p for p in model.parameters if p.trainable)
    return {p.name: draw(p.shape).astype(precision) for p in trainable}


def _schedules(case: Case, reference: Reference, candidate: Subject) -> list[Measurement]:
    """Learning rate and decay of the moving averages, before, at and after every stair."""
    model = case.model
    stairs = [model.stair * stair // model.batch_size for stair in range(1, STAIRS + 1)]
    steps = [0, 1] + [stair + offset for stair in stairs for offset in (-1, 0, 1)]
    # Neither side is told anything: the settings they were published with are compared.
    options: dict[str, Any] = {"schedule": {}, "steps": steps}
    evidence = reference.evidence("schedules", case, nudges=0, **options)
    arrays = candidate.answer("schedules", case, **options)
    names = [f"{name}/{step}" for name in ("learning_rate", "bn_decay") for step in steps]
    return [renamed(m, f"schedule/{m.tensor}") for m in evidence.measure_all(arrays, names)]
