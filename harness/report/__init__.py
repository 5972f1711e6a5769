"""Results to Markdown, figures and one page, from result files alone: elsewhere, later, again."""

from __future__ import annotations

from pathlib import Path

from harness.report.errors import ReportError
from harness.report.schema import Equivalence

__all__ = ["Equivalence", "ReportError", "render"]


def render(results: Path, out: Path) -> list[Path]:
    """Writes the report on the result files in `results` to `out`; see `page.render`."""
    # Loads matplotlib, which those who only write results should not wait for.
    from harness.report import page

    return page.render(results, out)
