"""TensorFlow 1.15, recorded for machines without it."""

from __future__ import annotations

from typing import Annotated

from harness.commands.options import keys
from harness.equivalence import Plan, make_cases
from harness.models import MODELS
from harness.runtimes import PRECISIONS

_RECORDED = [key for key, model in MODELS.items() if model.has_ancestor]


def record(
    model: Annotated[list[str] | None, keys("model", _RECORDED)] = None,
    precision: Annotated[list[str] | None, keys("precision", PRECISIONS)] = None,
) -> None:
    """Record what the real TensorFlow 1.15 computes, for machines without one.

    --model and --precision may be given several times; all if left out.
    """
    from harness import recorded

    cases = make_cases(Plan(models=model or _RECORDED))
    for key in precision or PRECISIONS:
        for case in cases:
            print(recorded.record(case, key), flush=True)
