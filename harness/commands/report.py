"""The report, made again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.commands.outcome import REPORTS, ReportsFolder, check_writable
from harness.report import render


def report(
    results: Annotated[Path, typer.Option(help="Folder of result files.")] = REPORTS / "results",
    out: ReportsFolder = REPORTS,
) -> None:
    """Make the report again from result files alone."""
    check_writable(out)
    for path in render(results, out):
        print(path)
