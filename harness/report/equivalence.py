"""The section on equivalence, made from `equivalence.json`."""

from __future__ import annotations

from typing import Any

from harness.report.departures import departures, omissions
from harness.report.figures import error_by_depth, error_over_training, files_of
from harness.report.ladder import LADDER
from harness.report.matrix import tables
from harness.report.schema import Equivalence
from harness.report.section import Section
from harness.report.templating import fill
from harness.report.verdict import verdict


def section(document: Any, where: str) -> Section:
    """Tells a run of the equivalence suite.

    The time it started is left out, so that two runs that found the same read the same.

    Arguments:
        document: parsed JSON.
        where: the file, to name in messages.

    Raises:
        ReportError: the document is not in the format of `schema.py`.
    """
    found = Equivalence.from_json(document, where)
    candidates = list(dict.fromkeys(result.candidate for result in found.results))
    multiple = found.settings.multiple
    depth = error_by_depth(found.depth, candidates, multiple)
    trajectory = error_over_training(found.trajectory, candidates, multiple)
    values = {
        "found": found,
        "verdict": verdict(found.results, sum(m.checks for m in found.missing)),
        "tables": tables(found.results),
        "departures": departures(found.results),
        "omissions": omissions(found.results),
        "depth": depth,
        "trajectory": trajectory,
        "ladder": LADDER,
    }
    return Section(
        name="equivalence",
        title="Equivalence",
        html=fill("equivalence.html.j2", **values),
        markdown=fill("equivalence.md.j2", **values),
        files={**files_of(depth), **files_of(trajectory)},
    )
