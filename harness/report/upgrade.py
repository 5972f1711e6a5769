"""The section on what tf_upgrade_v2 reported, made from `upgrade.json`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from harness.report.decoding import decode_document
from harness.report.section import Section
from harness.report.templating import fill

SCHEMA = 1


@dataclass(frozen=True)
class Record:
    """A line of the tool's report and its verdict; see `harness/upgrade/records.py`."""

    file: str
    line: int
    column: int
    kind: str
    api: str
    message: str
    verdict: str
    evidence: str


@dataclass(frozen=True)
class Topic:
    """One of the things that a migration is warned of, and how it went."""

    title: str
    verdict: str
    evidence: str
    finding: str


@dataclass(frozen=True)
class Upgrade:
    """The format of `upgrade.json`."""

    source: str
    converted: int
    records: tuple[Record, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Group:
    """Records that say the same of the same API."""

    kind: str
    api: str
    count: int
    verdict: str
    evidence: str


def groups(records: tuple[Record, ...]) -> list[Group]:
    """Records of one kind, API and verdict together, those to change and those open first."""
    counted = Counter((r.verdict, r.kind, r.api, r.evidence) for r in records)
    order = {"open": 0, "needs a change": 1, "harmless": 2}
    keys = sorted(counted, key=lambda key: (order.get(key[0], 0), *key))
    return [
        Group(kind, api or "(none)", counted[verdict, kind, api, evidence], verdict, evidence)
        for verdict, kind, api, evidence in keys
    ]


def section(document: Any, where: str) -> Section:
    """Tells what the tool said and what became of it.

    Raises:
        ReportError: the document is not in this format.
    """
    found = decode_document(Upgrade, SCHEMA, document, where)
    counts = Counter(record.verdict for record in found.records)
    values = {"found": found, "groups": groups(found.records), "counts": counts}
    return Section(
        name="upgrade",
        title="Upgrade report",
        html=fill("upgrade.html.j2", **values),
        markdown=fill("upgrade.md.j2", **values),
    )
