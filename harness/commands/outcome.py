"""Where commands leave what they found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.report import ReportError
from harness.worker import ROOT

REPORTS = ROOT / "reports"
ReportsFolder = Annotated[Path, typer.Option("--out", help="Folder of the reports.")]


def check_writable(folder: Path) -> None:
    """Find out before the work whether its result can be kept."""
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ReportError(f"{folder}: cannot be written ({error.strerror}); use --out") from None


def to_text(document: Any) -> str:
    """A result file's text; JSON has no word for infinities, so they are refused."""
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def keep(path: Path, document: Any) -> None:
    """Write a result file, whole or not at all."""
    from harness.report.files import write_atomically

    write_atomically(path, to_text(document))
