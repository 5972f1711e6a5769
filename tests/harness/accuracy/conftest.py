"""An implementation that costs nothing: it learns nothing and says what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.accuracy import sweep
from harness.accuracy.programs import PREDICTIONS, PROGRAMS, Job, Program
from harness.datasets import modelnet40
from harness.datasets.clouds import Clouds
from harness.report.accuracy_schema import Settings

NAMES = ("chair", "lamp", "sofa")
LABELS = np.array([0, 1, 2, 0, 1], np.int32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five test clouds of 8 points, in 3 classes, in the ModelNet40 layout."""
    points = np.random.default_rng(0).standard_normal((5, 8, 3)).astype(np.float32)
    clouds = [Clouds(points, LABELS)]
    modelnet40.write(tmp_path / "data", {"train": clouds, "test": clouds}, NAMES)
    return tmp_path / "data"


@pytest.fixture
def job(folder: Path, tmp_path: Path) -> Job:
    return Job("pointnet_cls", folder, tmp_path / "log", Settings(2, 4, 8, None), seed=3)


def _write_predictions(path: Path, guessed: list[int], labels: np.ndarray = LABELS) -> None:
    """A prediction file; the network tells more classes apart than there are, as the original."""
    with h5py.File(path, "w") as file:
        file["logits"] = np.eye(40, dtype=np.float32)[guessed]
        file["labels"] = labels


TRAIN = """
for epoch in range({epochs}):
    print("**** EPOCH %03d ****" % epoch)
"""


def _program(guessed: list[int], labels: np.ndarray = LABELS, train: str = TRAIN) -> Program:
    """Commands that train by printing, and predict by copying what is prepared in a file."""

    def predict(job: Job) -> tuple[str, ...]:
        prepared = job.log.parent / f"{job.log.name}.h5"
        _write_predictions(prepared, guessed, labels)
        copy = "import os, sys; os.rename(*sys.argv[1:])"
        return ("-c", copy, str(prepared), str(job.log / PREDICTIONS))

    return Program(
        train=lambda job: ("-c", train.format(epochs=job.settings.epochs)), predict=predict
    )


@pytest.fixture
def write_predictions() -> Callable[..., None]:
    return _write_predictions


@pytest.fixture
def program() -> Callable[..., Program]:
    return _program


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, Program]], None]:
    """Puts other commands in the place of implementations'."""

    def put(programs: Mapping[str, Program]) -> None:
        for pair in list(PROGRAMS):
            monkeypatch.delitem(PROGRAMS, pair)
        for name, found in programs.items():
            monkeypatch.setitem(PROGRAMS, (name, "classification"), found)
        monkeypatch.setattr(sweep, "versions", lambda player: {"python": "3"})

    return put
