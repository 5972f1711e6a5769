"""The format of `hazards.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from harness.report.decoding import decode_document, encode_document
from harness.report.schema import Machine

SCHEMA = 2


@dataclass(frozen=True)
class Trial:
    """A hazard, planted, and what became of it.

    Attributes:
        key, title: of the hazard.
        model: the network that it was planted in.
        expected_rung, expected_place: where it has to be found first.
        rung, place: where it was found first; empty if it was not found.
        message: what was said of it there; of a candidate that failed, what it said itself.
        tensor: that showed it; empty for none.
        gain, relative: of that tensor, see `tolerance.Measurement`.
        detected: whether anything was found.
        localised: whether the first finding was on the rung and at the place expected.
        diagnosis: keys of the hazards that look like this.
        named: whether that is this one and no other.
        upgrade_tool: what `tf_upgrade_v2` says of the symbol at stake, beyond its new name; empty
            for nothing.
        allclose: whether numpy.allclose(rtol=1e-3) on the outputs of the same weights would have
            noticed; None where there were none to compare.
        losses: of a training from scratch with the fault planted, a number a step; none if it
            cannot be trained.
        loss_curve: whether these stand out among those of clean trainings; None where there are
            none to compare.
        seconds: that it took.
    """

    key: str
    title: str
    model: str
    expected_rung: str
    expected_place: str
    rung: str
    place: str
    message: str
    tensor: str
    gain: float
    relative: float
    detected: bool
    localised: bool
    diagnosis: tuple[str, ...]
    named: bool
    upgrade_tool: str
    allclose: bool | None
    losses: tuple[float, ...]
    seconds: float
    loss_curve: bool | None = None


@dataclass(frozen=True)
class Clean:
    """A climb with nothing planted.

    Attributes:
        model: the network.
        precision: of reference and candidate.
        seed: of weights and batch.
        rungs: that it climbed.
        findings: on them; each of them is a false alarm.
        allclose: whether numpy.allclose would have raised an alarm.
        seconds: that it took.
    """

    model: str
    precision: str
    seed: int
    rungs: tuple[str, ...]
    findings: tuple[str, ...]
    allclose: bool
    seconds: float

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells it from the others."""
        return self.model, self.precision, self.seed


@dataclass(frozen=True)
class Curve:
    """A training from scratch with nothing planted.

    Attributes:
        model: the network.
        seed: of everything that is drawn.
        losses: a number a step.
    """

    model: str
    seed: int
    losses: tuple[float, ...]

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the others."""
        return self.model, self.seed


@dataclass(frozen=True)
class Hazards:
    """All that has been tried so far.

    Attributes:
        started: of the last run, ISO 8601, UTC.
        machine: where.
        reference: `implementation@runtime`.
        candidate: the same, in which faults are planted.
        learner: the same, which is trained.
        precision: of reference and candidates.
        seed: of weights and batch, in which faults are planted.
        written: number of hazards in the catalogue.
        trials: in its order.
        clean: climbs with nothing planted.
        curves: trainings with nothing planted.
    """

    started: str
    machine: Machine
    reference: str
    candidate: str
    learner: str
    precision: str
    seed: int
    written: int
    trials: tuple[Trial, ...]
    clean: tuple[Clean, ...]
    curves: tuple[Curve, ...]

    def after(self, earlier: Hazards, keys: Iterable[str]) -> Hazards:
        """This one, with what an earlier run tried and this one has not repeated.

        Arguments:
            earlier: under the same conditions; others are not taken over.
            keys: of the catalogue; what it does not know any more is left out.
        """
        if earlier.conditions != self.conditions:
            return self
        known = {trial.key: trial for trial in (*earlier.trials, *self.trials)}
        clean = {each.key: each for each in (*earlier.clean, *self.clean)}
        curves = {each.key: each for each in (*earlier.curves, *self.curves)}
        return replace(
            self,
            trials=tuple(known[key] for key in keys if key in known),
            clean=tuple(clean[key] for key in sorted(clean)),
            curves=tuple(curves[key] for key in sorted(curves)),
        )

    @property
    def conditions(self) -> tuple[str, str, str, str, int]:
        """What trials have to have in common to stand in one table."""
        return self.reference, self.candidate, self.learner, self.precision, self.seed

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write, version first."""
        return encode_document(SCHEMA, self)

    @classmethod
    def from_json(cls, document: Any, where: str = "hazards.json") -> Hazards:
        """Reads parsed JSON.

        Arguments:
            document: as `json.load` returns it.
            where: the file, to name in the message.

        Raises:
            ReportError: another version, or anything out of format.
        """
        return decode_document(cls, SCHEMA, document, where)
