"""Makes the whole report: a section for each result file there is, and the page that holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.report import accuracy, audit, equivalence, hazards, scan, throughput, upgrade
from harness.report.errors import ReportError
from harness.report.files import read_json, write_atomically
from harness.report.section import Section
from harness.report.templating import fill

# A section more is a line more: its result file, and what makes a section of it.
SECTIONS: Mapping[str, Callable[[Any, str], Section]] = {
    "equivalence.json": equivalence.section,
    "hazards.json": hazards.section,
    "accuracy.json": accuracy.section,
    "throughput.json": throughput.section,
    "upgrade.json": upgrade.section,
    "scan.json": scan.section,
    "audit.json": audit.section,
}


def render(results: Path, out: Path) -> list[Path]:
    """Writes `index.html`, a Markdown file a section, and their figures.

    Nothing is written unless every section can be made.

    Arguments:
        results: the folder of result files.
        out: the folder to write to, created if missing.

    Returns:
        The files written.

    Raises:
        ReportError: there are no results, or one of them is not in a known format.
    """
    sections = [
        make(read_json(results / name), str(results / name))
        for name, make in SECTIONS.items()
        if (results / name).exists()
    ]
    if not sections:
        raise ReportError(f"{results}: none of {', '.join(SECTIONS)} is there; run the suite first")
    written = []
    for section in sections:
        for name, content in section.files.items():
            written.append(write_atomically(out / name, content))
        written.append(write_atomically(out / f"{section.name}.md", section.markdown))
    written.append(write_atomically(out / "index.html", fill("page.html.j2", sections=sections)))
    return written
