"""The examples' upgrades are what the tool and the patch make of the originals."""

from __future__ import annotations

import shutil
from pathlib import Path

import patch_ng

from harness.upgrade.build import convert
from harness.worker import ROOT

EXAMPLES = ("lstm", "mnist_convnet", "slim_batch_norm")


def test_upgrades_are_made_by_the_tool_and_the_patch(tmp_path: Path) -> None:
    for example in EXAMPLES:
        folder = tmp_path / "tree" / example
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "examples" / example / "original.py", folder)
    convert(tmp_path / "tree", tmp_path / "converted")
    for example in EXAMPLES:
        patch = patch_ng.fromfile(str(ROOT / "examples" / example / "upgraded.patch"))
        assert patch
        assert patch.apply(root=str(tmp_path / "converted" / example))
        made = (tmp_path / "converted" / example / "original.py").read_text()
        assert made == (ROOT / "examples" / example / "upgraded.py").read_text()
