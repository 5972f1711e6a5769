"""The jobs of a run: plant a fault and climb, climb with nothing planted, and learn."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from harness.cases import BATCH, POINTS, Case
from harness.checks import RUNGS
from harness.checks.forward import INFERENCE
from harness.diagnosis import Departure, climb, diagnose
from harness.hazards.catalogue import HAZARDS
from harness.hazards.hazard import Hazard, plant
from harness.hazards.remarks import upgrade_remarks
from harness.hazards.stations import STATIONS, Station, case_of, data_for
from harness.models import MODELS
from harness.report.hazards_schema import Clean, Curve, Trial
from harness.subject import Subject
from harness.worker import ROOT, WorkerError

PRECISION = "float64"  # in which every slip shows
LEARNT_IN = "float32"  # as people train
STEPS = 100  # after which somebody looks at the curve
# The ways up the ladder, which do not depend on each other: clouds and metrics have no network in
# them, checkpoints no forward pass, and the optimiser is handed its gradients. Of the rungs, those
# that have a hazard.
WAYS = (
    ("pipeline",),
    ("structure", "initialisation", "inference", "training_forward", "loss", "gradients", "state"),
    ("optimiser", "trajectory"),
    ("checkpoint",),
)
CLIMBED = tuple(rung for way in WAYS for rung in way)
RTOL = 1e-3  # of the plain comparison that ours is held against


def rungs_up_to(rungs: Iterable[str]) -> tuple[str, ...]:
    """What has to be climbed, in order, to have tried all of some rungs."""
    wanted = set(rungs)
    ends = ((way, [way.index(rung) for rung in wanted & set(way)]) for way in WAYS)
    return tuple(rung for way, found in ends if found for rung in way[: max(found) + 1])


def attempt(key: str, seed: int) -> Trial:
    """Plant a hazard in a copy of the native network; climb up to it, and learn with it.

    Arguments:
        key: of the hazard.
        seed: of weights and batch.
    """
    hazard, began = HAZARDS[key], time.monotonic()
    departure, failure, noticed = None, "", None
    losses: tuple[float, ...] = ()
    with tempfile.TemporaryDirectory(prefix="hazard-") as folder:
        root = plant(hazard, Path(folder))
        try:
            with STATIONS.lent(PRECISION) as station:
                departure, noticed = _climb(hazard, case_of(hazard.model, seed), station, root)
            losses = learn(hazard.model, seed, root).losses
        except WorkerError as error:
            failure = str(error)
    diagnosis = tuple(h.key for h in diagnose(departure, HAZARDS.values())) if departure else ()
    first = departure.first if departure else None
    return Trial(
        key=hazard.key,
        title=hazard.title,
        model=hazard.model,
        expected_rung=hazard.rung,
        expected_place=hazard.place,
        rung=departure.rung if departure else "",
        place=first.place if first else "",
        message=first.message if first else failure,
        tensor=first.tensor if first else "",
        gain=departure.measured.gain if departure else math.nan,
        relative=departure.measured.relative if departure else math.nan,
        detected=bool(departure or failure),
        localised=first is not None
        and (first.rung, first.place) == (hazard.rung, hazard.place)
        and first.isolated is not False,
        diagnosis=diagnosis,
        named=diagnosis == (hazard.key,),
        upgrade_tool=_remarks().get(hazard.api, ""),
        allclose=noticed,
        losses=losses,
        seconds=round(time.monotonic() - began, 1),
    )


def _climb(
    hazard: Hazard, case: Case, station: Station, root: Path
) -> tuple[Departure | None, bool]:
    """Where it departs, and whether a plain comparison of outputs notices."""
    station.turn_to(case.model)
    station.run(root)
    departure = climb(case, station.reference, station.native, rungs_up_to([hazard.rung]))
    return departure, not _close(case, station.reference, station.native)


@lru_cache(maxsize=1)
def _remarks() -> dict[str, str]:
    return upgrade_remarks(ROOT / "tf2_upgraded" / "report.txt")


def examine(key: str, precision: str, seed: int) -> Clean:
    """Climb with nothing planted, on weights and a batch of their own.

    Arguments:
        key: of the network.
        precision: of both sides.
        seed: of weights and batch.
    """
    began = time.monotonic()
    case = case_of.__wrapped__(key, seed)  # wanted once
    with STATIONS.lent(precision) as station:
        reference, native = station.reference, station.native
        station.turn_to(case.model)
        station.run(ROOT)
        said = [
            f"{finding.rung}: {finding.place}: {finding.message}"
            for rung in CLIMBED
            for finding in RUNGS[rung](case, reference, native).findings
        ]
        noticed = not _close(case, reference, native)
        reference.release(case.model)
        native.release(case.model)
    seconds = round(time.monotonic() - began, 1)
    return Clean(key, precision, seed, CLIMBED, tuple(said), noticed, seconds)


def learn(key: str, seed: int, root: Path = ROOT) -> Curve:
    """Train the native network from scratch, as its recipe says but for fewer and smaller clouds.

    Arguments:
        key: of the network.
        seed: of the starting weights and of everything that is drawn on the way.
        root: folder of the implementation's.
    """
    model = MODELS[key]
    with STATIONS.lent(LEARNT_IN, alone=True) as station:
        station.run(root)
        losses = station.native.losses(
            model,
            folder=str(data_for(model.task)),
            seed=seed,
            steps=STEPS,
            batch_size=BATCH,
            num_points=POINTS,
        )
    return Curve(key, seed, tuple(float(f"{loss:.5g}") for loss in losses))


def _close(case: Case, reference: Subject, candidate: Subject) -> bool:
    """What most people would have checked: the outputs of the same weights, by eye of NumPy."""
    theirs = reference.evidence("trace", case, **INFERENCE)
    ours = candidate.answer("trace", case, **INFERENCE)
    return all(
        np.shape(ours[name]) == np.shape(theirs.arrays[name])
        and np.allclose(ours[name], theirs.arrays[name], rtol=RTOL)
        for name in theirs.under("outputs")
    )
