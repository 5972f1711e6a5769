"""What every implementation learns from the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from harness import accuracy as sweep
from harness.commands.options import Cluster, Jobs, Resume, keys
from harness.commands.outcome import REPORTS, ReportsFolder, check_writable, keep
from harness.commands.progress import progress
from harness.report import render
from harness.report.wording import count
from harness.runtimes import IMPLEMENTATIONS
from harness.worker import ROOT


def accuracy(
    model: Annotated[list[str], keys("model", sweep.TASK_OF)],
    data: Annotated[
        list[Path],
        typer.Option(help="Folder that all train on and are judged on, for each kind of network."),
    ],
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
    jobs: Jobs = 0,
    cluster: Cluster = "",
    resume: Resume = False,
    runs: Annotated[Path, typer.Option(help="Keeps what trainings say and leave behind.")] = ROOT
    / "log"
    / "accuracy",
    out: ReportsFolder = REPORTS,
) -> None:
    """Train every implementation by its own command on the same files; compare what they reach.

    --model, --data, --implementation and --seed may be given several times: each network is
    trained on the folders in its format, by each implementation, from each seed, and each
    training is a job. What is known under the same conditions is kept until it is done again, and
    so is what an interrupted sweep has found.

    Exit status 2 when a training failed; the others are kept.
    """
    from harness.jobs import Place
    from harness.report.accuracy_schema import Accuracy
    from harness.report.files import read_json

    results = out / "results" / "accuracy.json"
    check_writable(results.parent)
    earlier = Accuracy(())
    if results.exists():
        earlier = Accuracy.from_json(read_json(results), str(results))
    models, folders = tuple(dict.fromkeys(model)), tuple(dict.fromkeys(data))
    plan = sweep.Plan(
        studies=sweep.studies(models, folders, epochs, batch, points, test_area),
        seeds=tuple(dict.fromkeys(seed or [0])),
        players=tuple(dict.fromkeys(implementation or IMPLEMENTATIONS)),
        runs=runs,
        place=Place(jobs, cluster),
    )

    def keep_all(found: Accuracy) -> None:
        keep(results, earlier.with_comparisons(found.comparisons).to_json())

    with progress() as start:
        found = sweep.run(plan, earlier, resume, start, keep_all)
    if results.exists():
        render(results.parent, out)
    for comparison in found.comparisons:
        _print_comparison(comparison)
    failures = [failure for comparison in found.comparisons for failure in comparison.failures]
    if failures:
        raise sweep.TrainingError(
            f"{count(len(failures), 'training')} failed, the others are kept; "
            f"{failures[0].key}, seed {failures[0].seed}: {failures[0].message}"
        )


def _print_comparison(found: Any) -> None:
    from harness.report.accuracy import heading, rows, scores, verdict

    table = Table(title=heading(found))
    table.add_column("implementation")
    for name in ("seeds", *scores(found), "CPU time"):
        table.add_column(name, justify="right")
    for row in rows(found):
        cells = (
            f"{cell.value} {cell.difference}".strip() + (f"\n{cell.range}" if cell.range else "")
            for cell in row.cells
        )
        table.add_row(row.key, row.seeds, *cells, row.took)
    console = Console()
    console.print(table)
    for line in (verdict(found), *(f"left out: {line}" for line in found.left_out)):
        console.print(line)
