"""The documented way from raw files to an evaluated picture, command by command as it stands."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from harness.worker import ROOT

DOCUMENT = ROOT / "docs" / "chain.md"
# What has to be in every section, and in this order.
STEPS = ("build", "show", "train", "evaluate", "predict", "plots")
# A metric that `evaluate` prints, and what it would be without learning anything: one class in
# ten, or the most frequent label (of parts, that of the category).
UNLEARNT = {
    "Classification": ("overall accuracy", 0.1),
    "Parts": ("point accuracy", 0.78),
    "Scenes": ("overall accuracy", 0.25),
    "One category, as keras.io has it": ("point accuracy", 0.4),
}


def sections(text: str) -> dict[str, list[list[str]]]:
    """The commands of each section, split into their arguments."""
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, content = section.partition("\n")
        blocks = re.findall(r"^```sh\n(.*?)^```", content, re.MULTILINE | re.DOTALL)
        lines = "".join(blocks).replace("\\\n", " ").splitlines()
        found[title] = [shlex.split(line) for line in lines]
    return found


SECTIONS = sections(DOCUMENT.read_text())


def run(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What `python -m` does, in this process: TensorFlow takes longer to import than to train."""
    assert command[:2] == ["python", "-m"]
    monkeypatch.setattr(sys, "argv", command[2:])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(command[2], run_name="__main__", alter_sys=True)
    assert not ended.value.code, command


def metric(printed: str, name: str) -> float:
    (value,) = re.findall(rf"^{name} +(\S+)$", printed, re.MULTILINE)
    return float(value)


def test_every_task_is_there() -> None:
    assert set(SECTIONS) == set(UNLEARNT)


@pytest.mark.parametrize("title", UNLEARNT)
def test_the_commands_of_a_section_lead_to_an_evaluated_picture(
    title: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = SECTIONS[title]
    words = [word.rpartition(".")[2] for command in commands for word in command]
    assert [step for step in dict.fromkeys(words) if step in STEPS] == list(STEPS)
    for command in commands:
        capsys.readouterr()
        run(command, monkeypatch)
        if command[2] == "tf2_native.evaluate":
            name, unlearnt = UNLEARNT[title]
            assert metric(capsys.readouterr().out, name) > unlearnt
    names = {path.name for path in tmp_path.rglob("*.png")}
    assert {"curves.png", "schedules.png", "confusion.png"} < names
    pictures = list((tmp_path / "pictures").rglob("cloud*.png"))
    assert pictures
    for picture in pictures:
        assert len(np.unique(imread(picture)[..., :3].reshape(-1, 3), axis=0)) > 3
