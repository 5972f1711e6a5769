"""An audit from description to verdict."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness import machine
from harness.audit.causes import causes
from harness.audit.ladder import RUNGS, Pair, stacked
from harness.audit.layers import pair_layers
from harness.audit.layouts import Lstm
from harness.audit.mapping import Mapping, find_mapping
from harness.audit.samples import Sample, make_batches, telling
from harness.audit.sides import LiveSide, Translated, start
from harness.audit.spec import SIDES, Input, Side, Spec, SpecError
from harness.diagnosis import Departure
from harness.outcome import NotComparable, Outcome
from harness.report import audit_schema as schema
from harness.report.schema import Finding, Result, Worst
from harness.tolerance import MULTIPLE, NUDGES, Arrays
from harness.worker import WorkerError

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Opened:
    """Both sides, alive, and what belongs together.

    Attributes:
        notes: what a reader has to know.
    """

    reference: LiveSide
    candidate: LiveSide
    mapping: Mapping
    notes: tuple[str, ...]


@contextlib.contextmanager
def opened(spec: Spec, precision: str | None = None) -> Iterator[Opened]:
    """Build both sides, in float64 if both can be lifted, and pair their parameters.

    Arguments:
        precision: "float32" or "float64", to have no other.

    Raises:
        SpecError: the description does not fit the networks.
        RuntimeUnavailable: this machine lacks a runtime.
        WorkerError: a side cannot be built; the message says why.
    """
    batch = make_batches(spec, 1)[0]
    notes: list[str] = []
    with contextlib.ExitStack() as stack:
        if precision is None:
            try:
                trial = contextlib.ExitStack()
                sides = _both(spec, "float64", batch, trial)
                _try(spec, sides, batch)
                stack.enter_context(trial)
            except WorkerError as error:
                trial.close()
                notes.append(f"In float32: float64 is not to be had, {_reason(error)}")
                sides = _both(spec, "float32", batch, stack)
        else:
            sides = _both(spec, precision, batch, stack)
        reference, candidate = sides
        mapping = find_mapping(
            reference.described.parameters,
            candidate.described.parameters,
            spec.weights,
            f"{spec.file}: weights",
            reference.described.forget_biases,
        )
        _check_outputs(spec, sides)
        notes += _notes(spec, sides, mapping)
        yield Opened(reference, candidate, mapping, tuple(notes))


def _reason(error: WorkerError) -> str:
    return " ".join(str(error).split())


def _both(
    spec: Spec, precision: str, batch: Arrays, stack: contextlib.ExitStack
) -> tuple[LiveSide, LiveSide]:
    shapes = {
        name: {"shape": list(array.shape), "dtype": array.dtype.name}
        for name, array in batch.items()
    }
    with ThreadPoolExecutor(len(SIDES)) as pool:
        started = [pool.submit(start, spec, name, precision) for name in SIDES]
    for future in started:
        if future.exception() is None:
            stack.callback(future.result().close)
    first, second = (future.result() for future in started)
    reference = stack.enter_context(LiveSide(spec, "reference", precision, first, shapes))
    outputs = tuple(spec.reference.outputs) or reference.described.outputs
    candidate = LiveSide(spec, "candidate", precision, second, shapes, outputs)
    return reference, stack.enter_context(candidate)


def _try(spec: Spec, sides: Sequence[LiveSide], batch: Arrays) -> None:
    """Run what both sides have to run, for a kernel may be missing in float64 only then."""
    for side in sides:
        sample = Sample(side.initial(), batch, "trial")
        side.answer("infer", sample)
        if "state" not in side.described.cannot:
            side.answer("train", sample)


def _check_outputs(spec: Spec, sides: Sequence[LiveSide]) -> None:
    theirs, ours = (side.described.outputs for side in sides)
    for name in theirs:
        if name not in ours:
            raise SpecError(
                f"{spec.file}: candidate.outputs: no {name!r}, which the reference has: say which "
                f"of {', '.join(ours)} it is: outputs = {{ {name} = {ours[0]!r} }}"
            )


def _notes(spec: Spec, sides: Sequence[LiveSide], mapping: Mapping) -> list[str]:
    notes = []
    for side in sides:
        described = side.described
        if described.dropouts:
            count = described.dropouts
            noun = "dropout was" if count == 1 else "dropouts were"
            notes.append(f"{count} {noun} off in the {side.name}, so that both see the same")
        if set(described.unused) == set(spec.inputs):
            raise SpecError(f"{spec.file}: inputs: the {side.name} takes none of them")
    for link in mapping.links:
        if isinstance(link.layout, Lstm):
            told = link.layout.cell in sides[0].described.forget_biases or link.how == "rule"
            source = "found in the graph" if told else "assumed; [weights.lstm] can say another"
            notes.append(
                f"Forget bias of {link.layout.cell}: {link.layout.forget_bias:g}, {source}"
            )
    return notes


def audit(
    spec: Spec,
    begin: Callable[[int], Progress],
    rungs: Sequence[str] = tuple(RUNGS),
    precision: str | None = None,
) -> schema.Audit:
    """Put a migration through the ladder.

    Arguments:
        begin: told the number of rungs; gives the function that is told about each.
        rungs: keys, in the order of the ladder.
        precision: "float32" or "float64", to have no other.

    Raises:
        SpecError, RuntimeUnavailable, WorkerError: it cannot be carried out.
    """
    began, clock = datetime.datetime.now(datetime.UTC), time.monotonic()
    batches = make_batches(spec, spec.steps)
    progress = begin(len(rungs))
    with opened(spec, precision) as sides:
        if sides.mapping.ambiguous:
            raise SpecError(f"{spec.file}: weights: {sides.mapping.ambiguous[0]}")
        if not sides.mapping.links:
            raise SpecError(f"{spec.file}: weights: no parameter of one side is one of the other's")
        pair = _pair(spec, sides, batches)
        results, departure = [], None
        for rung in rungs:
            result, found = _climb(rung, pair)
            results.append(result)
            if departure is None and found is not None and found.findings:
                departure = Departure(rung, found)
            progress(f"{rung}: {result.status}")
        return schema.Audit(
            title=spec.title,
            started=began.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round(time.monotonic() - clock, 1),
            machine=machine.describe(),
            precision=sides.reference.precision,
            nudges=NUDGES,
            multiple=MULTIPLE,
            steps=spec.steps,
            seed=spec.seed,
            inputs={name: describe_input(given) for name, given in spec.inputs.items()},
            sides=(_side(spec.reference, sides.reference), _side(spec.candidate, sides.candidate)),
            mapping=correspondences(sides.mapping),
            notes=sides.notes,
            verdict=_verdict(departure, pair, results),
            results=tuple(results),
        )


def _pair(spec: Spec, sides: Opened, batches: list[dict[str, np.ndarray]]) -> Pair:
    initial = sides.reference.initial()
    if spec.weights.values == "telling" and not spec.reference.trained:
        initial = telling(initial, spec.seed)
    theirs, ours = sides.reference.described, sides.candidate.described
    layers = pair_layers(sides.mapping, theirs.layers, ours.layers, theirs.settings, ours.settings)
    return Pair(
        spec=spec,
        reference=sides.reference,
        candidate=Translated(sides.candidate, sides.mapping),
        sample=Sample(initial, batches[0]),
        batches=stacked(batches),
        layers=layers,
    )


def _climb(rung: str, pair: Pair) -> tuple[Result, Outcome | None]:
    started = time.monotonic()
    found, reason = None, ""
    try:
        found = RUNGS[rung](pair)
    except NotComparable as error:
        reason = str(error)
    status: Any = "skipped" if found is None else "fail" if found.findings else "pass"
    result = Result(
        model=pair.spec.title,
        precision=pair.reference.precision,
        rung=rung,
        reference=pair.reference.key,
        candidate=pair.candidate.key,
        status=status,
        reason=reason,
        seconds=round(time.monotonic() - started, 2),
        tensors=len(found.measurements) if found else 0,
        worst=_worst(found),
        findings=tuple(
            Finding(f.place, f.isolated, f.message, f.tensor)
            for f in (found.findings if found else ())
        ),
    )
    return result, found


def _worst(found: Outcome | None) -> Worst | None:
    if found is None or found.worst is None:
        return None
    m = found.worst
    return Worst(m.tensor, m.distance, m.noise, m.scale, m.ratio, m.relative)


def _verdict(departure: Departure | None, pair: Pair, results: Sequence[Result]) -> schema.Verdict:
    if departure is None:
        passed = {result.rung for result in results if result.status == "pass"}
        # That names and shapes agree is not what was asked, unless it was.
        numerical = {result.rung for result in results} - {"structure", "checkpoint"}
        return schema.Verdict(equivalent=bool(passed & numerical if numerical else passed))
    first = departure.first
    likely = causes(departure, pair.layers, first.place)
    return schema.Verdict(
        equivalent=False,
        rung=departure.rung,
        place=first.place,
        message=first.message,
        isolated=first.isolated,
        causes=tuple(schema.LikelyCause(c.hazard, c.title, c.evidence, c.mends) for c in likely),
    )


def _side(side: Side, live: LiveSide) -> schema.AuditedSide:
    described = live.described
    what = side.build or side.path
    return schema.AuditedSide(live.key, what, side.runtime, described.versions, described.dropouts)


def correspondences(mapping: Mapping) -> tuple[schema.Correspondence, ...]:
    """A mapping as the report has it."""
    return tuple(
        schema.Correspondence(
            link.references, link.candidates, link.how, link.confidence, link.layout.says
        )
        for link in mapping.links
    )


def describe_input(given: Input) -> str:
    """An input in words."""
    shape = " x ".join(map(str, given.shape)) or "as many as there are"
    if given.file is not None:
        return f"{shape}, {given.array} of {given.file}"
    if given.classes is not None:
        return f"{shape}, {given.classes} classes{', one-hot' if given.one_hot else ''}"
    if given.integers is not None:
        return f"{shape}, integers from {given.integers[0]} below {given.integers[1]}"
    if given.uniform is not None:
        return f"{shape}, uniform between {given.uniform[0]:g} and {given.uniform[1]:g}"
    mean, deviation = given.normal or (0.0, 1.0)
    return f"{shape}, normal, mean {mean:g}, deviation {deviation:g}"
