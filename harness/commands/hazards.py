"""Every known fault, planted."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from harness.commands.options import keys
from harness.commands.outcome import REPORTS, ReportsFolder, check_writable, keep, to_text
from harness.commands.progress import progress
from harness.hazards import HAZARDS
from harness.report import render


def hazards(
    hazard: Annotated[list[str] | None, keys("hazard", HAZARDS)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: ReportsFolder = REPORTS,
) -> None:
    """Plant each known fault of migrations, and ask whether the ladder finds and names it.

    --hazard may be given several times; all if left out. Earlier trials of others are kept.

    Exit status 1 when one goes unnoticed, or something is found where nothing was planted.
    """
    from harness.hazards.suite import run
    from harness.report.files import read_json
    from harness.report.hazards_schema import Hazards

    results = out / "results" / "hazards.json"
    check_writable(results.parent)
    earlier = Hazards.from_json(read_json(results), str(results)) if results.exists() else None

    def keep_all(found: Hazards) -> None:
        keep(results, (found.after(earlier, HAZARDS) if earlier else found).to_json())

    with progress() as start:
        found = run(hazard or list(HAZARDS), start, keep_all)
    render(results.parent, out)
    if as_json:
        print(to_text(found.to_json()), end="")
    else:
        _print_trials(found)
    unnoticed = [trial for trial in found.trials if not trial.detected]
    false_alarms = [clean for clean in found.clean if clean.findings]
    raise typer.Exit(1 if unnoticed or false_alarms else 0)


def _print_trials(found: Any) -> None:
    from harness.report.hazards import tally

    table = Table(title=f"Planted faults, against {found.reference} in {found.precision}")
    for heading in ("hazard", "detected", "localised", "named", "where"):
        table.add_column(heading)
    for trial in found.trials:
        answers = (trial.detected, trial.localised, trial.named)
        marks = ("yes" if answer else "[red]no" for answer in answers)
        table.add_row(trial.key, *marks, f"{trial.rung}: {trial.place}")
    console = Console()
    console.print(table)
    console.print(tally(found))
