"""Every line of the tool's report becomes a record, and every record of our own tree a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.checks import RUNGS
from harness.upgrade import REPORT, UpgradeError, own_reading, read_conversion
from harness.upgrade.records import converted, parse
from harness.upgrade.verdicts import TOPICS
from harness.worker import ROOT

REPORT_TEXT = """TensorFlow 2.0 Upgrade Script
Converted 2 files
Detailed log follows:

Input tree: 'tree'
Processing file 'tree/a.py'
 outputting to 'out/a.py'
--------------------------------------------------------------------------------

2:4: INFO: Renamed 'tf.placeholder' to 'tf.compat.v1.placeholder'
3:5: INFO: Renamed keyword argument for tf.squeeze from squeeze_dims to axis
4:6: WARNING: *.save requires manual check. (This warning
is about Keras.)
5:0: ERROR: Using member tf.contrib.foo in deprecated module tf.contrib. Alas.
6:0: INFO: Something that nobody has seen before
strange
--------------------------------------------------------------------------------
Processing file 'tree/b.py'
ERROR: Failed to parse.
  File "<unknown>", line 7
    print 'a'
SyntaxError: Missing parentheses
"""


def test_every_line_is_read() -> None:
    records = parse(REPORT_TEXT, "tree")
    assert [(r.file, r.line, r.column, r.kind, r.api) for r in records] == [
        ("a.py", 2, 4, "rename", "tf.placeholder"),
        ("a.py", 3, 5, "keyword", "tf.squeeze"),
        ("a.py", 4, 6, "manual check", "*.save"),
        ("a.py", 5, 0, "error", "tf.contrib.foo"),
        ("a.py", 6, 0, "not read", ""),
        ("b.py", 7, 0, "not parsed", ""),
    ]
    assert records[2].message.endswith("is about Keras.)")
    assert records[4].message.endswith("before strange")
    assert converted(REPORT_TEXT) == 2


@pytest.mark.parametrize(
    ("message", "kind", "api"),
    [
        ("WARNING: `name` passed to `name_scope`. Because you", "manual check", "name_scope"),
        ("WARNING: name_scope call with neither name nor", "manual check", "name_scope"),
        ("INFO: Using default_name as name in call to name_scope.", "change", "name_scope"),
        ("INFO: Renaming scale arg of regularizer", "keyword", "regularizer"),
        ("WARNING: tf.nn.dropout called without arguments, so", "manual check", "tf.nn.dropout"),
        ("WARNING: (Manual edit required) `tf.contrib.x.Y` has", "manual check", "tf.contrib.x.Y"),
        ("INFO: removed argument skip_empty for tf.string_split.", "change", "tf.string_split"),
    ],
)
def test_what_the_tool_seldom_says_is_read_too(message: str, kind: str, api: str) -> None:
    text = f"Detailed log follows:\nProcessing file 'tree/a.py'\n1:2: {message}\n"
    (record,) = parse(text, "tree")
    assert (record.kind, record.api) == (kind, api)


def test_our_own_report_is_read_whole() -> None:
    text = (ROOT / "tf2_upgraded" / REPORT).read_text()
    placed = [
        line
        for line in text[text.find("Detailed log") :].splitlines()
        if ": INFO: " in line or ": WARNING: " in line
    ]
    records = own_reading(ROOT).records
    assert len(records) == len(placed)
    assert {record.kind for record in records} <= {"rename", "keyword", "change", "manual check"}


def test_nothing_of_our_own_is_open() -> None:
    assert [r for r in own_reading(ROOT).records if r.verdict == "open"] == []


def evidences() -> list[str]:
    own = [record.evidence.partition(":")[0] for record in own_reading(ROOT).records]
    return sorted({*own, *(topic.evidence for topic in TOPICS)})


@pytest.mark.parametrize("evidence", evidences())
def test_the_evidence_exists(evidence: str) -> None:
    what, _, name = evidence.partition(" ")
    if what == "rung":
        assert name in RUNGS
    elif what == "patch":
        assert (ROOT / "tf2_upgraded/patches" / f"{name}.patch").is_file()
    else:
        assert what == "test"
        assert (ROOT / name).is_file()


def test_there_are_nine_topics() -> None:
    assert len(TOPICS) == 9


def test_anybodys_tree_is_converted_read_and_judged(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "data").mkdir(parents=True)
    (tree / "data" / "ok.py").write_text(
        "import tensorflow as tf\nx = tf.placeholder(tf.float32)\ny = tf.contrib.foo(x)\n"
    )
    (tree / "old.py").write_text("print 'a'\n")
    (tree / "latin.py").write_bytes(b"a = '\xe9'\n")
    cell = '{"cell_type": "code", "source": ["import tensorflow as tf\\n", "s = tf.Session()"], "metadata": {}, "outputs": [], "execution_count": null}'  # noqa: E501
    (tree / "n.ipynb").write_text(
        f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 2}}'
    )
    out = tmp_path / "out"
    reading = read_conversion(tree, out)
    assert {(r.file, r.kind, r.verdict) for r in reading.records} >= {
        ("data/ok.py", "error", "needs a change"),
        ("old.py", "not parsed", "open"),
        ("latin.py", "not parsed", "needs a change"),
        ("n.ipynb", "rename", "harmless"),
    }
    assert "tf.compat.v1.Session" in (out / "n.ipynb").read_text()
    assert (out / "latin.py").read_bytes() == b"a = '\xe9'\n"
    with pytest.raises(UpgradeError, match="is there already"):
        read_conversion(tree, out)
