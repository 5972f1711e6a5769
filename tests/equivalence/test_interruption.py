"""A run that ends early: what it found is kept, and it says what is missing."""

from __future__ import annotations

import pytest

from harness.equivalence import Plan, run
from harness.report.schema import Equivalence
from harness.report.verdict import verdict


@pytest.mark.parametrize("end", [KeyboardInterrupt(), ValueError("a bug")])
def test_what_was_found_is_kept(end: BaseException) -> None:
    kept: list[Equivalence] = []
    planned: list[int] = []

    def start(total: int):  # type: ignore[no-untyped-def]
        planned.append(total)

        def done(line: str) -> None:
            raise end

        return done

    plan = Plan(["pointnet_cls_basic"], ["float64"], ["structure", "loss"])
    with pytest.raises(type(end)):
        run(plan, start, kept.append)
    (found,) = kept
    assert found.stopped == (str(end) or "interrupted")
    assert found.results
    assert all(result.status == "pass" for result in found.results)
    missing = sum(left.checks for left in found.missing)
    assert len(found.results) + missing == planned[0]
    assert f"{missing} missing" in verdict(found.results, missing).sentence
    assert Equivalence.from_json(found.to_json()) == found
