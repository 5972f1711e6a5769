"""Trains every implementation on the same files and judges them all by the same metrics."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import machine, runtimes
from harness.accuracy.programs import PROGRAMS, Job
from harness.accuracy.tasks import TASK_OF, Task, fingerprint_of_truth, read_predictions
from harness.accuracy.training import Trained, TrainingError, train
from harness.report.accuracy_schema import Comparison, Entry, Run, Settings
from harness.runtimes import IMPLEMENTATIONS, RUNTIMES, Runtime, RuntimeUnavailable, runtime_for
from harness.worker import ROOT

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What to compare.

    Attributes:
        model: key of the network.
        data: folder in the format of its task.
        settings: of every training.
        seeds: a training each.
        players: `implementation` or `implementation@runtime`; the first is what the others are
            compared with.
        runs: folder that keeps the trainings.
    """

    model: str
    data: Path
    settings: Settings
    seeds: Sequence[int] = (0,)
    players: Sequence[str] = IMPLEMENTATIONS
    runs: Path = ROOT / "log" / "accuracy"


@dataclass(frozen=True)
class Player:
    """An implementation on a runtime."""

    implementation: str
    runtime: Runtime

    @property
    def key(self) -> str:
        return f"{self.implementation}@{self.runtime.key}"


def settings(
    model: str,
    data: Path,
    epochs: int | None = None,
    batch: int | None = None,
    points: int | None = None,
    test_area: int = 6,
) -> Settings:
    """The published settings of a network, where nothing else is asked for.

    Clouds with fewer points than published are taken whole.

    Raises:
        DatasetError: the data are not in the format of the network's task.
    """
    task = TASK_OF[model]
    stored = task.stored_points(data)
    return Settings(
        epochs=epochs or task.epochs,
        batch=batch or task.batch,
        points=points or min(task.points, stored),
        test_area=test_area if task.key == "scenes" else None,
    )


def cast(plan: Plan) -> tuple[list[Player], list[str]]:
    """Who takes part on this machine, and a sentence on each who does not.

    Without a TensorFlow 1.15 the original runs, unmodified, on TensorFlow 2's compat.v1.

    Raises:
        RuntimeUnavailable: a player there is not, or none that can take part.
    """
    players: list[Player] = []
    left_out: list[str] = []
    for name in plan.players:
        implementation, _, runtime_key = name.partition("@")
        player = Player(implementation, runtime_for(implementation, runtime_key or None))
        if (implementation, TASK_OF[plan.model].key) not in PROGRAMS:
            left_out.append(f"{implementation} has no command that trains {plan.model}")
            continue
        try:
            player.runtime.interpreter()
        except RuntimeUnavailable as error:
            left_out.append(f"{player.key}: {error}")
            if player.runtime.key != "tf1":
                continue
            player = Player(implementation, RUNTIMES["compat"])
        players.append(player)
    if not players:
        raise RuntimeUnavailable(f"nobody can train {plan.model}: {'; '.join(left_out)}")
    return players, left_out


def compare(plan: Plan, start: Callable[[int], Progress]) -> Comparison:
    """Train everybody, judge everybody.

    Trainings that were finished before are not repeated, so an interrupted comparison goes on
    with the training that it was at.

    Arguments:
        plan: what to do.
        start: told the number of epochs and evaluations; gives the function told about each.

    Raises:
        DatasetError, RuntimeUnavailable, TrainingError: it cannot be done; the message says why.
    """
    began = datetime.datetime.now(datetime.UTC)
    task = TASK_OF[plan.model]
    players, left_out = cast(plan)
    told = start(len(players) * len(plan.seeds) * (plan.settings.epochs + 1))
    judged = {
        player.key: [_train_and_judge(plan, task, player, seed, told) for seed in plan.seeds]
        for player in players
    }
    return Comparison(
        model=plan.model,
        data=str(plan.data),
        started=began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        machine=machine.describe(),
        settings=plan.settings,
        clouds=_check_same_truth(judged, task),
        of_class=task.of_class,
        entries=tuple(
            Entry(player.key, _versions(player), tuple(run for _, run in judged[player.key]))
            for player in players
        ),
        left_out=tuple(left_out),
    )


def _train_and_judge(
    plan: Plan, task: Task, player: Player, seed: int, told: Progress
) -> tuple[Trained, Run]:
    epochs = 0

    def on_epoch() -> None:
        nonlocal epochs
        epochs += 1
        told(f"{player.key} seed {seed}: epoch {epochs} of {plan.settings.epochs}")

    job = Job(plan.model, plan.data.resolve(), plan.runs.resolve(), plan.settings, seed)
    program = PROGRAMS[player.implementation, task.key]
    trained = train(player.implementation, player.runtime, program, job, on_epoch)
    for _ in range(epochs, plan.settings.epochs):  # of a training done before
        on_epoch()
    scores = task.judge(plan.data, read_predictions(trained.predictions, task.arrays))
    told(f"{player.key} seed {seed}: judged")
    return trained, Run(seed, trained.seconds, scores.overall, scores.classes)


def _check_same_truth(judged: Mapping[str, Sequence[tuple[Trained, Run]]], task: Task) -> int:
    """Make sure that all were judged on the same clouds in the same order; how many."""
    clouds, truth, first = 0, "", ""
    for key, trainings in judged.items():
        for trained, _ in trainings:
            count, digest = fingerprint_of_truth(trained.predictions, task.arrays)
            if first and digest != truth:
                raise TrainingError(
                    f"{key} predicted {count} clouds and {first} {clouds}, or others, or in "
                    "another order: they cannot be compared"
                )
            clouds, truth, first = count, digest, first or key
    return clouds


def _versions(player: Player) -> dict[str, str]:
    with runtimes.start(player.implementation, player.runtime, "float32") as worker:
        versions: dict[str, str] = worker.ask("versions")["versions"]
        return versions
