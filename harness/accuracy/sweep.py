"""Trains every network by every implementation from every seed, and judges all by one code."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from harness import machine
from harness.accuracy.players import Player, cast, sources, versions
from harness.accuracy.programs import PROGRAMS, Job
from harness.accuracy.studies import Study, contents
from harness.accuracy.tasks import TASK_OF, fingerprint_of_truth, read_predictions
from harness.accuracy.training import COMMANDS, TrainingError, train
from harness.datasets import DatasetError
from harness.jobs import HERE, Place, results
from harness.report.accuracy_schema import Accuracy, Comparison, Entry, Failure, Run
from harness.runtimes import IMPLEMENTATIONS, RuntimeUnavailable
from harness.worker import ROOT

Progress = Callable[[str], None]
RUNS = ROOT / "log" / "accuracy"


@dataclass(frozen=True)
class Plan:
    """What a sweep is to do.

    Attributes:
        studies: what is trained.
        seeds: a training each.
        players: `implementation` or `implementation@runtime`; the first is what the others are
            compared with.
        runs: folder that keeps what trainings leave behind.
        place: where the jobs run.
    """

    studies: Sequence[Study]
    seeds: Sequence[int] = (0,)
    players: Sequence[str] = IMPLEMENTATIONS
    runs: Path = RUNS
    place: Place = HERE


@dataclass(frozen=True)
class Done:
    """What became of a job.

    Attributes:
        study: that it belongs to.
        key: of the player.
        outcome: of the training.
    """

    study: Study
    key: str
    outcome: Run | Failure


Found = Mapping[Study, Comparison]


def run(
    plan: Plan,
    earlier: Accuracy,
    resume: bool,
    start: Callable[[int], Progress],
    keep: Callable[[Accuracy], None],
) -> Accuracy:
    """Train everybody, judge everybody, as jobs that do not depend on each other.

    Arguments:
        plan: what to do.
        earlier: what is known; under the same conditions, it stays until it is done again.
        resume: whether what is known is not to be done again.
        start: told the number of jobs; gives the function that is told about each.
        keep: handed all there is so far after each job, so that an interruption loses nothing.

    Returns:
        The comparisons of the plan.

    Raises:
        ClusterUnavailable: there is no such cluster.
        DatasetError, RuntimeUnavailable: it cannot be begun; the message says why.
    """
    casts = {study: cast(study, plan.players) for study in plan.studies}
    described = {
        player: Entry(player.key, sources(player), versions(player), ())
        for player in dict.fromkeys(player for players, _ in casts.values() for player in players)
    }
    found: dict[Study, Comparison] = {}
    for study, (players, left_out) in casts.items():
        nothing = _nothing_yet(study, [described[player] for player in players], left_out)
        known = [each for each in earlier.comparisons if each.place == nothing.place]
        found[study] = nothing.after(known[0]) if known else nothing
    jobs = [
        job
        for study, (players, _) in casts.items()
        for job in _jobs(plan, players, study, found[study], resume)
    ]
    progress = start(len(jobs))
    try:
        for done in results(jobs, plan.place):
            done = _compared(found[done.study], done)
            found[done.study] = _with(found[done.study], done)
            begun = (each for each in found.values() if each.runs or each.failures)
            keep(Accuracy(tuple(begun)))
            progress(_told(done))
    finally:
        COMMANDS.end()
    return Accuracy(tuple(found.values()))


def _nothing_yet(study: Study, entries: Sequence[Entry], left_out: Sequence[str]) -> Comparison:
    """The result of a sweep that has not begun."""
    return Comparison(
        model=study.model,
        data=str(study.data),
        contents=contents(study.data),
        started=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        machine=machine.describe(),
        settings=study.settings,
        of_class=study.task.of_class,
        baseline=study.task.baseline(study.data),
        entries=tuple(entries),
        failures=(),
        left_out=tuple(left_out),
    )


def _jobs(
    plan: Plan, players: Sequence[Player], study: Study, found: Comparison, resume: bool
) -> Iterator[Callable[[], Done]]:
    """What is left to do, seed by seed, so that early on there is something of everybody."""
    for seed in plan.seeds:
        for player in players:
            entry = found.entry(player.key)
            if resume and seed in {run.seed for run in entry.runs}:
                continue
            conditions = repr((found.conditions, entry.sources)).encode()
            name = f"{player.key}-{seed}-{hashlib.sha256(conditions).hexdigest()[:12]}"
            log = plan.runs.resolve() / study.model / name
            job = Job(study.model, study.data.resolve(), log, study.settings, seed)
            yield partial(train_and_judge, study, player, job)


def train_and_judge(study: Study, player: Player, job: Job) -> Done:
    """A job of a sweep. One that fails says so, and leaves the others alone."""
    task = TASK_OF[job.model]
    try:
        trained = train(player.runtime, PROGRAMS[player.implementation, task.key], job)
        scores = task.judge(job.data, read_predictions(trained.predictions, task.arrays))
        clouds, truth = fingerprint_of_truth(trained.predictions, task.arrays)
    except (TrainingError, DatasetError, RuntimeUnavailable, OSError, KeyError) as error:
        return Done(study, player.key, Failure(player.key, job.seed, str(error)))
    run = Run(job.seed, trained.cpu_seconds, clouds, truth, scores.overall, scores.classes)
    return Done(study, player.key, run)


def _compared(found: Comparison, done: Done) -> Done:
    """A failure instead, where a run was not judged on the clouds that the others were."""
    run = done.outcome
    others = [(entry.key, other) for entry in found.entries for other in entry.runs]
    if isinstance(run, Failure) or not others or others[0][1].truth == run.truth:
        return done
    key, other = others[0]
    message = (
        f"it predicted {run.clouds} clouds and {key} {other.clouds}, or others, or in another "
        "order: they cannot be compared"
    )
    return replace(done, outcome=Failure(done.key, run.seed, message))


def _with(found: Comparison, done: Done) -> Comparison:
    if isinstance(done.outcome, Run):
        return found.with_run(done.key, done.outcome)
    return replace(found, failures=(*found.failures, done.outcome))


def _told(done: Done) -> str:
    outcome = done.outcome
    if isinstance(outcome, Failure):
        said = f"failed: {outcome.message}"
    else:
        name, value = next(iter(outcome.scores.items()))
        said = f"{name} {100 * value:.1f} %"
    return f"{done.study.model}, {done.key}, seed {outcome.seed}: {said}"
