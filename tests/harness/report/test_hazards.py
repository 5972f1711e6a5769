"""The section on planted faults: what is written is read back, and told in a table."""

from __future__ import annotations

import json
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from harness.report import ReportError, render
from harness.report.hazards import alarms, curves, others, tally, verdict
from harness.report.hazards_schema import Clean, Curve, Hazards, Trial
from harness.report.schema import Machine

FOUND = Trial(
    key="adam_epsilon",
    title="Adam's epsilon <is> ten times as large",
    model="pointnet_cls_basic",
    expected_rung="optimiser",
    expected_place="adam: conv1/weights",
    rung="optimiser",
    place="adam: conv1/weights",
    message="parameter departs",
    tensor="adam/parameters/conv1/weights",
    gain=0.9,
    relative=1e-3,
    detected=True,
    localised=True,
    diagnosis=("adam_epsilon",),
    named=True,
    upgrade_tool="",
    allclose=False,
    losses=(3.0, 2.0),
    seconds=12.5,
    loss_curve=False,
)
MISSED = replace(
    FOUND,
    key="amsgrad",
    title="AMSGrad",
    rung="",
    place="",
    message="",
    tensor="",
    gain=nan,
    relative=nan,
    detected=False,
    localised=False,
    diagnosis=(),
    named=False,
    upgrade_tool="tf.train.AdamOptimizer: mind the gap",
    allclose=True,
    losses=(),
    loss_curve=None,
)


@pytest.fixture
def found() -> Hazards:
    machine = Machine("Linux x86_64", "A processor", 2, 8.0, "not measured on a GPU")
    clean = Clean("pointnet_cls_basic", "float64", 1, ("inference",), (), False, 3.5)
    curves = tuple(Curve("pointnet_cls_basic", seed, (3.0, 1.0)) for seed in range(2))
    started = "2026-01-02T03:04:05Z"
    pairs = "original_tf1@tf1", "tf2_native@tensorflow", "tf2_native@jax"
    trials = (FOUND, MISSED)
    return Hazards(started, machine, *pairs, "float64", 0, 3, trials, (clean,), curves)


def test_round_trip(found: Hazards) -> None:
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert Hazards.from_json(document).to_json() == document


def test_another_version_is_refused(found: Hazards) -> None:
    with pytest.raises(ReportError, match=r"there: expected schema 2, found 7"):
        Hazards.from_json({**found.to_json(), "schema": 7}, "there")


def test_counts_are_those_of_the_trials(found: Hazards) -> None:
    assert tally(found) == (
        "3 hazards known, 2 planted: 1 detected (50 %), 1 localised (50 %), 1 named (50 %)"
    )
    assert "after 2 steps notices 0 of 1, numpy" in others(found.trials)
    assert "outputs 1 of 2, and" in others(found.trials)
    assert others(found.trials).endswith("in 1 of 2")
    assert alarms(found).startswith("With nothing planted, 0 findings in 1 climb")
    alarmed = replace(found, clean=(replace(found.clean[0], findings=("loss: loss",)),))
    assert "1 finding in 1 climb" in alarms(alarmed)


def test_what_the_column_of_the_loss_curve_means(found: Hazards) -> None:
    assert "trains for 2 steps" in curves(found)
    assert "2 clean seeds" in curves(found)
    assert curves(replace(found, curves=())) == "How the loss curve looks was not tried."


def test_the_diagnosis_in_words() -> None:
    assert verdict(FOUND) == "named"
    assert verdict(MISSED) == "not named"
    assert verdict(replace(FOUND, diagnosis=("adam_epsilon", "x"), named=False)) == "or x"
    assert verdict(replace(FOUND, diagnosis=("x",), named=False)) == "takes it for x"


def test_a_later_run_keeps_what_it_has_not_repeated(found: Hazards) -> None:
    again = replace(found, trials=(replace(MISSED, detected=True),), clean=())
    whole = again.after(found, ["amsgrad", "adam_epsilon"])
    assert [(trial.key, trial.detected) for trial in whole.trials] == [
        ("amsgrad", True),
        ("adam_epsilon", True),
    ]
    assert (whole.clean, whole.curves) == (found.clean, found.curves)
    assert [t.key for t in again.after(found, ["amsgrad"]).trials] == ["amsgrad"]
    assert replace(again, precision="float32").after(found, ["adam_epsilon"]).trials == again.trials
    assert replace(again, seed=1).after(found, ["adam_epsilon"]).trials == again.trials


def test_the_page_and_the_markdown_tell_each_trial(found: Hazards, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "hazards.json").write_text(json.dumps(found.to_json()))
    render(results, tmp_path)
    page, markdown = (tmp_path / "index.html").read_text(), (tmp_path / "hazards.md").read_text()
    assert "&lt;is&gt;" in page
    assert "<is>" not in page
    assert tally(found) in page
    assert tally(found) in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(found.trials)
    assert {row.count("|") for row in rows} == {11}
