"""The command: a sweep on file and on the page, whatever became of its trainings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from harness.accuracy import TrainingError
from harness.accuracy.programs import Program
from harness.cli import app

RIGHT = [0, 1, 2, 0, 1]


def command(folder: Path, *options: str) -> Result:
    places = ["--runs", str(folder.parent / "runs"), "--out", str(folder.parent / "reports")]
    small = ["--data", str(folder), "--epochs", "1", "--batch", "4"]
    return CliRunner().invoke(app, ["accuracy", *small, *places, *options])


def comparisons(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (folder.parent / "reports/results/accuracy.json").read_text()
    )["comparisons"]
    return found


def test_a_sweep_is_told_on_its_page_and_goes_on(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program([0, 0, 2, 0, 1])})
    both = ["--implementation", "tf2_upgraded", "--implementation", "tf2_native"]
    first = ["--model", "pointnet_cls", "--seed", "0", *both]
    run = command(folder, *first)
    assert run.exit_code == 0, run.output
    assert "Too few seeds" in " ".join(run.output.split())
    other = ["--model", "pointnet_cls_basic", "--seed", "0", "--seed", "1", *both]
    assert command(folder, *other).exit_code == 0
    wider = [*other, "--model", "pointnet_cls", "--jobs", "2", "--resume"]
    run = command(folder, *wider)
    assert run.exit_code == 0, run.output
    found = comparisons(folder)
    assert [each["model"] for each in found] == ["pointnet_cls", "pointnet_cls_basic"]
    seeds = [[run["seed"] for run in entry["runs"]] for each in found for entry in each["entries"]]
    assert seeds == [[0, 1]] * 4
    pages = [
        (folder.parent / "reports" / name).read_text() for name in ("index.html", "accuracy.md")
    ]
    for page in pages:
        assert "pointnet_cls_basic" in page
        assert "Outside the spread over seeds" in page
    # Nothing is left to do, and nothing is written anew.
    before = (folder.parent / "reports/results/accuracy.json").stat().st_mtime_ns
    assert command(folder, *wider).exit_code == 0
    assert (folder.parent / "reports/results/accuracy.json").stat().st_mtime_ns == before


def test_a_training_that_failed_is_a_refusal_that_keeps_the_others(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    failing = program(RIGHT, train="raise SystemExit('out of paper' if {epochs} else 0)")
    play({"tf2_upgraded": failing, "tf2_native": program(RIGHT)})
    both = ["--implementation", "tf2_upgraded", "--implementation", "tf2_native"]
    run = command(folder, "--model", "pointnet_cls", *both)
    assert isinstance(run.exception, TrainingError)
    with pytest.raises(TrainingError, match=r"^1 training failed.*seed 0.*out of paper"):
        raise run.exception
    (found,) = comparisons(folder)
    assert [len(entry["runs"]) for entry in found["entries"]] == [0, 1]
    assert "out of paper" in (folder.parent / "reports/accuracy.md").read_text()
