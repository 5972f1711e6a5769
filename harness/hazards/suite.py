"""Plants every hazard in turn, and asks of each: found, at the right place, and called by name?"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from harness import machine
from harness.hazards.catalogue import HAZARDS
from harness.hazards.curves import stands_out
from harness.hazards.stations import NATIVE, STATIONS, learner, referee
from harness.hazards.trials import PRECISION, attempt, examine, learn
from harness.jobs import HERE, Place, results
from harness.models import MODELS
from harness.report.hazards_schema import Clean, Curve, Hazards, Trial
from harness.runtimes import PRECISIONS

# Of the networks with a TF1 ancestor, in the order in which clean climbs take them in turn. Most
# are on the small one, whose climbs are the cheapest.
_SMALL = "pointnet_cls_basic"
_OTHERS = tuple(key for key, model in MODELS.items() if model.has_ancestor and key != _SMALL)
SMALL_OF_TURN = 4  # climbs on the small network to one on another
SEEDS = 8  # of the clean trainings that a loss curve is held against

Progress = Callable[[str], None]
Found = Trial | Clean | Curve


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    Attributes:
        hazards: keys of those to plant.
        clean: number of climbs with nothing planted.
        seed: of weights and batch, in which faults are planted.
        place: where the jobs run.
    """

    hazards: Sequence[str]
    clean: int
    seed: int = 0
    place: Place = HERE


def run(
    plan: Plan,
    done: Hazards | None,
    start: Callable[[int], Progress],
    keep: Callable[[Hazards], None],
) -> Hazards:
    """Do all that is planned, as jobs that do not depend on each other.

    Arguments:
        plan: what to do.
        done: by an earlier run, and not to be repeated.
        start: told the number of jobs; gives the function that is told about each.
        keep: handed all there is so far after each job, so that an interruption loses nothing.

    Raises:
        RuntimeUnavailable: there is no reference on this machine.
        ClusterUnavailable: there is no such cluster.
        PlantingError: a mutation does not fit the source.
    """
    found = nothing_yet(plan)
    if done and done.conditions == found.conditions:
        found = replace(found, trials=done.trials, clean=done.clean, curves=done.curves)
    jobs = list(_jobs(plan, found))
    progress = start(len(jobs))
    try:
        for each in results(jobs, plan.place):
            found = _judged(_with(found, each))
            keep(found)
            progress(_told(each))
    finally:
        STATIONS.close()
    return found


def nothing_yet(plan: Plan) -> Hazards:
    """The result of a run that has not begun."""
    return Hazards(
        started=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        machine=machine.describe(),
        reference="@".join(referee()),
        candidate="@".join(NATIVE),
        learner="@".join(learner()),
        precision=PRECISION,
        seed=plan.seed,
        written=len(HAZARDS),
        trials=(),
        clean=(),
        curves=(),
    )


def _jobs(plan: Plan, found: Hazards) -> Iterator[Callable[[], Found]]:
    """What is left to do, network by network, so that a reference is asked for each once."""
    tried = {trial.key for trial in found.trials}
    learnt = {curve.key for curve in found.curves}
    chosen = [HAZARDS[key] for key in plan.hazards]
    for model in dict.fromkeys(hazard.model for hazard in chosen):
        for hazard in chosen:
            if hazard.model == model and hazard.key not in tried:
                yield partial(attempt, hazard.key, plan.seed)
        for seed in range(SEEDS):
            if (model, seed) not in learnt:
                yield partial(learn, model, seed)
    climbed = {clean.key for clean in found.clean}
    for each in sorted(clean_climbs(plan.clean), key=lambda each: (each[0] != _SMALL, *each)):
        if each not in climbed:
            yield partial(examine, *each)


def clean_climbs(count: int) -> list[tuple[str, str, int]]:
    """Network, precision and seed of so many climbs with nothing planted.

    Every climb has a seed of its own, from 1 on: 0 is that of the planted ones.
    """
    climbs = []
    for number in range(count):
        turn, position = divmod(number, SMALL_OF_TURN + 1)
        model = _OTHERS[turn % len(_OTHERS)] if position == SMALL_OF_TURN else _SMALL
        # Both precisions of every network, whatever its place in the turn.
        precision = PRECISIONS[(position + turn // len(_OTHERS)) % len(PRECISIONS)]
        climbs.append((model, precision, number + 1))
    return climbs


def _with(found: Hazards, each: Found) -> Hazards:
    alone = replace(
        found,
        trials=(each,) if isinstance(each, Trial) else (),
        clean=(each,) if isinstance(each, Clean) else (),
        curves=(each,) if isinstance(each, Curve) else (),
    )
    return alone.after(found, HAZARDS)


def _judged(found: Hazards) -> Hazards:
    """With the loss curves held against the clean ones, where all of these are there."""

    def judge(trial: Trial) -> Trial:
        clean = [curve.losses for curve in found.curves if curve.model == trial.model]
        if len(clean) < SEEDS or not trial.losses:
            return trial
        return replace(trial, loss_curve=stands_out(trial.losses, clean))

    return replace(found, trials=tuple(map(judge, found.trials)))


def _told(each: Found) -> str:
    if isinstance(each, Curve):
        return f"{each.model}, nothing planted: learnt from seed {each.seed}"
    if isinstance(each, Clean):
        where = f"{each.model} in {each.precision}, seed {each.seed}"
        return f"{where}, nothing planted: {len(each.findings)} findings"
    where = f"{each.rung}: {each.place}" if each.rung else each.message or "unnoticed"
    return f"{each.key}: {where}; {', '.join(each.diagnosis) or 'no name'}"
