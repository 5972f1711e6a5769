"""The ladder for anyone's network, one rung a function: `rung(pair) -> Outcome`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.audit.activations import compare_activations
from harness.audit.layers import LayerPair
from harness.audit.samples import Sample
from harness.audit.sides import LiveSide, Translated
from harness.audit.spec import Spec
from harness.checks.training import NUDGES_OF_TRAJECTORY, with_envelope
from harness.outcome import Finding, NotComparable, Outcome, figures, outcome, renamed
from harness.subject import Evidence
from harness.tolerance import Arrays, Measurement, measure

_SIZES = [1.0, 0.5, 2.0]  # of the gradient, at the steps that an optimiser takes


@dataclass(frozen=True)
class Pair:
    """What the rungs are climbed by.

    Attributes:
        spec: the migration.
        sample: weights and batch that both are given.
        batches: for the trajectory, `<step>/<input>`.
        layers: those that correspond, in the order of computation.
    """

    spec: Spec
    reference: LiveSide
    candidate: Translated
    sample: Sample
    batches: dict[str, np.ndarray]
    layers: tuple[LayerPair, ...]

    def need(self, ability: str) -> None:
        """Raise a NotComparable where a side cannot."""
        for side in (self.reference, self.candidate.side):
            if ability in side.described.cannot:
                raise NotComparable(f"the {side.name} {side.described.cannot[ability]}")


def structure(pair: Pair) -> Outcome:
    """The same parameters, one to one: shapes up to layout, trainable or not."""
    theirs = {p.name: p for p in pair.reference.described.parameters}
    ours = {p.name: p for p in pair.candidate.described.parameters}
    faults: dict[str, str] = {}
    for link in pair.candidate.mapping.links:
        trained = {theirs[name].trainable for name in link.references}
        other = {ours[name].trainable for name in link.candidates}
        odd = trained != other and not _saved(pair)
        faults[link.references[0]] = (
            f"{' and '.join(link.candidates)} {_is_trained(other)}, unlike the reference's"
            if odd
            else ""
        )
    for name in pair.candidate.mapping.only_reference:
        faults[name] = f"the candidate has no such parameter, {list(theirs[name].shape)}"
    for name in pair.candidate.mapping.only_candidate:
        faults[name] = f"the reference has no such parameter, {list(ours[name].shape)}"
    measurements = tuple(Measurement(n, float(bool(f)), 0.0, 1.0) for n, f in faults.items())
    findings = tuple(Finding("structure", n, f, n) for n, f in faults.items() if f)
    return Outcome(measurements, findings)


def _saved(pair: Pair) -> bool:
    """Whether a side comes from a file that may not say what was trained."""
    return any(
        s.kind in ("saved_model", "frozen") for s in (pair.spec.reference, pair.spec.candidate)
    )


def _is_trained(trained: set[bool]) -> str:
    return "is trained" if trained == {True} else "is not trained"


def checkpoint(pair: Pair) -> Outcome:
    """The values that each side was saved with."""
    if not (pair.spec.reference.trained and pair.spec.candidate.trained):
        raise NotComparable("only one side comes with trained weights")
    theirs, ours = pair.reference.initial(), pair.candidate.initial()
    measured = [
        # Both were saved in float32, whatever the precision of this run.
        measure(f"saved/{name}", theirs[name], ours[name], 0.0, "float32")
        for name in theirs
        if name in ours
    ]

    def finding(m: Measurement) -> Finding:
        name = m.tensor.split("/", 1)[1]
        return Finding("checkpoint", name, f"was saved with other values: {figures(m)}", m.tensor)

    return outcome(measured, finding)


def inference(pair: Pair) -> Outcome:
    """The same activations layer by layer, and the same outputs."""
    evidence = pair.reference.evidence("infer", pair.sample)
    arrays = pair.candidate.answer("infer", pair.sample)
    compared = compare_activations(pair.layers, evidence, arrays)
    outputs = _outputs(evidence, arrays)
    first = next((m for m in (*compared.measured, *outputs) if not m.passed), None)

    def finding(m: Measurement) -> Finding:
        group, name = m.tensor.split("/", 1)
        if group == "outputs":
            return Finding("inference", f"output {name}", f"departs: {figures(m)}", m.tensor)
        where = "it arises here" if m is first else "it arrives from upstream"
        return Finding(
            "inference",
            compared.place(m),
            f"its activation departs: {figures(m)}; {where}",
            m.tensor,
            isolated=m is first,
        )

    return outcome([*compared.measured, *outputs], finding)


def _outputs(evidence: Evidence, arrays: Arrays) -> list[Measurement]:
    found = []
    for name in evidence.under("outputs"):
        theirs = evidence.arrays[name]
        ours = arrays[name]
        # [B, 1, 1, C] and [B, C] are the same answer.
        same = np.shape(ours) != np.shape(theirs) and _squeezed(ours) == _squeezed(theirs)
        found.append(evidence.measure(name, np.reshape(ours, theirs.shape) if same else ours))
    return found


def _squeezed(array: np.ndarray) -> list[int]:
    return [size for size in np.shape(array) if size != 1]


def training_forward(pair: Pair) -> Outcome:
    """The same outputs in training mode: with batch statistics, and dropout off."""
    pair.need("state")
    evidence = pair.reference.evidence("train", pair.sample)
    arrays = pair.candidate.answer("train", pair.sample)

    def finding(m: Measurement) -> Finding:
        place = f"output {m.tensor.split('/', 1)[1]}"
        return Finding("training_forward", place, f"departs: {figures(m)}", m.tensor)

    return outcome(_outputs(evidence, arrays), finding)


def loss(pair: Pair) -> Outcome:
    """The loss, with moving and with batch statistics."""
    pair.need("loss")
    measured = []
    modes = {"inference": "infer", "training": "train"}
    for mode, operation in modes.items():
        if operation == "train" and _missing(pair, "state"):
            continue
        evidence = pair.reference.evidence(operation, pair.sample)
        arrays = pair.candidate.answer(operation, pair.sample)
        measured.append(renamed(evidence.measure("loss", arrays["loss"]), f"{mode}/loss"))

    def finding(m: Measurement) -> Finding:
        mode = m.tensor.split("/", 1)[0]
        return Finding("loss", "loss", f"departs in {mode} mode: {figures(m)}", m.tensor)

    return outcome(measured, finding)


def _missing(pair: Pair, ability: str) -> bool:
    return any(ability in s.described.cannot for s in (pair.reference, pair.candidate.side))


def gradients(pair: Pair) -> Outcome:
    """The gradient of every trainable parameter, from the loss backwards."""
    pair.need("gradients")
    evidence = pair.reference.evidence("train", pair.sample)
    arrays = pair.candidate.answer("train", pair.sample)
    names = [n for n in reversed(evidence.under("gradients")) if n in arrays]

    def finding(m: Measurement) -> Finding:
        name = m.tensor.split("/", 1)[1]
        return Finding("gradients", name, f"its gradient departs: {figures(m)}", m.tensor)

    return outcome(evidence.measure_all(arrays, names), finding)


def state(pair: Pair) -> Outcome:
    """Moving statistics after one step in training mode."""
    pair.need("state")
    evidence = pair.reference.evidence("train", pair.sample)
    arrays = pair.candidate.answer("train", pair.sample)
    names = [n for n in evidence.under("state") if n in arrays]
    if not names:
        raise NotComparable("there are no moving statistics")
    measured = [_moved(evidence, arrays, name, pair.sample, "state/001") for name in names]

    def finding(m: Measurement) -> Finding:
        name = m.tensor.split("/", 2)[2]
        message = f"departs after one update: {figures(m)}{_told_gain(m)}"
        return Finding("state", name, message, m.tensor)

    return outcome(measured, finding)


def _moved(
    evidence: Evidence, arrays: Arrays, name: str, sample: Sample, group: str
) -> Measurement:
    """A parameter after it moved: the gain is that of the movement."""
    parameter = name.split("/", 1)[1]
    m = evidence.measure_movement(name, arrays[name], sample.weights[parameter])
    return renamed(m, f"{group}/{parameter}")


def _told_gain(m: Measurement) -> str:
    return f"; it moves {m.gain:.4g} times as far" if np.isfinite(m.gain) else ""


def optimiser(pair: Pair) -> Outcome:
    """Slots and parameters after steps on given gradients, and all parameters after a real one."""
    pair.need("optimiser")
    kind = pair.spec.optimizer.kind if pair.spec.optimizer else "own"
    measured: list[Measurement] = []
    if not _missing(pair, "given_gradients"):
        options: dict[str, Any] = {"gradients": _given_gradients(pair), "sizes": _SIZES}
        evidence = pair.reference.evidence("optimise", pair.sample, **options)
        arrays = pair.candidate.answer("optimise", pair.sample, **options)
        if evidence.under("slots"):
            kind = "adam"  # whatever it is called, it keeps what Adam keeps
        for name in evidence.under("slots"):
            if name in arrays:
                m = evidence.measure(name, arrays[name])
                measured.append(renamed(m, f"{kind}/{m.tensor}"))
        for name in evidence.under("parameters"):
            if name in arrays:
                measured.append(_moved(evidence, arrays, name, pair.sample, f"{kind}/parameters"))
    evidence, arrays = _trajectory(pair)
    for name in evidence.under("parameters"):
        if name in arrays:
            measured.append(_moved(evidence, arrays, name, pair.sample, "step/parameters"))

    def finding(m: Measurement) -> Finding:
        how, group, name = m.tensor.split("/", 2)
        steps = "a training step" if how == "step" else f"{len(_SIZES)} steps on given gradients"
        message = f"{group[:-1]} departs after {steps}: {figures(m)}{_told_gain(m)}"
        return Finding("optimiser", name, message, m.tensor)

    return outcome(measured, finding)


def _given_gradients(pair: Pair) -> dict[str, np.ndarray]:
    """A gradient for every parameter that both train, of magnitudes from 1e-6 up."""
    rng = np.random.default_rng(0)

    def draw(shape: tuple[int, ...]) -> np.ndarray:
        drawn = 10.0 ** rng.uniform(-6, 0, shape) * rng.standard_normal(shape)
        return drawn.astype(pair.reference.precision)

    return {p.name: draw(p.shape) for p in pair.reference.described.parameters if p.trainable}


def _trajectory(pair: Pair) -> tuple[Evidence, Arrays]:
    nudges = NUDGES_OF_TRAJECTORY[pair.reference.precision]
    options = {"batches": pair.batches}
    evidence = pair.reference.evidence("trajectory", pair.sample, nudges=nudges, **options)
    return evidence, pair.candidate.answer("trajectory", pair.sample, **options)


def trajectory(pair: Pair) -> Outcome:
    """The loss over many steps, a different batch each."""
    pair.need("trajectory")
    evidence, arrays = _trajectory(pair)
    evidence = with_envelope(evidence)
    measured = [
        # The scale of a loss is the loss: what chaos has done to it is not to be hidden.
        replace(m, scale=abs(float(evidence.arrays[m.tensor])))
        for m in evidence.measure_all(arrays, evidence.under("loss"))
    ]

    def finding(m: Measurement) -> Finding:
        step = m.tensor.removeprefix("loss/")
        return Finding("trajectory", "loss", f"parts at step {step}: {figures(m)}", m.tensor)

    return outcome(measured, finding)


RUNGS: Mapping[str, Callable[[Pair], Outcome]] = {
    "structure": structure,
    "checkpoint": checkpoint,
    "inference": inference,
    "training_forward": training_forward,
    "loss": loss,
    "gradients": gradients,
    "state": state,
    "optimiser": optimiser,
    "trajectory": trajectory,
}


def stacked(batches: Sequence[Arrays]) -> dict[str, np.ndarray]:
    """Batches as one table, `<step>/<input>`, steps counted from 001."""
    return {
        f"{step:03}/{name}": array
        for step, batch in enumerate(batches, start=1)
        for name, array in batch.items()
    }
