"""The section on accuracy: what is written is read back, and told in tables."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from harness.report import ReportError, render
from harness.report.accuracy import class_rows, rows, training
from harness.report.accuracy_schema import Accuracy, Comparison, Entry, Run, Settings
from harness.report.schema import Machine

MACHINE = Machine("Linux x86_64", "A processor", 2, 8.0, "not measured on a GPU")


def run(seed: int, accuracy: float, chair: float) -> Run:
    scores = {"overall accuracy": accuracy, "mean class accuracy": accuracy - 0.01}
    return Run(seed, 100.0 * (seed + 1), scores, {"chair": chair, "lamp": accuracy})


@pytest.fixture
def comparison() -> Comparison:
    return Comparison(
        model="pointnet_cls",
        data="data/modelnet40",
        started="2026-01-02T03:04:05Z",
        machine=MACHINE,
        settings=Settings(250, 32, 1024, None),
        clouds=2468,
        of_class="accuracy of a class",
        entries=(
            Entry(
                "original_tf1@tf1", {"tensorflow": "1.15.5"}, (run(0, 0.89, 1), run(1, 0.892, 1))
            ),
            Entry("tf2_native@jax", {"jax": "0.8"}, (run(0, 0.895, 0.5), run(1, 0.887, 0.7))),
        ),
        left_out=("tf2_upgraded@tf2: tensorflow is not installed",),
    )


@pytest.fixture
def document(comparison: Comparison) -> dict[str, Any]:
    return Accuracy((comparison,)).to_json()


def test_round_trip(document: dict[str, Any]) -> None:
    again = Accuracy.from_json(json.loads(json.dumps(document, allow_nan=False)))
    assert again.to_json() == document


def test_a_later_comparison_takes_the_place_of_an_older_one(comparison: Comparison) -> None:
    later, other = replace(comparison, clouds=7), replace(comparison, model="pointnet_cls_basic")
    area = replace(comparison, settings=Settings(250, 32, 1024, 5))
    found = Accuracy((comparison,)).with_comparison(other).with_comparison(area)
    assert found.with_comparison(later).comparisons == (later, other, area)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: d.update(schema=7), "expected schema 1, found 7"),
        (lambda d: d["comparisons"][0].pop("clouds"), "no 'clouds'"),
        (lambda d: d["comparisons"][0]["entries"][1].update(runs=[]), "entry without a run"),
        (lambda d: d["comparisons"][0].update(entries=[]), "entry without a run"),
        (
            lambda d: d["comparisons"][0]["entries"][1]["runs"][0]["scores"].update(luck=1.0),
            "different scores",
        ),
    ],
)
def test_what_is_out_of_format_is_refused(document: dict[str, Any], damage, message: str) -> None:
    damage(document)
    with pytest.raises(ReportError, match=message):
        Accuracy.from_json(document)


def test_scores_are_means_with_their_range_and_difference(comparison: Comparison) -> None:
    first, second = rows(comparison)
    assert (first.cells[0].value, first.cells[0].range) == ("89.1", "89.0 to 89.2")
    assert first.cells[0].difference == ""
    assert second.cells[0].difference == "(+0.0)"
    assert second.cells[1].value == "88.1"
    assert first.took == "2 min"
    assert dict(class_rows(comparison))["chair"][1].difference == "(−40.0)"


def test_one_seed_has_no_range(comparison: Comparison) -> None:
    entries = tuple(replace(entry, runs=entry.runs[:1]) for entry in comparison.entries)
    found = rows(replace(comparison, entries=entries))
    assert all(cell.range == "" for row in found for cell in row.cells)


def test_what_was_not_judged_is_a_dash(comparison: Comparison) -> None:
    bare = replace(run(0, math.nan, 1.0), classes={"lamp": 0.5})
    entries = (comparison.entries[0], replace(comparison.entries[1], runs=(bare,)))
    found = replace(comparison, entries=entries)
    assert rows(found)[1].cells[0].value == "–"
    assert rows(found)[1].cells[0].difference == ""
    assert dict(class_rows(found))["chair"][1].value == "–"


def test_training_is_told_in_one_line(comparison: Comparison) -> None:
    assert training(comparison) == (
        "250 epochs, 32 clouds a step, 1,024 points a cloud, seeds 0, 1; "
        "judged on 2,468 test clouds"
    )
    scenes = replace(comparison, settings=Settings(1, 24, 4096, 6))
    assert "area 6 left out" in training(scenes)


@pytest.fixture
def rendered(document: dict[str, Any], tmp_path: Path) -> Path:
    (tmp_path / "accuracy.json").write_text(json.dumps(document))
    render(tmp_path, tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.parametrize("name", ["index.html", "accuracy.md"])
def test_everything_is_told(rendered: Path, name: str) -> None:
    text = (rendered / name).read_text().replace("<wbr>", "")
    told = ("pointnet_cls", "data/modelnet40", "89.1", "89.0 to 89.2", "(−40.0)", "1.15.5")
    for what in (*told, "tensorflow is not installed", "Accuracy of a class"):
        assert what.lower() in text.lower()


def test_markdown_tables_are_rectangular(rendered: Path) -> None:
    lines = (rendered / "accuracy.md").read_text().splitlines()
    widths = [line.count("|") for line in lines if line.startswith("|")]
    assert widths == [5] * 4 + [4] * 4
    assert not any(
        line.startswith("|") and above.strip() and not above.startswith("|")
        for above, line in pairwise(lines)
    )


def test_results_cannot_inject_markup(comparison: Comparison, tmp_path: Path) -> None:
    hostile = "<script>alert('x')</script> | x"
    found = replace(comparison, data=hostile, left_out=(hostile,), of_class=hostile)
    (tmp_path / "accuracy.json").write_text(json.dumps(Accuracy((found,)).to_json()))
    render(tmp_path, tmp_path / "out")
    assert "<script" not in (tmp_path / "out/index.html").read_text()
    assert not re.search(r"<script", (tmp_path / "out/accuracy.md").read_text())
