"""The format of `audit.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.report.decoding import decode_document, encode_document
from harness.report.schema import Machine, Result

SCHEMA = 1


@dataclass(frozen=True)
class AuditedSide:
    """One of the two networks.

    Attributes:
        key: how results name it, `reference@tf1`.
        what: a builder, a SavedModel, ..., as the description names it.
        runtime: tf1, compat, tf2, tensorflow, jax or torch.
        versions: by package.
        dropouts: how many dropout layers were switched off for the comparison.
    """

    key: str
    what: str
    runtime: str
    versions: Mapping[str, str]
    dropouts: int


@dataclass(frozen=True)
class Correspondence:
    """Parameters that were paired.

    Attributes:
        references, candidates: their names.
        how: rule, name, similar name, shape, order or LSTM cell.
        confidence: from 0 to 1.
        layout: what is done to the values on the way; empty if nothing.
    """

    references: tuple[str, ...]
    candidates: tuple[str, ...]
    how: str
    confidence: float
    layout: str


@dataclass(frozen=True)
class LikelyCause:
    """What the first departure probably comes from.

    Attributes:
        hazard: key in the catalogue of hazards; empty where it has none.
        title: the fault as one says it.
        evidence: why it is suspected.
        mends: what to do.
    """

    hazard: str
    title: str
    evidence: str
    mends: str


@dataclass(frozen=True)
class Verdict:
    """The answer.

    Attributes:
        equivalent: whether nothing departed, on at least one rung.
        rung: the first that gave way; empty if none did.
        place: the layer or parameter where.
        message: one sentence with the figures.
        isolated: whether it arises there; None where that cannot be known.
        causes: likely ones.
    """

    equivalent: bool
    rung: str = ""
    place: str = ""
    message: str = ""
    isolated: bool | None = None
    causes: tuple[LikelyCause, ...] = ()


@dataclass(frozen=True)
class Audit:
    """Everything one audit found.

    Attributes:
        title: of the migration.
        started: ISO 8601, UTC.
        seconds: the whole audit took.
        machine: where.
        precision: float64, or float32 where a side cannot be lifted.
        nudges: how many times the reference was run again to find its rounding noise.
        multiple: a tensor passes if its distance is at most this many times the noise.
        steps: training steps of the trajectory.
        seed: of what was drawn.
        inputs: name and description of each.
        sides: the reference, and the candidate.
        mapping: of the parameters.
        notes: what a reader has to know: why float32, what was off, what was assumed.
        verdict: the answer.
        results: one a rung.
    """

    title: str
    started: str
    seconds: float
    machine: Machine
    precision: str
    nudges: int
    multiple: float
    steps: int
    seed: int
    inputs: Mapping[str, str]
    sides: tuple[AuditedSide, ...]
    mapping: tuple[Correspondence, ...]
    notes: tuple[str, ...]
    verdict: Verdict
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write, version first."""
        return encode_document(SCHEMA, self)

    @classmethod
    def from_json(cls, document: Any, where: str = "audit.json") -> Audit:
        """Reads parsed JSON.

        Arguments:
            document: as `json.load` returns it.
            where: the file, to name in the message.

        Raises:
            ReportError: another version, or anything out of format.
        """
        return decode_document(cls, SCHEMA, document, where)
