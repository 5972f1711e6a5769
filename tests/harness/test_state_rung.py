"""The rung of the state: of a moving statistic that departs, the gain is its last movement's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.cases import Case
from harness.checks.training import STATE_STEPS, state
from harness.equivalence import Plan, make_cases
from harness.subject import Evidence
from harness.tolerance import Arrays


class Averages:
    """Stands for a subject whose moving statistics follow batches by given momenta."""

    key, precision = "averages", "float64"

    def __init__(self, momenta: list[float]) -> None:
        self.momenta = momenta

    def answer(self, operation: str, case: Case, **options: Any) -> Arrays:
        found = {}
        for parameter in case.model.parameters:
            if not parameter.trainable:
                moving = np.asarray(case.weights[parameter.name], np.float64)
                for step, momentum in enumerate(self.momenta, 1):
                    moving = momentum * moving + (1 - momentum) * np.sin(step + moving.shape[0])
                    found[f"state/{step:03}/{parameter.name}"] = moving
        return found

    def evidence(self, operation: str, case: Case, **options: Any) -> Evidence:
        arrays = self.answer(operation, case)
        return Evidence(arrays, dict.fromkeys(arrays, 1e-12), self.precision)


@pytest.mark.parametrize(("changed", "gain"), [(0.25, 3.0), (0.5, 2.0), (1.0, 0.0)])
def test_the_gain_is_the_quotient_of_what_new_values_get(changed: float, gain: float) -> None:
    (case,) = make_cases(Plan(models=["pointnet_cls_basic"]))
    kept = [0.5] * 8 + [0.75] * (STATE_STEPS - 8)
    other = [*kept[:8], changed, *kept[9:]]
    outcome = state(case, Averages(kept), Averages(other))  # type: ignore[arg-type]
    first = outcome.findings[0]
    assert first.tensor == "state/009/conv1/bn/moving_mean"
    measured = next(m for m in outcome.measurements if m.tensor == first.tensor)
    assert measured.gain == pytest.approx(gain)
