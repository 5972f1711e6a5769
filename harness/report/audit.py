"""The page on one audit, made from `audit.json`."""

from __future__ import annotations

from typing import Any

from harness.report.audit_schema import Audit
from harness.report.departures import departures, omissions
from harness.report.ladder import rungs
from harness.report.matrix import tables
from harness.report.templating import fill
from harness.report.verdict import verdict


def markdown(document: Any, where: str) -> str:
    """Tells an audit in Markdown.

    The time it started is left out, so that two audits that found the same read the same.

    Arguments:
        document: parsed JSON.
        where: the file, to name in messages.

    Raises:
        ReportError: the document is not in the format of `audit_schema.py`.
    """
    found = Audit.from_json(document, where)
    return fill(
        "audit.md.j2",
        found=found,
        verdict=verdict(found.results),
        table=tables(found.results)[0],
        departures=departures(found.results),
        omissions=omissions(found.results),
        ladder=rungs({result.rung for result in found.results}),
    )
