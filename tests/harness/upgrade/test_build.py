"""The upgraded tree: the tool's output and the patches, byte for byte what is committed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.upgrade import REPORT, UpgradeError, build, rebuild
from harness.upgrade.build import PATCHES, apply
from harness.worker import ROOT

SOURCE, UPGRADED = ROOT / "original_tf1", ROOT / "tf2_upgraded"
SERIES = sorted((UPGRADED / PATCHES).glob("*.patch"))

BEFORE = "import os\nvalue = 1\nprint(value)\n"
PATCH = """Two is better

What the tool said: nothing.

--- a/code.py
+++ b/code.py
@@ -1,3 +1,3 @@
 import os
-value = 1
+value = 2
 print(value)
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "code.py").write_text(BEFORE)
    return folder


def patch_file(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "0001-two.patch"
    path.write_text(text)
    return path


def test_building_again_gives_the_committed_tree(tmp_path: Path) -> None:
    build(SOURCE, UPGRADED / PATCHES, tmp_path / "again")
    built, committed = contents(tmp_path / "again"), contents(UPGRADED)
    assert built.keys() == committed.keys()
    assert [name for name in built if built[name] != committed[name]] == []
    assert {REPORT, "train.py", "models/pointnet_cls.py"} < built.keys()


def test_there_are_patches() -> None:
    assert SERIES
    assert [int(path.name[:4]) for path in SERIES] == list(range(1, len(SERIES) + 1))


@pytest.mark.parametrize("patch", SERIES, ids=lambda path: path.stem)
def test_a_patch_says_what_it_does_and_what_the_tool_said(patch: Path) -> None:
    prose, _, diff = patch.read_text().partition("\n--- a/")
    lines = prose.splitlines()
    assert diff
    assert lines[0].strip()
    assert not lines[0].startswith(("---", "diff", "@@"))
    assert lines[1] == ""
    assert any(line.startswith("What the tool said") for line in lines)


def test_a_patch_that_fits_is_applied(tmp_path: Path, tree: Path) -> None:
    apply(patch_file(tmp_path, PATCH), tree)
    assert (tree / "code.py").read_text() == BEFORE.replace("1", "2")


@pytest.mark.parametrize(
    "before",
    [BEFORE.replace("1", "3"), BEFORE.replace("os", "sys"), "", "\n" + BEFORE],
    ids=["other line", "other context", "empty", "moved by a line"],
)
def test_a_patch_that_does_not_fit_is_refused_by_name(
    tmp_path: Path, tree: Path, before: str
) -> None:
    (tree / "code.py").write_text(before)
    with pytest.raises(UpgradeError, match=r"0001-two\.patch: does not apply"):
        apply(patch_file(tmp_path, PATCH), tree)
    assert (tree / "code.py").read_text() == before


def test_a_patch_of_a_file_that_is_not_there_is_refused(tmp_path: Path, tree: Path) -> None:
    (tree / "code.py").rename(tree / "other.py")
    with pytest.raises(UpgradeError, match=r"0001-two\.patch"):
        apply(patch_file(tmp_path, PATCH), tree)


def test_prose_alone_is_no_patch(tmp_path: Path, tree: Path) -> None:
    with pytest.raises(UpgradeError, match=r"0001-two\.patch"):
        apply(patch_file(tmp_path, "Two is better\n"), tree)


def test_a_missing_source_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UpgradeError, match="nowhere: no such folder"):
        build(tmp_path / "nowhere", UPGRADED / PATCHES, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def copying_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of tf_upgrade_v2, a tool that changes nothing."""
    monkeypatch.setitem(build.__globals__, "convert", shutil.copytree)


@pytest.mark.usefixtures("copying_tool")
def test_rebuilding_puts_the_new_tree_in_place(tmp_path: Path, tree: Path) -> None:
    upgraded = tmp_path / "upgraded"
    upgraded.mkdir()
    (upgraded / "stale.py").write_text("")
    patch_file(upgraded / PATCHES, PATCH)
    rebuild(tree, upgraded)
    assert contents(upgraded) == {
        "code.py": BEFORE.replace("1", "2").encode(),
        f"{PATCHES}/0001-two.patch": PATCH.encode(),
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tree", "upgraded"]


@pytest.mark.usefixtures("copying_tool")
def test_a_patch_that_fails_leaves_the_old_tree_as_it_was(tmp_path: Path, tree: Path) -> None:
    upgraded = tmp_path / "upgraded"
    upgraded.mkdir()
    (upgraded / "code.py").write_text("old")
    patch_file(upgraded / PATCHES, PATCH.replace("value = 1", "value = 7"))
    before = contents(upgraded)
    with pytest.raises(UpgradeError, match=r"0001-two\.patch"):
        rebuild(tree, upgraded)
    assert contents(upgraded) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tree", "upgraded"]


def test_a_missing_source_leaves_the_old_tree_as_it_was(tmp_path: Path, tree: Path) -> None:
    (tree / PATCHES).mkdir()
    with pytest.raises(UpgradeError, match="nowhere"):
        rebuild(tmp_path / "nowhere", tree)
    assert contents(tree) == {"code.py": BEFORE.encode()}


def test_a_patch_that_is_in_already_is_refused(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text("value = 2\n")
    patch = tmp_path / "0001-again.patch"
    patch.write_text("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-value = 1\n+value = 2\n")
    with pytest.raises(UpgradeError, match="0001-again"):
        apply(patch, tree)
