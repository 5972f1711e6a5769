"""The sections on the upgrade report and the scan, from result files alone."""

from __future__ import annotations

import copy

import pytest

from harness.report import ReportError, scan, upgrade

RECORD = {
    "file": "a.py",
    "line": 1,
    "column": 0,
    "kind": "rename",
    "api": "tf.log",
    "message": "Renamed 'tf.log' to 'tf.math.log'",
    "verdict": "harmless",
    "evidence": "rung loss: every term",
}
UPGRADE = {
    "schema": 1,
    "source": "tree",
    "converted": 2,
    "records": [RECORD, {**RECORD, "line": 2}, {**RECORD, "verdict": "open", "evidence": "<b>"}],
    "topics": [{"title": "t", "verdict": "harmless", "evidence": "rung loss", "finding": "f"}],
}
FINDING = {
    "file": "a|b.py",
    "line": 3,
    "column": 1,
    "rule": "contrib",
    "message": "no <contrib>",
    "severity": "fatal",
    "fixable": False,
}
SCAN = {
    "schema": 1,
    "versions": {"tensorflow": "2.21.0", "keras": "3.15.1", "numpy": "2.4.6"},
    "rules": [
        {"key": "contrib", "severity": "fatal", "title": "t", "why": "w", "fix": "f"},
    ],
    "converted": [FINDING],
    "mended": [],
}


def test_lines_that_say_the_same_are_one_row_and_open_ones_come_first() -> None:
    made = upgrade.section(UPGRADE, "upgrade.json")
    assert "2 harmless, 0 need a change, 1 open" in made.markdown
    rows = [row for row in made.markdown.splitlines() if row.startswith("| `tf.log`")]
    assert "| open |" in rows[0]
    assert "| 2 | harmless |" in rows[1]
    assert "&lt;b&gt;" in made.html


def test_findings_are_told_with_place_and_rule() -> None:
    made = scan.section(SCAN, "scan.json")
    assert r"`a\|b.py:3` | fatal | `contrib` | no &lt;contrib>" in made.markdown
    assert "1 lines of its output fail" in made.markdown
    assert "no &lt;contrib&gt;" in made.html


@pytest.mark.parametrize(("make", "document"), [(upgrade, UPGRADE), (scan, SCAN)])
def test_another_schema_or_a_missing_key_is_refused(make, document) -> None:
    with pytest.raises(ReportError, match="expected schema 1, found 2"):
        make.section({**document, "schema": 2}, "file.json")
    broken = copy.deepcopy(document)
    del broken[list(broken)[-1]]
    with pytest.raises(ReportError, match="no '"):
        make.section(broken, "file.json")
