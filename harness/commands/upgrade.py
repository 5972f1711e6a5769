"""tf_upgrade_v2, and what it said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from harness.commands.options import Refusal
from harness.commands.outcome import REPORTS, keep
from harness.report import render
from harness.worker import ROOT


def upgrade(
    source: Annotated[
        Path | None, typer.Argument(help="TF1 tree; this project's own if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to make of SOURCE.")] = None,
) -> None:
    """Run tf_upgrade_v2 over a tree and read its report line by line.

    Without SOURCE, rebuild tf2_upgraded/ with its patches, and the page on its report.

    Exit status 1 when an error, or a file that was not converted, is open.
    """
    from harness.upgrade import Reading, own_reading, own_scan, read_conversion, rebuild
    from harness.upgrade.verdicts import is_serious

    if source is None:
        if out is not None:
            raise Refusal("--out goes with SOURCE; without, tf2_upgraded/ is rebuilt in place")
        rebuild(ROOT / "original_tf1", ROOT / "tf2_upgraded")
        reading: Reading = own_reading(ROOT)
        results = REPORTS / "results"
        keep(results / "upgrade.json", reading.to_json())
        keep(results / "scan.json", own_scan(ROOT))
        render(results, REPORTS)
    else:
        if out is None:
            raise Refusal(f"{source} is to be upgraded into which folder? --out DIR")
        reading = read_conversion(source, out)
    _print_records(reading)
    raise typer.Exit(1 if any(is_serious(record) for record in reading.records) else 0)


def _print_records(reading: Any) -> None:
    table = Table(title=f"{reading.converted} files converted")
    for heading in ("place", "kind", "API", "verdict", "why"):
        table.add_column(heading, overflow="fold")
    for record in reading.records:
        if record.kind not in ("rename", "keyword") or record.verdict == "open":
            place = f"{record.file}:{record.line}:{record.column}"
            table.add_row(place, record.kind, record.api, record.verdict, record.evidence)
    console = Console()
    console.print(table)
    counts = reading.counts()
    console.print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
