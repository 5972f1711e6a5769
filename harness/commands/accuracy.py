"""What every implementation learns from the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from harness import accuracy as comparison
from harness.commands.options import keys
from harness.commands.outcome import REPORTS, ReportsFolder, check_writable, keep
from harness.commands.progress import progress
from harness.report import render
from harness.runtimes import IMPLEMENTATIONS
from harness.worker import ROOT


def accuracy(
    model: Annotated[str, keys("model", comparison.TASK_OF)],
    data: Annotated[Path, typer.Option(help="Folder that all train on and are judged on.")],
    implementation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY[@RUNTIME]",
            help=f"Of {', '.join(IMPLEMENTATIONS)}, several times; the first is the measure.",
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="As published.")] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Clouds a step; as published.")] = None,
    points: Annotated[
        int | None, typer.Option(min=1, help="Of a cloud; as published, or as many as there are.")
    ] = None,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, help="Of a training; 0. May be given several times.")
    ] = None,
    test_area: Annotated[int, typer.Option(min=1, max=6, help="Of S3DIS, left out to test.")] = 6,
    runs: Annotated[
        Path, typer.Option(help="Keeps the trainings: what is finished is not repeated.")
    ] = ROOT / "log" / "accuracy",
    out: ReportsFolder = REPORTS,
) -> None:
    """Train every implementation by its own command on the same files; compare what they reach."""
    from harness.report.accuracy_schema import Accuracy
    from harness.report.files import read_json

    results = out / "results" / "accuracy.json"
    check_writable(results.parent)
    earlier = Accuracy(())
    if results.exists():
        earlier = Accuracy.from_json(read_json(results), str(results))
    plan = comparison.Plan(
        model=model,
        data=data,
        settings=comparison.settings(model, data, epochs, batch, points, test_area),
        seeds=tuple(dict.fromkeys(seed or [0])),
        players=tuple(dict.fromkeys(implementation or IMPLEMENTATIONS)),
        runs=runs,
    )
    with progress() as start:
        found = comparison.compare(plan, start)
    keep(results, earlier.with_comparison(found).to_json())
    render(results.parent, out)
    _print_accuracy(found)


def _print_accuracy(found: Any) -> None:
    from harness.report.accuracy import heading, rows

    table = Table(title=heading(found))
    table.add_column("implementation")
    for name in found.entries[0].runs[0].scores:
        table.add_column(name, justify="right")
    table.add_column("training", justify="right")
    for row in rows(found):
        cells = (f"{cell.value} {cell.difference}".strip() for cell in row.cells)
        table.add_row(row.key, *cells, row.took)
    console = Console()
    console.print(table)
    for line in found.left_out:
        console.print(f"left out: {line}")
