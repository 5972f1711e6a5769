"""The comparison: who takes part, on the same clouds, judged alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from harness.accuracy import Plan, TrainingError, comparison
from harness.accuracy.programs import PROGRAMS, Program
from harness.accuracy.tasks import TASKS
from harness.datasets import DatasetError
from harness.report.accuracy_schema import Settings
from harness.runtimes import RuntimeUnavailable

RIGHT = [0, 1, 2, 0, 1]
SETTINGS = Settings(epochs=2, batch=4, points=8, test_area=None)


def plan(folder: Path, **changes) -> Plan:
    return Plan("pointnet_cls", folder, SETTINGS, runs=folder.parent / "runs", **changes)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, Program]], None]:
    """Puts other commands in the place of implementations'."""

    def put(programs: Mapping[str, Program]) -> None:
        by_task = {(name, "classification"): found for name, found in programs.items()}
        monkeypatch.setattr(comparison, "PROGRAMS", by_task)
        monkeypatch.setattr(comparison, "_versions", lambda player: {"python": "3"})

    return put


def compare(of: Plan) -> tuple[comparison.Comparison, int, list[str]]:
    """Compares; also what was announced and what was told."""
    totals: list[int] = []
    told: list[str] = []

    def start(total: int) -> Callable[[str], None]:
        totals.append(total)
        return told.append

    found = comparison.compare(of, start)
    return found, totals[0], told


def test_everybody_is_trained_once_a_seed_and_judged(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program([0, 0, 2, 0, 1])})
    players = ("tf2_upgraded", "tf2_native@jax", "tf2_native")
    found, total, told = compare(plan(folder, seeds=(3, 5), players=players))
    keys = ["tf2_upgraded@tf2", "tf2_native@jax", "tf2_native@tensorflow"]
    assert [entry.key for entry in found.entries] == keys
    assert [[run.seed for run in entry.runs] for entry in found.entries] == [[3, 5]] * 3
    accuracies = [entry.runs[0].scores["overall accuracy"] for entry in found.entries]
    assert accuracies == pytest.approx([1.0, 0.8, 0.8])
    assert found.clouds == 5
    assert found.left_out == ()
    assert total == len(told) == 3 * 2 * (2 + 1)
    # A second time everything is known, and told all the same.
    again, total, told = compare(plan(folder, seeds=(3, 5), players=players))
    assert again.entries == found.entries
    assert total == len(told)


def test_other_clouds_are_not_compared(folder: Path, play, program: Callable[..., Program]) -> None:
    play(
        {
            "tf2_upgraded": program(RIGHT),
            "tf2_native": program(RIGHT, labels=np.array([1, 0, 2, 0, 1])),
        }
    )
    with pytest.raises(TrainingError, match=r"tf2_native@tensorflow predicted 5 clouds and"):
        compare(plan(folder, players=("tf2_upgraded", "tf2_native")))


def test_without_a_python_for_it_the_original_runs_on_compat(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_PYTHON37", "")
    players, left_out = comparison.cast(plan(folder, players=("original_tf1", "tf2_upgraded")))
    assert [player.key for player in players] == ["original_tf1@compat", "tf2_upgraded@tf2"]
    assert len(left_out) == 1
    assert left_out[0].startswith("original_tf1@tf1: ")


def test_who_has_no_command_for_it_is_left_out(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_upgraded": program(RIGHT)})
    found, *_ = compare(plan(folder, players=("tf2_native", "tf2_upgraded")))
    assert [entry.key for entry in found.entries] == ["tf2_upgraded@tf2"]
    assert found.left_out == ("tf2_native has no command that trains pointnet_cls",)
    with pytest.raises(RuntimeUnavailable, match="nobody can train pointnet_cls"):
        compare(plan(folder, players=("tf2_native",)))


@pytest.mark.parametrize("name", ["tf3", "tf2_native@tf1", "tf2_native@abacus"])
def test_players_there_are_not_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(RuntimeUnavailable):
        comparison.cast(plan(folder, players=(name,)))


def test_the_settings_are_the_published_unless_told_otherwise(folder: Path, tmp_path: Path) -> None:
    assert comparison.settings("pointnet_cls", folder) == Settings(250, 32, 8, None)
    told = comparison.settings("pointnet_cls", folder, epochs=1, batch=2, points=3)
    assert told == Settings(1, 2, 3, None)
    with pytest.raises(DatasetError, match=r"all_files\.txt"):
        comparison.settings("sem_seg", folder)


def test_every_program_is_of_a_task() -> None:
    assert {task for _, task in PROGRAMS} == {task.key for task in TASKS}
