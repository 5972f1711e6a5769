"""The whole ladder, climbed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from harness.cases import BATCH, POINTS
from harness.checks import RUNGS
from harness.commands.options import keys
from harness.commands.outcome import REPORTS, ReportsFolder, check_writable, keep
from harness.commands.progress import progress
from harness.equivalence import Plan, run
from harness.models import MODELS
from harness.report import render
from harness.report.schema import Equivalence
from harness.runtimes import PRECISIONS


def equivalence(
    model: Annotated[list[str] | None, keys("model", MODELS)] = None,
    precision: Annotated[list[str] | None, keys("precision", PRECISIONS)] = None,
    rung: Annotated[list[str] | None, keys("rung", RUNGS)] = None,
    data: Annotated[Path | None, typer.Option(help="ModelNet40-format folder.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Clouds.")] = BATCH,
    points: Annotated[int, typer.Option(min=1, help="Points of each.")] = POINTS,
    seed: Annotated[int, typer.Option(min=0, help="Of weights and batch.")] = 0,
    out: ReportsFolder = REPORTS,
) -> None:
    """Climb the whole ladder with every implementation; write the report.

    --model, --precision and --rung may be given several times; all if left out.

    Exit status 1 when anything departs. A run that ends early leaves a report that says so.
    """
    results = out / "results" / "equivalence.json"
    check_writable(results.parent)
    plan = Plan(
        models=model or list(MODELS),
        precisions=precision or PRECISIONS,
        rungs=rung or list(RUNGS),
        data=data,
        batch=batch,
        points=points,
        seed=seed,
    )

    def publish(found: Equivalence) -> None:
        keep(results, found.to_json())
        render(results.parent, out)

    with progress() as start:
        found = run(plan, start, publish)
    publish(found)
    failed = [result for result in found.results if result.status == "fail"]
    _print_verdict(found, out)
    raise typer.Exit(1 if failed else 0)


def _print_verdict(found: Any, out: Path) -> None:
    counts = dict.fromkeys(("pass", "fail", "skipped"), 0)
    for result in found.results:
        counts[result.status] += 1
    console = Console(soft_wrap=True)
    for result in found.results:
        for finding in result.findings[:1]:
            console.print(
                f"[red]{result.model} {result.precision} {result.rung}[/]: "
                f"{result.candidate} departs at {finding.place}: {finding.message}"
            )
    console.print(f"{counts['pass']} pass, {counts['fail']} depart, {counts['skipped']} skipped")
    console.print(f"{out / 'index.html'}")
