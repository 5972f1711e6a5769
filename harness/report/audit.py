"""The section on one audit, made from `audit.json`."""

from __future__ import annotations

from typing import Any

from harness.report.audit_schema import Audit
from harness.report.departures import departures, omissions
from harness.report.ladder import LADDER
from harness.report.matrix import tables
from harness.report.section import Section
from harness.report.templating import fill
from harness.report.verdict import verdict

# What each rung asks of a network that is not in the catalogue.
QUESTIONS = {
    "structure": "Do the parameters correspond one to one, shape up to layout, trained or not?",
    "inference": "Same output, and same activation after every layer that both can name?",
    "training_forward": "The same output with batch statistics, dropout off?",
    "loss": "Is the loss the same, in inference and in training mode?",
    "gradients": "Does every parameter get the same gradient?",
    "state": "Do the moving statistics move alike?",
    "optimiser": "Same parameters after steps on given gradients, and after a training step?",
    "trajectory": "Do many training steps stay together?",
    "checkpoint": "Was either side saved with the same weights?",
}


def section(document: Any, where: str) -> Section:
    """Tells an audit.

    The time it started is left out, so that two audits that found the same read the same.

    Arguments:
        document: parsed JSON.
        where: the file, to name in messages.

    Raises:
        ReportError: the document is not in the format of `audit_schema.py`.
    """
    found = Audit.from_json(document, where)
    values = {
        "found": found,
        "answer": _answer(found),
        "verdict": verdict(found.results),
        "table": tables(found.results)[0],
        "departures": departures(found.results),
        "omissions": omissions(found.results),
        "titles": {rung.key: rung.title for rung in LADDER},
        "questions": QUESTIONS,
    }
    return Section(
        name="audit",
        title="Audit",
        html=fill("audit.html.j2", **values),
        markdown=fill("audit.md.j2", **values),
    )


def _answer(found: Audit) -> str:
    if found.verdict.equivalent:
        return "Equivalent"
    return "Departs" if found.verdict.rung else "Nothing could be checked"
