"""The whole matrix: every rung of the ladder, for every network, precision and pair."""

from __future__ import annotations

import contextlib
import datetime
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from harness import machine
from harness.cases import BATCH, POINTS, Case, make_case
from harness.checks import RUNGS
from harness.checks.training import STEPS
from harness.computed import NAME, ComputedReference
from harness.datasets import sample
from harness.datasets.samples import description
from harness.models import MODELS
from harness.outcome import NotComparable, Outcome
from harness.recorded import RecordedReference
from harness.report import schema
from harness.runtimes import PRECISIONS, RUNTIMES, RuntimeUnavailable
from harness.subject import Reference, Subject
from harness.tolerance import MULTIPLE, NUDGES

Pair = tuple[str, str]  # implementation and runtime

REAL: Pair = ("original_tf1", "tf1")
COMPAT: Pair = ("original_tf1", "compat")
CANDIDATES: tuple[Pair, ...] = (
    COMPAT,
    ("tf2_upgraded", "tf2"),
    ("tf2_native", "tensorflow"),
    ("tf2_native", "jax"),
)

Progress = Callable[[str], None]
Keep = Callable[[schema.Equivalence], None]


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    Attributes:
        models, precisions, rungs: keys, in the order of the report.
        data: a folder in the layout of the task; None for data that is built in.
        batch, points: shape of the batch.
        seed: of weights and batch.
    """

    models: Sequence[str] = tuple(MODELS)
    precisions: Sequence[str] = PRECISIONS
    rungs: Sequence[str] = tuple(RUNGS)
    data: Path | None = None
    batch: int = BATCH
    points: int = POINTS
    seed: int = 0

    @property
    def title_of_data(self) -> str:
        if self.data:
            return str(self.data)
        tasks = dict.fromkeys(MODELS[key].task for key in self.models)
        return "; ".join(f"{task}: {description(task)}" for task in tasks)


@dataclass(frozen=True)
class Cast:
    """Who takes part on this machine.

    Attributes:
        live: the reference that runs.
        recorded: whether the recordings stand in for TensorFlow 1.15 as well.
        candidates: who is compared, the live reference left out.
        references: what the report says about all of that.
    """

    live: Pair
    recorded: bool
    candidates: tuple[Pair, ...]
    references: tuple[schema.Reference, ...]


def cast() -> Cast:
    """Find out who can take part.

    TensorFlow 1.15 is the reference where there is one. Where there is none, two stand in for it:
    its recordings, and the unmodified code on TensorFlow 2's compat.v1.

    Raises:
        RuntimeUnavailable: not even TensorFlow 2 is installed.
    """
    said, present = [], []
    for implementation, runtime in CANDIDATES:
        try:
            RUNTIMES[runtime].interpreter()
            present.append((implementation, runtime))
        except RuntimeUnavailable as error:
            said.append(schema.Reference(f"{implementation}@{runtime}", False, str(error)))
    if COMPAT not in present:
        raise RuntimeUnavailable("TensorFlow 2 is not installed: pip install -e .")
    try:
        RUNTIMES["tf1"].interpreter()
    except RuntimeUnavailable as error:
        references = [
            schema.Reference("original_tf1@tf1", False, str(error)),
            schema.Reference("recorded", True, "sketches of what TensorFlow 1.15.5 computed"),
            schema.Reference("original_tf1@compat", True, "the same source on compat.v1"),
        ]
        return Cast(COMPAT, True, tuple(present), (*references, *said))
    reference = schema.Reference("original_tf1@tf1", True, "a real TensorFlow 1.15.5, run here")
    return Cast(REAL, False, tuple(present), (reference, *said))


@dataclass(frozen=True)
class Encounter:
    """A candidate and a network: what one thread does at a stretch.

    Attributes:
        case: the network's.
        pair, precision: of the candidate.
        kinds: of the references that it meets: "live", "recorded" or "computed".
    """

    case: Case
    pair: Pair
    precision: str
    kinds: tuple[str, ...]


class Ensemble:
    """Everybody who takes part, each started when first asked for and kept to the end."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[Pair, str], Subject] = {}
        self._starting: defaultdict[tuple[Pair, str], threading.Lock] = defaultdict(threading.Lock)
        self._closed = threading.Event()

    def subject(self, pair: Pair, precision: str) -> Subject:
        """The live implementation, started by now."""
        with self._starting[pair, precision]:
            if (pair, precision) not in self._subjects:
                implementation, runtime = pair
                self._subjects[pair, precision] = Subject(
                    implementation, RUNTIMES[runtime], precision
                )
            if self._closed.is_set():  # while it was starting
                self._subjects[pair, precision].close()
        return self._subjects[pair, precision]

    def described(self) -> tuple[schema.Subject, ...]:
        """What the report says about them; of those that still run, their memory too."""
        found: dict[str, schema.Subject] = {}
        for subject in list(self._subjects.values()):
            known = found.get(subject.key)
            memory = dict(known.peak_memory_mib) if known else {}
            if not self._closed.is_set():
                memory[subject.precision] = round(subject.peak_memory_mib(), 1)
            found[subject.key] = schema.Subject(
                key=subject.key,
                implementation=subject.implementation,
                runtime=subject.runtime.key,
                versions=subject.versions,
                peak_memory_mib=memory,
            )
        return tuple(found.values())

    def close(self) -> None:
        """End them all, also in the middle of a request."""
        self._closed.set()
        for subject in list(self._subjects.values()):
            subject.close()


class Run:
    """One run over the matrix; `results` grow as it goes.

    It goes network by network: once all have met on one, what is remembered of it is let go.

    Arguments:
        plan: what to do.
        cast: who takes part.
        cases: a case for each network.
        start: told the number of checks; gives the function that is told about each.
    """

    def __init__(
        self, plan: Plan, cast: Cast, cases: Sequence[Case], start: Callable[[int], Progress]
    ) -> None:
        self.plan, self.cast = plan, cast
        self.encounters = [
            Encounter(case, pair, precision, kinds)
            for case in cases
            for pair in cast.candidates
            for precision in plan.precisions
            if (kinds := self._kinds(case, pair, precision))
        ]
        checks = sum(len(encounter.kinds) for encounter in self.encounters) * len(plan.rungs)
        self._progress = start(checks)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._left = Counter((e.case.model.key, e.precision) for e in self.encounters)
        self._computed = ComputedReference()
        self.ensemble = Ensemble()
        self.results: list[schema.Result] = []
        self.depth: list[schema.Depth] = []
        self.trajectory: list[schema.Trajectory] = []

    def _kinds(self, case: Case, pair: Pair, precision: str) -> tuple[str, ...]:
        """Whom a candidate meets on a network."""
        if case.model.has_ancestor:
            live = () if pair == self.cast.live else ("live",)
            return (*live, "recorded") if self.cast.recorded else live
        native = pair[0] == "tf2_native" and precision == ComputedReference.precision
        return ("computed",) if native else ()

    def climb(self) -> None:
        """Make all checks, an encounter a core: a worker uses one thread."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        with ThreadPoolExecutor(max_workers=max(2, cores or 2)) as pool:
            futures = [pool.submit(self._meet, encounter) for encounter in self.encounters]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                self._stopped.set()
                self.ensemble.close()  # nobody is waited for
                raise

    def missing(self) -> tuple[schema.Missing, ...]:
        """The checks that there are no results of, by encounter."""
        made = Counter((r.model, r.precision, r.candidate) for r in self.results)
        found = []
        for encounter in self.encounters:
            where = encounter.case.model.key, encounter.precision, "@".join(encounter.pair)
            left = len(encounter.kinds) * len(self.plan.rungs) - made[where]
            if left:
                found.append(schema.Missing(*where, checks=left))
        return tuple(found)

    def _meet(self, encounter: Encounter) -> None:
        case, precision = encounter.case, encounter.precision
        if self._stopped.is_set():
            return
        candidate = self.ensemble.subject(encounter.pair, precision)
        for kind in encounter.kinds:
            self._meet_reference(case, kind, candidate)
        if encounter.pair != self.cast.live:
            candidate.forget(case.model)
        with self._lock:
            self._left[case.model.key, precision] -= 1
            last = not self._left[case.model.key, precision]
        if last and case.model.has_ancestor:
            self.ensemble.subject(self.cast.live, precision).forget(case.model)

    def _meet_reference(self, case: Case, kind: str, candidate: Subject) -> None:
        try:
            reference = self._reference(case, kind, candidate.precision)
        except NotComparable as reason:
            for rung in self.plan.rungs:
                self._add(_result(case, rung, kind, candidate, 0.0, str(reason)))
            return
        for rung in self.plan.rungs:
            if self._stopped.is_set():
                return
            self._check(case, rung, reference, candidate)

    def _reference(self, case: Case, kind: str, precision: str) -> Reference:
        if kind == "recorded":
            return RecordedReference(case, precision)
        if kind == "computed":
            return self._computed
        return self.ensemble.subject(self.cast.live, precision)

    def _check(self, case: Case, rung: str, reference: Reference, candidate: Subject) -> None:
        started = time.monotonic()
        found: Outcome | str
        try:
            found = RUNGS[rung](case, reference, candidate)
        except NotComparable as reason:
            found = str(reason)
        seconds = time.monotonic() - started
        self._add(_result(case, rung, reference.key, candidate, seconds, found))
        if isinstance(found, Outcome):
            self._follow(
                rung, found, (case.model.key, candidate.precision, reference.key, candidate.key)
            )

    def _follow(self, rung: str, outcome: Outcome, where: tuple[str, str, str, str]) -> None:
        """Keep what the figures show."""
        if rung == "inference":
            self.depth.append(schema.Depth(*where, layers=_depth(outcome)))
        if rung == "trajectory":
            losses = outcome.measurements
            relative = tuple(m.relative for m in losses)
            noise = tuple(m.noise / m.scale for m in losses)
            self.trajectory.append(schema.Trajectory(*where, relative, noise))

    def _add(self, result: schema.Result) -> None:
        with self._lock:
            self.results.append(result)
        self._progress(
            f"{result.precision} {result.model} {result.rung}: "
            f"{result.candidate} against {result.reference}"
        )


def make_cases(plan: Plan) -> list[Case]:
    """A case for each network of a plan, on the clouds that its data say.

    Raises:
        DatasetError: the data folder cannot be used.
    """
    models = [MODELS[key] for key in plan.models]
    clouds = {
        task: sample(task, plan.batch, plan.points, plan.seed, plan.data)
        for task in dict.fromkeys(model.task for model in models)
    }
    return [make_case(model, clouds[model.task], plan.seed) for model in models]


def run(
    plan: Plan, start: Callable[[int], Progress], keep: Keep = lambda found: None
) -> schema.Equivalence:
    """Climb the ladder with everybody.

    Arguments:
        plan: what to do.
        start: told the number of checks; gives the function that is told about each.
        keep: handed what there is if the run ends early, and says what is missing; then whatever
            ended it is raised.

    Raises:
        DatasetError, RuntimeUnavailable, WorkerError: it cannot be done; the message says why.
    """
    began, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    cases, players = make_cases(plan), cast()
    matrix = Run(plan, players, cases, start)

    def found(stopped: str = "") -> schema.Equivalence:
        order = [f"{implementation}@{runtime}" for implementation, runtime in (REAL, *CANDIDATES)]
        ranks = {rung: index for index, rung in enumerate(plan.rungs)}
        return schema.Equivalence(
            started=began.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round(time.monotonic() - clock, 1),
            machine=machine.describe(),
            data=plan.title_of_data,
            settings=schema.Settings(
                plan.batch, plan.points, plan.seed, NUDGES, MULTIPLE, max(STEPS.values())
            ),
            references=_references(players, cases),
            subjects=tuple(sorted(matrix.ensemble.described(), key=lambda s: order.index(s.key))),
            results=tuple(sorted(matrix.results, key=lambda r: (*_where(r, order), ranks[r.rung]))),
            depth=tuple(sorted(matrix.depth, key=lambda d: _where(d, order))),
            trajectory=tuple(sorted(matrix.trajectory, key=lambda t: _where(t, order))),
            stopped=stopped,
            missing=matrix.missing(),
        )

    with contextlib.closing(matrix.ensemble):
        try:
            matrix.climb()
        except BaseException as error:
            if matrix.results:
                keep(found(str(error) or "interrupted"))
            raise
        return found()


def _references(players: Cast, cases: Sequence[Case]) -> tuple[schema.Reference, ...]:
    """What took part as a reference: who is live or recorded, and NumPy where it was needed."""
    orphans = [case.model.key for case in cases if not case.model.has_ancestor]
    if not orphans:
        return players.references
    said = f"for {' and '.join(orphans)}, without TF1 ancestor: a forward pass of its own"
    return (*players.references, schema.Reference(NAME, True, said))


def _where(
    item: schema.Result | schema.Depth | schema.Trajectory, order: Sequence[str]
) -> tuple[int, str, str, int]:
    """Sorts by network, precision and pair."""
    return (
        list(MODELS).index(item.model),
        item.precision,
        item.reference,
        order.index(item.candidate),
    )


def _result(
    case: Case,
    rung: str,
    reference: str,
    candidate: Subject,
    seconds: float,
    found: Outcome | str,
) -> schema.Result:
    """A verdict: on an outcome, or a check skipped for a reason."""
    outcome, reason = (Outcome(()), found) if isinstance(found, str) else (found, "")
    status: schema.Status = "skipped" if reason else "fail" if outcome.findings else "pass"
    return schema.Result(
        model=case.model.key,
        precision=candidate.precision,
        rung=rung,
        reference=reference,
        candidate=candidate.key,
        status=status,
        reason=reason,
        seconds=round(seconds, 2),
        tensors=len(outcome.measurements),
        worst=_worst(outcome),
        findings=tuple(
            schema.Finding(f.place, f.isolated, f.message, f.tensor) for f in outcome.findings
        ),
    )


def _worst(outcome: Outcome) -> schema.Worst | None:
    worst = outcome.worst
    if worst is None:
        return None
    return schema.Worst(
        worst.tensor, worst.distance, worst.noise, worst.scale, worst.ratio, worst.relative
    )


def _depth(outcome: Outcome) -> tuple[schema.Layer, ...]:
    """Error and noise by layer, from the inference rung's measurements."""
    layers = [m for m in outcome.measurements if m.tensor.startswith(("activations/", "outputs/"))]
    return tuple(
        schema.Layer(m.tensor.split("/", 1)[1], m.relative, m.noise / m.scale if m.scale else 0.0)
        for m in layers
    )
