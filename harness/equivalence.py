"""The whole matrix: every rung of the ladder, for every network, precision and pair."""

from __future__ import annotations

import contextlib
import datetime
import threading
import time
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

NOTHING = Outcome(())

Progress = Callable[[str], None]


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


class Run:
    """One run over the matrix; `results` grow as it goes.

    Arguments:
        plan: what to do.
        cast: who takes part.
        cases: a case for each network.
        start: told the number of checks; gives the function that is told about each.
    """

    def __init__(
        self, plan: Plan, cast: Cast, cases: Sequence[Case], start: Callable[[int], Progress]
    ) -> None:
        self.plan, self.cast, self.cases = plan, cast, cases
        self._progress = start(self.total())
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._computed = ComputedReference()
        self.results: list[schema.Result] = []
        self.depth: list[schema.Depth] = []
        self.trajectory: list[schema.Trajectory] = []
        self.subjects: dict[str, schema.Subject] = {}

    def total(self) -> int:
        """How many checks there are."""
        met = (
            len(self._encounters(pair, precision))
            for pair in self.cast.candidates
            for precision in self.plan.precisions
        )
        return sum(met) * len(self.plan.rungs)

    def _encounters(self, pair: Pair, precision: str) -> list[tuple[Case, str]]:
        """What a candidate is checked on, and against whom: "live", "recorded" or "computed"."""
        met = []
        for case in self.cases:
            if case.model.has_ancestor:
                if pair != self.cast.live:
                    met.append((case, "live"))
                if self.cast.recorded:
                    met.append((case, "recorded"))
            elif pair[0] == "tf2_native" and precision == ComputedReference.precision:
                met.append((case, "computed"))
        return met

    def climb(self) -> None:
        """Make all checks, two candidates at a time: a worker uses one thread."""
        with contextlib.ExitStack() as stack:
            live = {
                precision: stack.enter_context(self._open(self.cast.live, precision))
                for precision in self.plan.precisions
            }
            pool = stack.enter_context(ThreadPoolExecutor(max_workers=2))
            futures = [
                pool.submit(self._climb, pair, live[precision])
                for pair in self.cast.candidates
                for precision in self.plan.precisions
            ]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                self._stopped.set()
                raise
            for reference in live.values():
                self._meet(reference)

    def _climb(self, pair: Pair, live: Subject) -> None:
        encounters = self._encounters(pair, live.precision)
        if self._stopped.is_set() or not encounters:
            return
        with contextlib.ExitStack() as stack:
            candidate = live
            if pair != self.cast.live:
                candidate = stack.enter_context(self._open(pair, live.precision))
            for case, kind in encounters:
                self._meet_reference(case, kind, live, candidate)
            if candidate is not live:
                self._meet(candidate)

    def _open(self, pair: Pair, precision: str) -> Subject:
        implementation, runtime = pair
        return Subject(implementation, RUNTIMES[runtime], precision)

    def _meet_reference(self, case: Case, kind: str, live: Subject, candidate: Subject) -> None:
        try:
            reference: Reference = live
            if kind == "recorded":
                reference = RecordedReference(case, candidate.precision)
            elif kind == "computed":
                reference = self._computed
        except NotComparable as reason:
            for rung in self.plan.rungs:
                self._skip(case, rung, kind, candidate, str(reason), 0.0)
        else:
            self._check_all(case, reference, candidate)

    def _check_all(self, case: Case, reference: Reference, candidate: Subject) -> None:
        for rung in self.plan.rungs:
            if self._stopped.is_set():
                return
            started = time.monotonic()
            try:
                outcome = RUNGS[rung](case, reference, candidate)
            except NotComparable as reason:
                seconds = time.monotonic() - started
                self._skip(case, rung, reference.key, candidate, str(reason), seconds)
                continue
            self._record(case, rung, reference, candidate, outcome, time.monotonic() - started)

    def _skip(
        self, case: Case, rung: str, reference: str, candidate: Subject, reason: str, seconds: float
    ) -> None:
        self._add(_result(case, rung, reference, candidate, "skipped", seconds, reason=reason))

    def _record(
        self,
        case: Case,
        rung: str,
        reference: Reference,
        candidate: Subject,
        outcome: Outcome,
        seconds: float,
    ) -> None:
        status: schema.Status = "fail" if outcome.findings else "pass"
        self._add(_result(case, rung, reference.key, candidate, status, seconds, outcome))
        where = (case.model.key, candidate.precision, reference.key, candidate.key)
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

    def _meet(self, subject: Subject) -> None:
        """Take note of a subject that has done its part."""
        peak = {subject.precision: round(subject.peak_memory_mib(), 1)}
        with self._lock:
            known = self.subjects.get(subject.key)
            self.subjects[subject.key] = schema.Subject(
                key=subject.key,
                implementation=subject.implementation,
                runtime=subject.runtime.key,
                versions=subject.versions,
                peak_memory_mib={**(known.peak_memory_mib if known else {}), **peak},
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


def run(plan: Plan, start: Callable[[int], Progress]) -> schema.Equivalence:
    """Climb the ladder with everybody.

    Arguments:
        plan: what to do.
        start: told the number of checks; gives the function that is told about each.

    Raises:
        DatasetError, RuntimeUnavailable, WorkerError: it cannot be done; the message says why.
    """
    began, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    cases, players = make_cases(plan), cast()
    matrix = Run(plan, players, cases, start)
    matrix.climb()
    ranks = {rung: index for index, rung in enumerate(plan.rungs)}
    order = [f"{implementation}@{runtime}" for implementation, runtime in (REAL, *CANDIDATES)]
    return schema.Equivalence(
        started=began.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=round(time.monotonic() - clock, 1),
        machine=machine.describe(),
        data=plan.title_of_data,
        settings=schema.Settings(
            plan.batch, plan.points, plan.seed, NUDGES, MULTIPLE, max(STEPS.values())
        ),
        references=_references(players, cases),
        subjects=tuple(sorted(matrix.subjects.values(), key=lambda s: order.index(s.key))),
        results=tuple(sorted(matrix.results, key=lambda r: (*_where(r, order), ranks[r.rung]))),
        depth=tuple(sorted(matrix.depth, key=lambda d: _where(d, order))),
        trajectory=tuple(sorted(matrix.trajectory, key=lambda t: _where(t, order))),
    )


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
    status: schema.Status,
    seconds: float,
    outcome: Outcome = NOTHING,
    reason: str = "",
) -> schema.Result:
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
