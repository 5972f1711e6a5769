"""State and trajectory: what many steps leave behind, on the implementation's own schedules."""

from dataclasses import replace
from typing import Any

import numpy as np

from harness import exchange
from harness.cases import Case, dropout_masks
from harness.outcome import Finding, Outcome, figures, outcome
from harness.subject import Evidence, Reference, Subject
from harness.tolerance import Measurement

STATE_STEPS = 10
STEPS = {"float64": 50, "float32": 10}  # in float32, chaos has the last word soon after
NUDGES_OF_TRAJECTORY = {"float64": 1, "float32": 2}  # each as long as the trajectory itself
LAG = 10  # steps by which one rounding error may run ahead of another
_STAIR = 8  # steps to a stair of both schedules


def batches(case: Case, steps: int, seed: int = 0) -> dict[str, np.ndarray]:
    """A different batch for every step: the case's clouds turned and shifted, and new masks.

    Returns:
        `points`, `labels`, `dropout/<layer>` and `category` of a batch, all with an axis of steps
        in front.
    """
    rng = np.random.default_rng(seed)
    points = case.batch["points"]
    size, count, _ = points.shape
    moved = [points + rng.normal(0, 0.02, points.shape) for _ in range(steps)]
    masks = [dropout_masks(case.model, size, count, rng) for _ in range(steps)]
    given = {name: case.batch[name] for name in ("labels", "category") if name in case.batch}
    return {
        "points": np.stack(moved).astype(np.float32),
        **{name: np.stack([array] * steps) for name, array in given.items()},
        **{name: np.stack([mask[name] for mask in masks]) for name in masks[0]},
    }


def _schedule(case: Case) -> dict[str, int]:
    size = len(case.batch["points"])
    return {"batch_size": size, "decay_step": _STAIR * size}


def state(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    """Moving statistics after a step, and over a schedule with its stairs.

    No step is taken, so that nothing but the averages moves.
    """
    options: dict[str, Any] = {
        "schedule": _schedule(case),
        "update": False,
        "dropout": "masks",
        "record_state": True,
        "batches": batches(case, STATE_STEPS),
    }
    evidence = reference.evidence("trajectory", case, **options)
    arrays = candidate.answer("trajectory", case, **options)
    averages = [p.name for p in case.model.parameters if not p.trainable]
    names = [f"state/{step:03}/{name}" for step in range(1, STATE_STEPS + 1) for name in averages]
    # Of its last movement, which the momentum of that update scales; not of where it started.
    before = {**exchange.grouped("state/000", case.weights), **arrays}
    measured = [
        evidence.measure_movement(name, arrays[name], before[_earlier(name)]) for name in names
    ]

    def finding(measurement: Measurement) -> Finding:
        _, step, name = measurement.tensor.split("/", 2)
        message = f"departs after update {step}: {figures(measurement)}"
        return Finding("state", name, message, measurement.tensor)

    return outcome(measured, finding)


def _earlier(name: str) -> str:
    """The name of a moving statistic as it was one update earlier."""
    group, step, parameter = name.split("/", 2)
    return f"{group}/{int(step) - 1:03}/{parameter}"


def trajectory(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    """The loss over many steps of Adam, learning rate and momentum on their schedules."""
    nudges = NUDGES_OF_TRAJECTORY[candidate.precision]
    options: dict[str, Any] = {
        "schedule": _schedule(case),
        "dropout": "masks",
        "batches": batches(case, STEPS[candidate.precision]),
    }
    evidence = with_envelope(reference.evidence("trajectory", case, nudges=nudges, **options))
    arrays = candidate.answer("trajectory", case, **options)
    measured = [
        # The scale of a loss is the loss: what chaos has done to it is not to be hidden.
        replace(m, scale=abs(float(evidence.arrays[m.tensor])))
        for m in evidence.measure_all(arrays, evidence.under("loss"))
    ]

    def finding(measurement: Measurement) -> Finding:
        step = measurement.tensor.removeprefix("loss/")
        message = f"the losses part at step {step}: {figures(measurement)}"
        return Finding("trajectory", "loss", message, measurement.tensor)

    return outcome(measured, finding)


def with_envelope(evidence: Evidence) -> Evidence:
    """The noise of a step is the largest up to a few steps later: chaos sets in when it likes."""
    losses = evidence.under("loss")
    reached = np.maximum.accumulate([evidence.noise[name] for name in losses])
    later = [reached[min(step + LAG, len(losses) - 1)] for step in range(len(losses))]
    return replace(evidence, noise={**evidence.noise, **dict(zip(losses, later, strict=True))})
