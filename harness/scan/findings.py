"""What a scan finds: rules, findings, and the edits that mend them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["fatal", "silent", "cosmetic"]
SEVERITIES: tuple[Severity, ...] = ("fatal", "silent", "cosmetic")


class ScanError(RuntimeError):
    """A scan that cannot be done; one line says why."""


@dataclass(frozen=True)
class Rule:
    """A way in which converted code fails or changes.

    Attributes:
        key: its id.
        severity: fatal, it raises; silent, it computes something else; cosmetic, it works for now.
        title: what is wrong, in a few words.
        why: what changed, and in which version.
        fix: what to do.
    """

    key: str
    severity: Severity
    title: str
    why: str
    fix: str


@dataclass(frozen=True)
class Edit:
    """A replacement of text: (line, byte column) to (end line, end byte column), lines from 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, order=True)
class Finding:
    """A place that a rule speaks of.

    Attributes:
        file: relative to the scanned tree, with slashes.
        line, column: from 1.
        rule: its id.
        message: one sentence about this very place.
        severity: as the rule's.
        edits: a mechanical mend; empty where a person has to think.
        cell: of a notebook, from 1, of which the line is one; 0 in any other file.
    """

    file: str
    line: int
    column: int
    rule: str
    message: str
    severity: Severity
    edits: tuple[Edit, ...] = ()
    cell: int = 0

    @property
    def place(self) -> str:
        """File, cell, line and column, as a reader looks for them."""
        cell = f"cell {self.cell}:" if self.cell else ""
        return f"{self.file}:{cell}{self.line}:{self.column}"

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write."""
        record = asdict(self)
        record["fixable"] = bool(record.pop("edits"))
        return record
