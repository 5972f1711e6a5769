"""The section on planted faults: what is written is read back, and told in a table."""

from __future__ import annotations

import json
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from harness.report import ReportError, render
from harness.report.hazards import alarms, others, tally, verdict
from harness.report.hazards_schema import Clean, Hazards, Trial
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
    seconds=12.5,
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
)


@pytest.fixture
def found() -> Hazards:
    machine = Machine("Linux x86_64", "A processor", 2, 8.0, "not measured on a GPU")
    clean = Clean("pointnet_cls_basic", ("inference",), (), False)
    started = "2026-01-02T03:04:05Z"
    reference = "original_tf1@tf1"
    return Hazards(started, machine, reference, "float64", 3, (FOUND, MISSED), (clean,))


def test_round_trip(found: Hazards) -> None:
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert Hazards.from_json(document).to_json() == document


def test_another_version_is_refused(found: Hazards) -> None:
    with pytest.raises(ReportError, match=r"there: expected schema 1, found 7"):
        Hazards.from_json({**found.to_json(), "schema": 7}, "there")


def test_counts_are_those_of_the_trials(found: Hazards) -> None:
    assert tally(found) == "3 hazards known, 2 planted: 1 detected, 1 localised, 1 named"
    assert "notices 1 of 2" in others(found.trials)
    assert "in 1 of 2" in others(found.trials)
    assert alarms(found) == "With nothing planted, 0 findings in pointnet_cls_basic"
    alarmed = replace(found, clean=(replace(found.clean[0], findings=("loss: loss",)),))
    assert "1 finding in" in alarms(alarmed)


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
    assert whole.clean == found.clean
    assert [t.key for t in again.after(found, ["amsgrad"]).trials] == ["amsgrad"]
    assert replace(again, precision="float32").after(found, ["adam_epsilon"]).trials == again.trials


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
    assert {row.count("|") for row in rows} == {10}
