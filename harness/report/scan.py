"""The section on what the scan found in the tool's output, made from `scan.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.report.decoding import decode_document
from harness.report.section import Section
from harness.report.templating import fill

SCHEMA = 1


@dataclass(frozen=True)
class Rule:
    """A rule of the scan; see `harness/scan/rules.py`."""

    key: str
    severity: str
    title: str
    why: str
    fix: str


@dataclass(frozen=True)
class Finding:
    """A place that a rule speaks of."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    severity: str
    fixable: bool


@dataclass(frozen=True)
class ScanResult:
    """The format of `scan.json`.

    Attributes:
        versions: of the packages that the code was judged for.
        rules: all there are.
        converted: findings in the converter's own output.
        mended: findings in the same tree after the patches.
    """

    versions: Mapping[str, str]
    rules: tuple[Rule, ...]
    converted: tuple[Finding, ...]
    mended: tuple[Finding, ...]


def section(document: Any, where: str) -> Section:
    """Tells what the converter passed over.

    Raises:
        ReportError: the document is not in this format.
    """
    found = decode_document(ScanResult, SCHEMA, document, where)
    values = {
        "found": found,
        "severities": Counter(finding.severity for finding in found.converted),
        "by_rule": Counter(finding.rule for finding in found.converted),
    }
    return Section(
        name="scan",
        title="Scan",
        html=fill("scan.html.j2", **values),
        markdown=fill("scan.md.j2", **values),
    )
