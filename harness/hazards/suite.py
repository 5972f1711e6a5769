"""Plants every hazard in turn, and asks of each: found, at the right place, and called by name?"""

from __future__ import annotations

import datetime
import math
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from harness import machine
from harness.cases import Case
from harness.checks import RUNGS
from harness.checks.forward import INFERENCE
from harness.diagnosis import Departure, climb, diagnose
from harness.equivalence import COMPAT, REAL, Plan, make_cases
from harness.hazards.catalogue import HAZARDS
from harness.hazards.hazard import Hazard, plant
from harness.report.hazards_schema import Clean, Hazards, Trial
from harness.runtimes import RUNTIMES, RuntimeUnavailable
from harness.subject import Subject
from harness.worker import ROOT, WorkerError

PRECISION = "float64"  # in which every slip shows
# The ways up the ladder, which do not depend on each other: clouds and metrics have no network in
# them, checkpoints no forward pass, and the optimiser is handed its gradients. Of the rungs, those
# that have a hazard.
WAYS = (
    ("pipeline",),
    ("structure", "initialisation", "inference", "training_forward", "loss", "gradients", "state"),
    ("optimiser", "trajectory"),
    ("checkpoint",),
)
RTOL = 1e-3  # of the plain comparison that ours is held against

Progress = Callable[[str], None]


def run(
    keys: Sequence[str], start: Callable[[int], Progress], keep: Callable[[Hazards], None]
) -> Hazards:
    """Try hazards, one after the other, against one live reference.

    Arguments:
        keys: of the hazards.
        start: told the number of trials; gives the function that is told about each.
        keep: handed what there is so far after each trial, so that an interruption loses nothing.

    Raises:
        RuntimeUnavailable: there is no reference on this machine.
        PlantingError: a mutation does not fit the source.
    """
    hazards = [HAZARDS[key] for key in keys]
    models = list(dict.fromkeys(hazard.model for hazard in hazards))
    cases = {case.model.key: case for case in make_cases(Plan(models=models))}
    progress = start(len(models) + len(hazards))
    remarks = upgrade_remarks(ROOT / "tf2_upgraded" / "report.txt")
    clean: list[Clean] = []
    trials: list[Trial] = []
    started = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with _open_reference() as reference:

        def found() -> Hazards:
            return Hazards(
                started=started,
                machine=machine.describe(),
                reference=reference.key,
                precision=PRECISION,
                written=len(HAZARDS),
                trials=tuple(trials),
                clean=tuple(clean),
            )

        for hazard in hazards:
            trials.append(_try(hazard, cases[hazard.model], reference, remarks))
            keep(found())
            progress(_told(trials[-1]))
        with Subject("tf2_native", RUNTIMES["tensorflow"], PRECISION) as native:
            for model in models:
                rungs = rungs_up_to({h.rung for h in hazards if h.model == model})
                clean.append(_leave_alone(cases[model], rungs, reference, native))
                keep(found())
                progress(f"{model}, nothing planted: {len(clean[-1].findings)} findings")
        return found()


def rungs_up_to(rungs: Iterable[str]) -> tuple[str, ...]:
    """What has to be climbed, in order, to have tried all of some rungs."""
    wanted = set(rungs)
    ends = ((way, [way.index(rung) for rung in wanted & set(way)]) for way in WAYS)
    return tuple(rung for way, found in ends if found for rung in way[: max(found) + 1])


def upgrade_remarks(report: Path) -> dict[str, str]:
    """What `tf_upgrade_v2` said of each symbol of the original, plain renamings left out.

    Arguments:
        report: of the conversion.
    """
    remarks: dict[str, str] = {}
    line = re.compile(r"^(?:\S+:)?\d+:\d+: (?:WARNING|ERROR|INFO): (.*)$")
    for match in filter(None, map(line.match, report.read_text().splitlines())):
        said = match[1]
        if not said.startswith("Renamed '"):
            for symbol in re.findall(r"\btf\.[\w.]*\w", said):
                remarks.setdefault(symbol, said)
    return remarks


def _open_reference() -> Subject:
    """TensorFlow 1.15 where it can be had, the same source on compat.v1 elsewhere."""
    implementation, runtime = REAL
    try:
        return Subject(implementation, RUNTIMES[runtime], PRECISION)
    except RuntimeUnavailable:
        implementation, runtime = COMPAT
        return Subject(implementation, RUNTIMES[runtime], PRECISION)


def _try(hazard: Hazard, case: Case, reference: Subject, remarks: dict[str, str]) -> Trial:
    began = time.monotonic()
    departure, failure, noticed = None, "", None
    with tempfile.TemporaryDirectory(prefix="hazard-") as folder:
        root = plant(hazard, Path(folder))
        try:
            with Subject("tf2_native", RUNTIMES["tensorflow"], PRECISION, root) as planted:
                departure = climb(case, reference, planted, rungs_up_to([hazard.rung]))
                noticed = not _close(case, reference, planted)
        except WorkerError as error:
            failure = str(error)
    return _trial(
        hazard, departure, failure, noticed, remarks.get(hazard.api, ""), time.monotonic() - began
    )


def _trial(
    hazard: Hazard,
    departure: Departure | None,
    failure: str,
    noticed: bool | None,
    remark: str,
    seconds: float,
) -> Trial:
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
        upgrade_tool=remark,
        allclose=noticed,
        seconds=round(seconds, 1),
    )


def _leave_alone(case: Case, rungs: Sequence[str], reference: Subject, native: Subject) -> Clean:
    said = [
        f"{finding.rung}: {finding.place}"
        for rung in rungs
        for finding in RUNGS[rung](case, reference, native).findings
    ]
    return Clean(case.model.key, tuple(rungs), tuple(said), not _close(case, reference, native))


def _close(case: Case, reference: Subject, candidate: Subject) -> bool:
    """What most people would have checked: the outputs of the same weights, by eye of NumPy."""
    theirs = reference.evidence("trace", case, **INFERENCE)
    ours = candidate.answer("trace", case, **INFERENCE)
    return all(
        np.shape(ours[name]) == np.shape(theirs.arrays[name])
        and np.allclose(ours[name], theirs.arrays[name], rtol=RTOL)
        for name in theirs.under("outputs")
    )


def _told(trial: Trial) -> str:
    where = f"{trial.rung}: {trial.place}" if trial.rung else trial.message or "unnoticed"
    return f"{trial.key}: {where}; {', '.join(trial.diagnosis) or 'no name'}"
