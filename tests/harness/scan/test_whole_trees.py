"""Whole programs: every line that fails on TensorFlow 2 is among the fatal findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.scan import scan

TREES = Path(__file__).with_name("trees")
# Findings at lines of which the truth says nothing: they fail once another line is mended.
CONSEQUENCES = {
    "points": set(),
    "gan": set(),
    "rl": {("common/replay.py", 32)},
    "keras": set(),
    "slimnet": set(),
    "style_transfer": set(),
}


def fatal(tree: str) -> set[tuple[str, int]]:
    findings = scan(TREES / tree, jobs=1).findings
    return {(f.file, f.line) for f in findings if f.severity == "fatal"}


def failing(tree: str) -> set[tuple[str, int]]:
    truth = json.loads((TREES / f"{tree}.json").read_text())
    return {(line["file"], line["line"]) for line in truth["failing"]}


@pytest.mark.parametrize("tree", sorted(CONSEQUENCES))
def test_every_line_that_fails_is_found(tree: str) -> None:
    assert failing(tree) <= fatal(tree)


@pytest.mark.parametrize("tree", sorted(CONSEQUENCES))
def test_nothing_else_is_called_fatal(tree: str) -> None:
    assert fatal(tree) - failing(tree) == CONSEQUENCES[tree]


@pytest.mark.parametrize("tree", sorted(CONSEQUENCES))
def test_the_truth_is_about_these_files(tree: str) -> None:
    for line in json.loads((TREES / f"{tree}.json").read_text())["failing"]:
        text = (TREES / tree / line["file"]).read_text().splitlines()[line["line"] - 1]
        assert text.strip() == line["source"]
