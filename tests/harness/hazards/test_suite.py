"""A run: every job once, what was found kept as it arrives, and nothing repeated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.hazards import suite
from harness.hazards.suite import SEEDS, Plan, run
from harness.hazards.trials import CLIMBED
from harness.report.hazards_schema import Clean, Curve, Hazards, Trial

FOUND = Trial(
    key="",
    title="A fault",
    model="pointnet_cls_basic",
    expected_rung="optimiser",
    expected_place="adam: conv1/weights",
    rung="optimiser",
    place="adam: conv1/weights",
    message="departs",
    tensor="adam/parameters/conv1/weights",
    gain=0.9,
    relative=1e-3,
    detected=True,
    localised=True,
    diagnosis=(),
    named=False,
    upgrade_tool="",
    allclose=False,
    losses=(),
    seconds=1.0,
)
PLAN = Plan(["adam_epsilon", "amsgrad"], clean=2)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Jobs that do no work, and what they were asked."""
    told: list[object] = []

    def attempt(key: str, seed: int) -> Trial:
        told.append(key)
        losses = (9.0, 9.0) if key == "amsgrad" else (0.5, 0.5)
        return replace(FOUND, key=key, losses=losses, loss_curve=None)

    def learn(key: str, seed: int, root: Path = Path()) -> Curve:
        told.append(seed)
        return Curve(key, seed, (seed % 2, 1 - seed % 2))

    def examine(key: str, precision: str, seed: int) -> Clean:
        told.append((key, precision, seed))
        return Clean(key, precision, seed, CLIMBED, (), False, 1.0)

    for function in (attempt, learn, examine):
        monkeypatch.setattr(suite, function.__name__, function)
    return told


def go(
    plan: Plan = PLAN, done: Hazards | None = None, kept: list[Hazards] | None = None
) -> Hazards:
    lines: list[str] = []
    found = run(plan, done, lambda total: lines.append, (kept if kept is not None else []).append)
    assert len(lines) == len(set(lines))
    return found


def test_all_is_done_once_and_kept_as_it_arrives(told: list[object]) -> None:
    kept: list[Hazards] = []
    found = go(kept=kept)
    assert len(told) == len(kept) == SEEDS + 2 + 2
    sizes = [len(each.trials) + len(each.clean) + len(each.curves) for each in kept]
    assert sizes == list(range(1, len(kept) + 1))
    assert [trial.key for trial in found.trials] == ["adam_epsilon", "amsgrad"]
    assert [clean.key for clean in found.clean] == sorted(suite.clean_climbs(2))


def test_a_loss_curve_is_judged_when_all_clean_ones_are_there(told: list[object]) -> None:
    kept: list[Hazards] = []
    found = go(kept=kept)
    assert {trial.key: trial.loss_curve for trial in found.trials} == {
        "adam_epsilon": False,
        "amsgrad": True,
    }
    early = [each for each in kept if each.trials and len(each.curves) < SEEDS]
    assert all(trial.loss_curve is None for each in early for trial in each.trials)


def test_what_an_earlier_run_has_done_is_not_repeated(told: list[object]) -> None:
    first = go(replace(PLAN, hazards=["amsgrad"], clean=1))
    told.clear()
    found = go(done=first)
    assert sorted(map(str, told)) == sorted(["adam_epsilon", str(suite.clean_climbs(2)[1])])
    assert len(found.trials) == len(found.clean) == 2


def test_an_earlier_run_under_other_conditions_counts_for_nothing(told: list[object]) -> None:
    first = go()
    told.clear()
    go(replace(PLAN, seed=1), done=first)
    assert len(told) == SEEDS + 2 + 2
