"""TensorFlow 1.15, recorded for machines without it."""

from __future__ import annotations

from harness.equivalence import Plan, make_cases
from harness.runtimes import PRECISIONS


def record() -> None:
    """Record what the real TensorFlow 1.15 computes, for machines without one."""
    from harness import recorded

    cases = make_cases(Plan())
    for precision in PRECISIONS:
        for case in (case for case in cases if case.model.has_ancestor):
            print(recorded.record(case, precision))
