"""A reference written out in NumPy, for a network that has no TF1 ancestor to be compared with."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness import exchange, shape_seg
from harness.cases import Case
from harness.models import Parameter
from harness.outcome import NotComparable
from harness.subject import Evidence, evidence_key
from harness.tolerance import NUDGES, Arrays, rounding_noise

NAME = "numpy"


class ComputedReference:
    """keras.io's shape segmenter as `harness.shape_seg` computes it, always in float64.

    It takes no training steps.

    Raises:
        NotComparable: from the methods, that this is nothing that it computes.
    """

    key = NAME
    precision = "float64"

    def __init__(self) -> None:
        self._memory: dict[str, Evidence] = {}
        self._lock = threading.Lock()  # it may be asked from several threads

    def parameters(self, case: Case) -> tuple[Parameter, ...]:
        return case.model.parameters

    def draws(self, case: Case, seeds: int) -> Arrays:
        raise NotComparable("the NumPy reference draws no weights")

    def evidence(
        self,
        operation: str,
        case: Case,
        precision: str | None = None,
        nudges: int = NUDGES,
        **options: Any,
    ) -> Evidence:
        key = evidence_key(operation, case, options)
        with self._lock:
            if key not in self._memory:
                self._memory[key] = self._gather(operation, case, nudges, options)
            return self._memory[key]

    def _gather(
        self, operation: str, case: Case, nudges: int, options: Mapping[str, Any]
    ) -> Evidence:
        arrays = _compute(operation, case, options)
        nudged = (case.nudged(i, self.precision) for i in range(nudges))
        moved = [_compute(operation, other, options) for other in nudged]
        return Evidence(arrays, rounding_noise(arrays, moved), self.precision)

    def save_checkpoint(self, case: Case, prefix: Path) -> None:
        raise NotComparable("a network without TF1 ancestor has no TF1 checkpoints")

    def load_checkpoint(self, case: Case, prefix: Path) -> Arrays:
        raise NotComparable("a network without TF1 ancestor has no TF1 checkpoints")


def _compute(operation: str, case: Case, options: Mapping[str, Any]) -> Arrays:
    if operation == "trace":
        return _trace(case, options)
    if operation == "trajectory" and not options.get("update", True):
        return _moving_statistics(case, options["batches"])
    raise NotComparable("the NumPy reference takes no steps, drops nothing out, and reads no files")


def _trace(case: Case, options: Mapping[str, Any]) -> Arrays:
    training = options["mode"] == "training"
    points, labels = case.batch["points"], case.batch["labels"]
    found = shape_seg.forward(
        case.weights,
        points,
        labels,
        variant=case.model.key,  # type: ignore[arg-type]
        training=training,
        momentum=options.get("bn_decay"),
    )
    trace = {
        "loss": found.loss,
        "outputs/probabilities": found.probabilities,
        **exchange.grouped("terms", found.terms),
        **exchange.grouped("activations", found.activations),
    }
    if training:
        trace.update(exchange.grouped("state", found.state))
        trace.update(exchange.grouped("gradients", found.gradients()))
    return trace


def _moving_statistics(case: Case, batches: Mapping[str, np.ndarray]) -> Arrays:
    """After each of a number of batches, as the network's own momentum has it."""
    weights, found = dict(case.weights), {}
    for step, (points, labels) in enumerate(
        zip(batches["points"], batches["labels"], strict=True), start=1
    ):
        passed = shape_seg.forward(
            weights,
            points,
            labels,
            variant=case.model.key,  # type: ignore[arg-type]
            training=True,
        )
        weights.update(passed.state)
        found[f"loss/{step:03}"] = passed.loss
        found.update(exchange.grouped(f"state/{step:03}", passed.state))
    return found
