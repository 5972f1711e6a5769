"""Plans: what they come to, and what this machine cannot do."""

from __future__ import annotations

import pytest

from harness import machine
from harness.throughput.plan import Plan, PlanError


def test_small_settings_come_first() -> None:
    plan = Plan(batches=(8, 1), points=(64, 16), modes=("training",))
    assert [(s.batch, s.points) for s in plan.settings()] == [(1, 16), (1, 64), (8, 16), (8, 64)]


def test_tf32_is_a_question_of_gpus() -> None:
    assert {s.tf32 for s in Plan().settings()} == {None}
    plan = Plan(device="gpu", precisions=("float32", "bfloat16"), modes=("inference",))
    assert [(s.precision, s.tf32) for s in plan.settings()] == [
        ("float32", False),
        ("float32", True),
        ("bfloat16", False),
    ]


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "gpus", list)
    with pytest.raises(PlanError, match=r"--device gpu.*--device cpu"):
        Plan(device="gpu").check()


def test_more_threads_than_cores_are_refused() -> None:
    with pytest.raises(PlanError, match="--threads"):
        Plan(threads=machine.describe().cores + 1).check()
