"""What a scan writes: JSON, SARIF, and a patch that does what our own patches do."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.scan import scan
from harness.scan.fixes import to_patch
from harness.scan.sarif import to_sarif
from harness.upgrade import convert
from harness.upgrade.build import apply
from harness.worker import ROOT

BAD = "import tensorflow as tf\nx = tf.ones([2])\nn = x.get_shape()[0].value\nb = tf.Variable(1.0)\nb += 1.0\n"  # noqa: E501
GOOD = BAD.replace(".value", "").replace("b += 1.0", "b = b + 1.0")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "code.py").write_text(BAD)
    return folder


def meaning(path: Path) -> str:
    """A file's syntax, whatever the order of keywords."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords.sort(key=lambda keyword: keyword.arg or "")
    return ast.dump(tree)


def harness(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_the_patch_mends_and_the_tree_is_left_alone(tmp_path: Path, tree: Path) -> None:
    patch = tmp_path / "fix.patch"
    patch.write_text(to_patch(tree, scan(tree, jobs=1)))
    assert (tree / "code.py").read_text() == BAD
    apply(patch, tree)
    assert (tree / "code.py").read_text() == GOOD
    assert scan(tree, jobs=1).findings == ()
    assert to_patch(tree, scan(tree, jobs=1)) == ""


def test_sarif_names_place_rule_and_level(tree: Path) -> None:
    log = json.loads(json.dumps(to_sarif(scan(tree, jobs=1))))
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    result = run["results"][0]
    assert result["level"] == "error"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "code.py"
    assert place["region"] == {"startLine": 3, "startColumn": 5}


def test_the_command_says_all_of_it(tmp_path: Path, tree: Path) -> None:
    sarif, patch = tmp_path / "out.sarif", tmp_path / "out.patch"
    run = harness("scan", tree, "--json", "--sarif", sarif, "--fix", patch, "--jobs", 1)
    assert run.returncode == 1
    found = json.loads(run.stdout)
    assert [f["rule"] for f in found["findings"]] == ["dimension-value", "variable-in-place"]
    assert json.loads(sarif.read_text())["runs"]
    assert patch.read_text().startswith("--- a/code.py")
    (tree / "code.py").write_text(GOOD)
    assert harness("scan", tree, "--jobs", 1).returncode == 0


def test_a_tree_that_is_not_there_is_one_line_and_status_2(tmp_path: Path) -> None:
    run = harness("scan", tmp_path / "nowhere")
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "nowhere" in run.stderr


def test_our_own_tree_has_nothing_fatal_left() -> None:
    assert not scan(ROOT / "tf2_upgraded", jobs=1).findings


def test_the_mechanical_mends_are_what_our_own_patches_do(tmp_path: Path) -> None:
    """tf_upgrade_v2's output, mended by --fix alone, is the tree that four patches made."""
    out = tmp_path / "converted"
    convert(ROOT / "original_tf1", out)
    patch = tmp_path / "fix.patch"
    patch.write_text(to_patch(out, scan(out, jobs=1)))
    apply(patch, out)
    for path in sorted((ROOT / "tf2_upgraded").rglob("*.py")):
        mended = out / path.relative_to(ROOT / "tf2_upgraded")
        assert meaning(mended) == meaning(path), path
