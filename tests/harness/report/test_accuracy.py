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
from harness.report.accuracy import class_rows, differences, rows, training, verdict
from harness.report.accuracy_schema import Accuracy, Comparison, Entry, Failure, Run, Settings
from harness.report.schema import Machine

MACHINE = Machine("Linux x86_64", "A processor", 2, 8.0, "not measured on a GPU")


def run(seed: int, accuracy: float, chair: float) -> Run:
    scores = {"overall accuracy": accuracy, "mean class accuracy": accuracy - 0.01}
    classes = {"chair": chair, "lamp": accuracy}
    return Run(seed, 100.0 * (seed + 1), 2468, "a hash", scores, classes)


def entry(key: str, *runs: Run) -> Entry:
    return Entry(key, "its hash", {"python": "3.11.5"}, runs)


@pytest.fixture
def comparison() -> Comparison:
    return Comparison(
        model="pointnet_cls",
        data="data/modelnet40",
        contents="another hash",
        started="2026-01-02T03:04:05Z",
        machine=MACHINE,
        settings=Settings(250, 32, 1024, None),
        of_class="mean IoU of a class",
        baseline={"overall accuracy": 0.231},
        entries=(
            entry("original_tf1@tf1", run(0, 0.89, 1), run(1, 0.892, 1)),
            entry("tf2_native@jax", run(0, 0.895, 0.5), run(1, 0.887, 0.7)),
        ),
        failures=(Failure("tf2_native@jax", 2, "ended with status 1: out of paper"),),
        left_out=("tf2_upgraded@tf2: tensorflow is not installed",),
    )


@pytest.fixture
def document(comparison: Comparison) -> dict[str, Any]:
    return Accuracy((comparison,)).to_json()


def test_round_trip(document: dict[str, Any]) -> None:
    again = Accuracy.from_json(json.loads(json.dumps(document, allow_nan=False)))
    assert again.to_json() == document


def test_a_later_comparison_takes_the_place_of_an_older_one(comparison: Comparison) -> None:
    later, other = replace(comparison, baseline={}), replace(comparison, model="pointnet_cls_basic")
    area = replace(comparison, settings=Settings(250, 32, 1024, 5))
    found = Accuracy((comparison,)).with_comparisons([other, area])
    assert found.with_comparisons([later]).comparisons == (later, other, area)


def test_a_run_takes_the_place_of_that_of_its_seed(comparison: Comparison) -> None:
    again, more = run(1, 0.5, 0.5), run(2, 0.6, 0.5)
    found = comparison.with_run("tf2_native@jax", more).with_run("tf2_native@jax", again)
    assert found.entries[0] == comparison.entries[0]
    assert found.entries[1].runs == (comparison.entries[1].runs[0], again, more)


def test_a_sweep_goes_on_from_what_an_earlier_one_ran(comparison: Comparison) -> None:
    original, native = comparison.entries
    own = (entry("tf2_native@jax", run(2, 0.6, 0.5)), entry("tf2_upgraded@tf2"))
    later = replace(comparison, entries=own, failures=())
    found = later.after(comparison)
    assert found.failures == ()
    assert found.entries == (
        replace(native, runs=(*native.runs, *own[0].runs)),
        own[1],
        original,
    )


@pytest.mark.parametrize(
    "changed",
    [{"contents": "other files"}, {"settings": Settings(9, 9, 9, None)}, {"model": "sem_seg"}],
)
def test_other_conditions_count_for_nothing(comparison: Comparison, changed) -> None:
    earlier = replace(comparison, **changed)
    assert comparison.after(earlier) == comparison


@pytest.mark.parametrize("changed", [{"sources": "edited"}, {"versions": {"python": "3.12"}}])
def test_other_sources_and_versions_count_for_nothing(comparison: Comparison, changed) -> None:
    original, native = comparison.entries
    fresh = replace(native, runs=(run(7, 0.5, 0.5),))
    found = replace(comparison, entries=(replace(fresh, **changed),)).after(comparison)
    assert found.entries == (replace(fresh, **changed), original)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda d: d.update(schema=7), "expected schema 2, found 7"),
        (lambda d: d["comparisons"][0].pop("contents"), "no 'contents'"),
        (lambda d: d["comparisons"][0].update(entries=[]), "nobody took part"),
        (
            lambda d: d["comparisons"][0]["entries"][1]["runs"][1].update(truth="other"),
            "different clouds",
        ),
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
    assert (first.seeds, first.took) == ("0, 1", "2 min")
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


def test_an_entry_without_a_run_is_dashes(comparison: Comparison) -> None:
    original, native = comparison.entries
    first, second = rows(replace(comparison, entries=(replace(original, runs=()), native)))
    assert (first.seeds, first.took) == ("–", "–")
    assert {(cell.value, cell.range) for cell in first.cells} == {("–", "")}
    assert second.cells[0].value == "89.1"
    assert second.cells[0].difference == ""


# -- whether implementations differ by more than seeds do ------------------------------------------


def compared(*accuracies: list[float]) -> Comparison:
    entries = (
        entry(f"{key}@here", *(run(i, value, 1) for i, value in enumerate(values)))
        for key, values in zip("abc", accuracies, strict=False)
    )
    return Comparison(
        "pointnet_cls", "d", "h", "", MACHINE, Settings(1, 1, 1, None), "accuracy", {},
        tuple(entries), (), (),
    )  # fmt: skip


def test_a_difference_is_held_against_the_wider_spread_of_the_two() -> None:
    difference = differences(compared([0.3, 0.31], [0.34, 0.41]))[0]
    assert difference.mean == pytest.approx(0.07)
    assert difference.spread == pytest.approx(0.07)
    assert difference.mean > difference.spread  # as floats
    assert difference.within
    assert not differences(compared([0.5, 0.6], [0.651, 0.651]))[0].within
    assert not differences(compared([0.651, 0.651], [0.5, 0.6]))[0].within
    assert differences(compared([0.5, 0.5], [0.5, 0.5]))[0].within


def test_the_verdict_names_what_is_outside() -> None:
    near, far = [0.55, 0.56], [0.30, 0.31]
    assert verdict(compared([0.5, 0.6], near)) == (
        "All differences from a@here are within the spread over seeds."
    )
    said = verdict(compared([0.5, 0.6], near, far))
    assert said.startswith("Outside the spread over seeds, 2 of 4 differences from a@here: ")
    assert "overall accuracy of c@here, −24.5 percentage points, where seeds are up to 10.0" in said
    assert "b@here" not in said


def test_one_seed_has_no_verdict() -> None:
    assert verdict(compared([0.5], [0.6, 0.7])).startswith("Too few seeds")
    assert verdict(compared([0.5, 0.6])).startswith("Too few seeds")
    said = verdict(compared([0.5, 0.6], [0.55, 0.56], [0.1]))
    assert said.startswith("All differences")
    assert said.endswith("Too few seeds of c@here to tell.")


# -- the page --------------------------------------------------------------------------------------


def test_training_is_told_in_one_line(comparison: Comparison) -> None:
    assert training(comparison) == (
        "250 epochs, 32 clouds a step, 1,024 points a cloud; judged on 2,468 test clouds"
    )
    scenes = replace(comparison, settings=Settings(1, 24, 4096, 6))
    assert "area 6 left out" in training(scenes)


@pytest.fixture
def rendered(document: dict[str, Any], tmp_path: Path) -> Path:
    (tmp_path / "accuracy.json").write_text(json.dumps(document))
    render(tmp_path, tmp_path / "out")
    return tmp_path / "out"


def test_what_cannot_be_had_without_learning_is_beside(rendered: Path) -> None:
    assert "| without learning | | 23.1 | – | |" in (rendered / "accuracy.md").read_text()
    page = (rendered / "index.html").read_text()
    assert re.search(r"without learning</th><td></td><td[^>]*>23.1</td><td[^>]*>–</td>", page)


def test_a_sweep_in_which_all_failed_is_told_too(comparison: Comparison, tmp_path: Path) -> None:
    bare = tuple(replace(entry, runs=()) for entry in comparison.entries)
    found = Accuracy((replace(comparison, entries=bare),)).to_json()
    (tmp_path / "accuracy.json").write_text(json.dumps(found))
    render(tmp_path, tmp_path / "out")
    assert "out of paper" in (tmp_path / "out/index.html").read_text()
    assert "out of paper" in (tmp_path / "out/accuracy.md").read_text()


def test_headings_begin_with_a_capital_and_keep_the_others(rendered: Path) -> None:
    assert ">Mean IoU of a class</th>" in (rendered / "index.html").read_text()


@pytest.mark.parametrize("name", ["index.html", "accuracy.md"])
def test_everything_is_told(rendered: Path, name: str) -> None:
    text = (rendered / name).read_text().replace("<wbr>", "")
    told = ("pointnet_cls", "data/modelnet40", "89.1", "89.0 to 89.2", "(−40.0)", "3.11.5")
    verdict = "All differences from original_tf1@tf1 are within"
    failed = "seed 2: ended with status 1: out of paper"
    for what in (*told, "tensorflow is not installed", "mean IoU of a class", verdict, failed):
        assert what.lower() in text.lower()


def test_markdown_tables_are_rectangular(rendered: Path) -> None:
    lines = (rendered / "accuracy.md").read_text().splitlines()
    widths = [line.count("|") for line in lines if line.startswith("|")]
    assert widths == [6] * 5 + [4] * 4
    assert not any(
        line.startswith("|") and above.strip() and not above.startswith("|")
        for above, line in pairwise(lines)
    )


def test_results_cannot_inject_markup(comparison: Comparison, tmp_path: Path) -> None:
    hostile = "<script>alert('x')</script> | x"
    failure = Failure(hostile, 0, hostile)
    found = replace(
        comparison, data=hostile, left_out=(hostile,), of_class=hostile, failures=(failure,)
    )
    (tmp_path / "accuracy.json").write_text(json.dumps(Accuracy((found,)).to_json()))
    render(tmp_path, tmp_path / "out")
    assert "<script" not in (tmp_path / "out/index.html").read_text()
    assert not re.search(r"<script", (tmp_path / "out/accuracy.md").read_text())
