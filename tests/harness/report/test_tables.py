"""Headline, matrix and departures: every result is told, once, in its place."""

from __future__ import annotations

from typing import Any

import pytest

from harness.report import Equivalence
from harness.report.departures import departures, omissions
from harness.report.ladder import LADDER, rungs
from harness.report.matrix import EMPTY, tables
from harness.report.verdict import Verdict, verdict
from harness.report.wording import count, duration, number, ratio

Document = dict[str, Any]


@pytest.mark.parametrize(
    ("passed", "failed", "skipped", "sentence", "status"),
    [
        (1204, 0, 0, "All 1,204 checks pass", "pass"),
        (1, 0, 3, "The only check passes", "pass"),
        (184, 20, 56, "20 of 204 checks depart", "fail"),
        (0, 1, 0, "1 of 1 check departs", "fail"),
        (0, 0, 9, "No check ran", "skipped"),
        (0, 0, 0, "No check ran", "skipped"),
    ],
)
def test_headline(passed: int, failed: int, skipped: int, sentence: str, status: str) -> None:
    found = Verdict(passed, failed, skipped)
    assert (found.sentence, found.status) == (sentence, status)


def test_a_run_that_ended_early_is_no_pass() -> None:
    found = Verdict(300, 0, 0, missing=272)
    assert (found.sentence, found.status) == ("All 300 checks pass; 272 missing", "skipped")
    assert Verdict(300, 1, 0, missing=272).status == "fail"


def test_every_result_has_its_cell(departure: Document) -> None:
    results = Equivalence.from_json(departure).results
    found = verdict(results)
    cells = [cell for table in tables(results) for row in table.rows for cell in row.cells]
    for status, n in (("pass", found.passed), ("fail", found.failed), ("skipped", found.skipped)):
        assert sum(cell.status == status for cell in cells) == n
    assert len(cells) == len(results)


def test_rows_and_columns_are_in_order(agreement: Document) -> None:
    agreement["results"].reverse()
    (table, _) = tables(Equivalence.from_json(agreement).results)
    assert [row.rung.key for row in table.rows] == [rung.key for rung in LADDER]
    assert [column.precision for column in table.columns] == ["float64", "float32"] * 5
    assert [span.columns for span in table.candidates] == [2] * 5
    assert [table.starts_pair(i) for i in range(10)] == [True, False] * 5


def test_a_cell_says_what_its_result_says(departure: Document) -> None:
    (table, _) = tables(Equivalence.from_json(departure).results)
    inference = next(row for row in table.rows if row.rung.key == "inference")
    by_column = dict(zip(table.columns, inference.cells, strict=True))
    cells = {(c.candidate, c.precision): cell for c, cell in by_column.items()}
    failed = cells["tf2_upgraded@tf2", "float64"]
    assert (failed.status, failed.symbol, failed.ratio) == ("fail", "✗", "4.1×10⁹")
    assert failed.title.startswith("outputs/logits: distance ")
    skipped = cells["tf2_native@torch", "float32"]
    assert (skipped.symbol, skipped.ratio) == ("–", "")
    assert skipped.title == "Skipped: PyTorch is not installed"
    assert cells["original_tf1@compat", "float64"].ratio == "0"


def test_a_check_that_is_not_there_leaves_a_gap(agreement: Document) -> None:
    gone = agreement["results"].pop(2)
    (table, _) = tables(Equivalence.from_json(agreement).results)
    gaps = [
        (row.rung.key, table.columns[i].candidate, table.columns[i].precision)
        for row in table.rows
        for i, cell in enumerate(row.cells)
        if cell is EMPTY
    ]
    assert gaps == [(gone["rung"], gone["candidate"], gone["precision"])]


def test_references_are_told_apart(agreement: Document) -> None:
    for found in agreement["results"]:
        if found["candidate"] == "tf2_native@jax":
            found["reference"] = "recorded"
    (table, _) = tables(Equivalence.from_json(agreement).results)
    assert [(span.text, span.columns) for span in table.references] == [
        ("original_tf1@tf1", 8),
        ("recorded", 2),
    ]
    parts = table.by_reference()
    assert [len(part.columns) for part in parts] == [8, 2]
    assert parts[1].rows[2].cells == table.rows[2].cells[8:]


def test_unknown_rungs_go_last() -> None:
    found = rungs({"inference", "zeta_rung", "structure"})
    assert [rung.title for rung in found] == ["Structure", "Inference", "Zeta rung"]


def test_a_place_is_told_once_with_all_its_rungs(departure: Document) -> None:
    found = departures(Equivalence.from_json(departure).results)
    (conv1,) = (d for d in found if d.place == "conv1")
    assert found[0] is conv1
    assert conv1.isolated is True
    (evidence,) = conv1.evidence
    assert evidence.precisions == ("float32", "float64")
    assert evidence.rungs[:3] == ("Inference", "Isolation", "Training forward")


def test_causes_come_before_consequences(departure: Document) -> None:
    found = departures(Equivalence.from_json(departure).results)
    assert [d.isolated for d in found] == [True, None, None, False, False, False, False]


def test_a_failure_without_a_finding_is_told_too(departure: Document) -> None:
    found = departures(Equivalence.from_json(departure).results)
    (untold,) = (d for d in found if d.candidate == "tf2_native@jax" and d.model == "part_seg")
    assert untold.place == "parameters/conv5/weights"
    assert untold.evidence[0].message == "Departs by ∞ times the rounding noise."


def test_findings_of_a_pass_are_not_departures(agreement: Document) -> None:
    note = {"place": "conv1", "isolated": None, "message": "Worth a look.", "tensor": "loss"}
    agreement["results"][0]["findings"] = [note]
    assert departures(Equivalence.from_json(agreement).results) == ()


def test_reasons_are_counted(departure: Document) -> None:
    found = omissions(Equivalence.from_json(departure).results)
    assert [(o.reason.split()[0], o.checks) for o in found] == [("PyTorch", 56), ("float64", 4)]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.084, "0.084"),
        (0.84, "0.84"),
        (1.0, "1.0"),
        (32.0, "32"),
        (450.4, "450"),
        (3.16e-15, "3.2×10⁻¹⁵"),
        (9.99e9, "1.0×10¹⁰"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers(value: float, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (0.01, "<0.1"), (0.84, "0.8"), (31.96, "32.0"), (99.96, "100"), (4e9, "4.0×10⁹")],
)
def test_ratios(value: float, written: str) -> None:
    assert ratio(value) == written


def test_counts_and_durations() -> None:
    assert (count(1, "check"), count(1204, "check")) == ("1 check", "1,204 checks")
    assert (duration(12.4), duration(734.2)) == ("12 s", "12 min")
