"""Every known fault, planted."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from harness.commands.options import Cluster, Jobs, Resume, keys
from harness.commands.outcome import REPORTS, ReportsFolder, check_writable, keep, to_text
from harness.commands.progress import progress
from harness.hazards import HAZARDS
from harness.report import render

CLEAN = 100


def hazards(
    hazard: Annotated[list[str] | None, keys("hazard", HAZARDS)] = None,
    clean: Annotated[
        int | None,
        typer.Option(
            min=0, help=f"Climbs with nothing planted; {CLEAN}, or none where --hazard is given."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the weights and the batch.")] = 0,
    jobs: Jobs = 0,
    cluster: Cluster = "",
    resume: Resume = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: ReportsFolder = REPORTS,
) -> None:
    """Plant each known fault of migrations, and ask whether the ladder finds and names it.

    --hazard may be given several times; all if left out. Earlier trials of others are kept, and
    so is what an interrupted run has found.

    Exit status 1 when one goes unnoticed, or something is found where nothing was planted.
    """
    from harness.hazards.suite import Plan, run
    from harness.jobs import Place
    from harness.report.files import read_json
    from harness.report.hazards_schema import Hazards

    results = out / "results" / "hazards.json"
    check_writable(results.parent)
    earlier = Hazards.from_json(read_json(results), str(results)) if results.exists() else None
    if clean is None:
        clean = 0 if hazard else CLEAN
    plan = Plan(hazard or list(HAZARDS), clean, seed, Place(jobs, cluster))

    def keep_all(found: Hazards) -> None:
        keep(results, (found.after(earlier, HAZARDS) if earlier else found).to_json())

    with progress() as start:
        found = run(plan, earlier if resume else None, start, keep_all)
    if results.exists():
        render(results.parent, out)
    if as_json:
        print(to_text(found.to_json()), end="")
    else:
        _print_trials(found)
    unnoticed = [trial for trial in found.trials if not trial.detected]
    false_alarms = [each for each in found.clean if each.findings]
    raise typer.Exit(1 if unnoticed or false_alarms else 0)


def _print_trials(found: Any) -> None:
    from harness.report.hazards import alarms, others, tally

    table = Table(title=f"Planted faults, against {found.reference} in {found.precision}")
    for heading in ("hazard", "detected", "localised", "named", "where"):
        table.add_column(heading)
    for trial in found.trials:
        answers = (trial.detected, trial.localised, trial.named)
        marks = ("yes" if answer else "[red]no" for answer in answers)
        table.add_row(trial.key, *marks, f"{trial.rung}: {trial.place}")
    console = Console()
    console.print(table)
    for line in (tally(found), others(found.trials), alarms(found)):
        console.print(line)
