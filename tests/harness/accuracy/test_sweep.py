"""The sweep: every training a job, kept as it arrives, and none lost by another that fails."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from harness.accuracy import Plan, Study, players, run, sweep
from harness.accuracy.programs import PROGRAMS, Job, Program
from harness.accuracy.tasks import TASKS
from harness.accuracy.training import OUTPUT
from harness.jobs import Place
from harness.report.accuracy_schema import Accuracy, Comparison, Settings
from harness.runtimes import RuntimeUnavailable

RIGHT = [0, 1, 2, 0, 1]
ONE_WRONG = [0, 0, 2, 0, 1]
SETTINGS = Settings(epochs=2, batch=4, points=8, test_area=None)
NOTHING = Accuracy(())


def plan(folder: Path, **changes) -> Plan:
    studies = (Study("pointnet_cls", folder, SETTINGS),)
    return dataclasses.replace(
        Plan(studies, runs=folder.parent / "runs", place=Place(jobs=2)), **changes
    )


def go(
    of: Plan, earlier: Accuracy = NOTHING, resume: bool = False
) -> tuple[Accuracy, list[str], list[Accuracy]]:
    """Sweeps; also what was told and what was kept."""
    totals: list[int] = []
    told: list[str] = []
    kept: list[Accuracy] = []

    def start(total: int) -> Callable[[str], None]:
        totals.append(total)
        return told.append

    found = run(of, earlier, resume, start, kept.append)
    assert totals == [len(told)]
    assert len(kept) == len(told) == len(set(told))
    return found, told, kept


def seeds(comparison: Comparison) -> dict[str, list[int]]:
    return {entry.key: [run.seed for run in entry.runs] for entry in comparison.entries}


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until something holds, which has half a minute for it."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def trainings(folder: Path) -> int:
    """How many have ever been begun in a folder of runs."""
    return sum(len(path.read_text().splitlines()) for path in folder.rglob("*.begun"))


def counted(program: Program) -> Program:
    """The same, which leaves a line beside its folder each time that it trains."""

    def train(job: Job) -> tuple[str, ...]:
        with (job.log.parent / f"{job.log.name}.begun").open("a") as file:
            file.write("once more\n")
        return program.train(job)

    return dataclasses.replace(program, train=train)


def test_everybody_is_trained_once_a_seed_and_judged(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program(ONE_WRONG)})
    three = ("tf2_upgraded", "tf2_native@jax", "tf2_native")
    found, told, kept = go(plan(folder, seeds=(5, 3), players=three))
    (comparison,) = found.comparisons
    keys = ["tf2_upgraded@tf2", "tf2_native@jax", "tf2_native@tensorflow"]
    assert seeds(comparison) == {key: [3, 5] for key in keys}
    accuracies = [entry.runs[0].scores["overall accuracy"] for entry in comparison.entries]
    assert accuracies == pytest.approx([1.0, 0.8, 0.8])
    assert {run.clouds for run in comparison.runs} == {5}
    assert comparison.left_out == comparison.failures == ()
    assert set(comparison.baseline) == {"overall accuracy", "mean class accuracy"}
    assert [len(each.comparisons[0].runs) for each in kept] == list(range(1, 7))
    assert "pointnet_cls, tf2_native@jax, seed 3: overall accuracy 80.0 %" in told


def test_several_networks_are_one_sweep(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_native": program(RIGHT)})
    names = ("pointnet_cls", "pointnet_cls_basic")
    studies = tuple(Study(name, folder, SETTINGS) for name in names)
    both = plan(folder, studies=studies, players=("tf2_native",), seeds=(0, 1), place=Place(1))
    found, told, kept = go(both)
    assert [len(each.comparisons) for each in kept] == [1, 1, 2, 2]  # nothing of what is not begun
    assert [each.model for each in found.comparisons] == list(names)
    assert all(len(each.runs) == 2 for each in found.comparisons)
    assert len(told) == 4


def test_what_is_known_is_repeated_unless_the_sweep_is_resumed(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_native": counted(program(RIGHT))})
    native = plan(folder, players=("tf2_native",))
    first, *_ = go(native)
    found, told, _ = go(dataclasses.replace(native, seeds=(0, 1)), first, resume=True)
    assert len(told) == 1
    assert seeds(found.comparisons[0]) == {"tf2_native@tensorflow": [0, 1]}
    assert trainings(native.runs) == 2
    again, told, _ = go(native, found)
    assert len(told) == 1
    assert trainings(native.runs) == 3
    assert seeds(again.comparisons[0]) == {"tf2_native@tensorflow": [0, 1]}


@pytest.mark.parametrize("change", ["data", "settings", "sources", "versions"])
def test_other_conditions_are_another_sweep(
    folder: Path,
    play,
    program: Callable[..., Program],
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    play({"tf2_native": program(RIGHT)})
    native = plan(folder, players=("tf2_native",))
    first, *_ = go(dataclasses.replace(native, seeds=(7,)))
    if change == "data":
        (folder / "shape_names.txt").write_text("chair\nlamp\nstool\n")
    elif change == "settings":
        epochs = dataclasses.replace(SETTINGS, epochs=1)
        native = plan(
            folder, players=("tf2_native",), studies=(Study("pointnet_cls", folder, epochs),)
        )
    else:
        monkeypatch.setattr(sweep, change, lambda player: {"python": "4"} if "v" in change else "")
    found, *_ = go(native, first, resume=True)
    assert seeds(found.comparisons[0]) == {"tf2_native@tensorflow": [0]}


def test_a_training_that_fails_loses_no_other_and_is_tried_again(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    bad = "import sys; sys.exit('out of paper' if {epochs} else 0)"
    play({"tf2_upgraded": program(RIGHT, train=bad), "tf2_native": program(RIGHT)})
    both = plan(folder, players=("tf2_upgraded", "tf2_native"), seeds=(0, 1))
    found, told, _ = go(both)
    (comparison,) = found.comparisons
    assert seeds(comparison) == {"tf2_upgraded@tf2": [], "tf2_native@tensorflow": [0, 1]}
    assert sorted(failure.seed for failure in comparison.failures) == [0, 1]
    assert all("status 1: out of paper" in failure.message for failure in comparison.failures)
    assert sum("failed: " in line for line in told) == 2
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program(RIGHT)})
    mended, told, _ = go(both, found, resume=True)
    assert len(told) == 2
    assert mended.comparisons[0].failures == ()
    assert len(mended.comparisons[0].runs) == 4


def test_what_cannot_be_read_after_a_training_is_a_failure(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    silent = dataclasses.replace(program(RIGHT), predict=lambda job: ("-c", ""))
    play({"tf2_native": silent})
    found, *_ = go(plan(folder, players=("tf2_native",)))
    (failure,) = found.comparisons[0].failures
    assert "predictions.h5" in failure.message


def test_other_clouds_are_not_compared(folder: Path, play, program: Callable[..., Program]) -> None:
    others = program(RIGHT, labels=np.array([1, 0, 2, 0, 1]))
    play({"tf2_upgraded": program(RIGHT), "tf2_native": others})
    one_by_one = plan(folder, players=("tf2_upgraded", "tf2_native"), place=Place(jobs=1))
    found, *_ = go(one_by_one)
    (failure,) = found.comparisons[0].failures
    assert failure.key == "tf2_native@tensorflow"
    assert "predicted 5 clouds and tf2_upgraded@tf2 5" in failure.message
    assert seeds(found.comparisons[0]) == {"tf2_upgraded@tf2": [0], "tf2_native@tensorflow": []}


def test_an_interruption_ends_the_commands_and_keeps_what_is_done(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    endless = "import os, time\nprint(os.getpid(), flush=True)\nif {epochs}: time.sleep(600)"
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program(RIGHT, train=endless)})
    both = plan(folder, players=("tf2_native", "tf2_upgraded"))
    kept: list[Accuracy] = []

    def interrupt(line: str) -> None:
        eventually(lambda: bool(list(both.runs.rglob(f"tf2_native*/{OUTPUT}"))))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(both, NOTHING, False, lambda total: interrupt, kept.append)
    assert seeds(kept[-1].comparisons[0]) == {"tf2_native@tensorflow": [], "tf2_upgraded@tf2": [0]}
    eventually(lambda: not sweep.COMMANDS.running)
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program(RIGHT)})
    found, told, _ = go(both, kept[-1], resume=True)
    assert len(told) == 1
    assert len(found.comparisons[0].runs) == 2


@pytest.fixture
def cluster() -> Iterator[str]:
    """A scheduler and a worker in this process, who talk over the loopback interface."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address=None,
    ) as running:
        yield running.scheduler_address


def test_a_cluster_does_the_same(
    folder: Path, play, program: Callable[..., Program], cluster: str
) -> None:
    play({"tf2_upgraded": program(RIGHT), "tf2_native": program(ONE_WRONG)})
    both = plan(
        folder,
        players=("tf2_upgraded", "tf2_native"),
        seeds=(0, 1),
        place=Place(cluster=cluster),
    )
    found, *_ = go(both)
    assert seeds(found.comparisons[0]) == {
        "tf2_upgraded@tf2": [0, 1],
        "tf2_native@tensorflow": [0, 1],
    }


# -- who takes part --------------------------------------------------------------------------------


def test_without_a_python_for_it_the_original_runs_on_compat(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_PYTHON37", "")
    study = Study("pointnet_cls", folder, SETTINGS)
    both = ("original_tf1", "original_tf1@compat", "tf2_upgraded")
    found, left_out = players.cast(study, both)
    assert [player.key for player in found] == ["original_tf1@compat", "tf2_upgraded@tf2"]
    assert len(left_out) == 1
    assert left_out[0].startswith("original_tf1@tf1: ")


def test_who_has_no_command_for_it_is_left_out(
    folder: Path, play, program: Callable[..., Program]
) -> None:
    play({"tf2_upgraded": program(RIGHT)})
    found, *_ = go(plan(folder, players=("tf2_native", "tf2_upgraded")))
    assert seeds(found.comparisons[0]) == {"tf2_upgraded@tf2": [0]}
    assert found.comparisons[0].left_out == ("tf2_native has no command that trains pointnet_cls",)
    with pytest.raises(RuntimeUnavailable, match="nobody can train pointnet_cls"):
        go(plan(folder, players=("tf2_native",)))


@pytest.mark.parametrize("name", ["tf3", "tf2_native@tf1", "tf2_native@abacus"])
def test_players_there_are_not_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(RuntimeUnavailable):
        players.cast(Study("pointnet_cls", folder, SETTINGS), (name,))


def test_every_program_is_of_a_task() -> None:
    assert {task for _, task in PROGRAMS} == {task.key for task in TASKS}
