"""The format of `hazards.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from harness.report.decoding import decode_document, encode_document
from harness.report.schema import Machine

SCHEMA = 1


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
    seconds: float


@dataclass(frozen=True)
class Clean:
    """A network with nothing planted.

    Attributes:
        model: its key.
        rungs: that it climbed.
        findings: on them; each of them is a false alarm.
        allclose: whether numpy.allclose would have raised an alarm.
    """

    model: str
    rungs: tuple[str, ...]
    findings: tuple[str, ...]
    allclose: bool


@dataclass(frozen=True)
class Hazards:
    """All trials made so far.

    Attributes:
        started: of the last run, ISO 8601, UTC.
        machine: where.
        reference: `implementation@runtime`.
        precision: of reference and candidates.
        written: number of hazards in the catalogue.
        trials: in its order.
        clean: a network each.
    """

    started: str
    machine: Machine
    reference: str
    precision: str
    written: int
    trials: tuple[Trial, ...]
    clean: tuple[Clean, ...]

    def after(self, earlier: Hazards, keys: Iterable[str]) -> Hazards:
        """This one, with the trials of an earlier run that it has not repeated.

        Arguments:
            earlier: under the same reference and precision; others are not taken over.
            keys: of the catalogue; what it does not know any more is left out.
        """
        if (earlier.reference, earlier.precision) != (self.reference, self.precision):
            return self
        known = {trial.key: trial for trial in (*earlier.trials, *self.trials)}
        clean = {each.model: each for each in (*earlier.clean, *self.clean)}
        trials = tuple(known[key] for key in keys if key in known)
        return replace(self, trials=trials, clean=tuple(clean.values()))

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
