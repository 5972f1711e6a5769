"""How fast everything is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.commands.options import keys
from harness.commands.outcome import REPORTS, ReportsFolder, check_writable, keep, to_text
from harness.models import MODELS
from harness.report import render
from harness.report.measurements import MODES, Throughput
from harness.throughput.baseline import SLACK
from harness.throughput.contenders import CONTENDERS
from harness.throughput.plan import (
    BATCH,
    BATCHES,
    DEVICES,
    MODEL,
    NUM_POINTS,
    POINTS,
    PRECISIONS,
    Plan,
    PlanError,
)


def throughput(
    model: Annotated[list[str] | None, keys("model", MODELS)] = None,
    mode: Annotated[list[str] | None, keys("mode", MODES)] = None,
    batch: Annotated[list[int] | None, typer.Option(min=1, help="Clouds a step.")] = None,
    points: Annotated[list[int] | None, typer.Option(min=1, help="Points a cloud.")] = None,
    precision: Annotated[list[str] | None, keys("precision", PRECISIONS)] = None,
    contender: Annotated[
        list[str] | None, keys("contender", (contender.key for contender in CONTENDERS))
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = Plan.rounds,
    threads: Annotated[int | None, typer.Option(min=1, help="Cores; all if left out.")] = None,
    device: Annotated[str, keys("device", DEVICES)] = "cpu",
    full: Annotated[
        bool, typer.Option("--full", help="Sweep batch and points, and fit the cost.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(help="An earlier throughput.json to compare with.")
    ] = None,
    slack: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the baseline's speed that may go.")
    ] = SLACK,
    add: Annotated[
        bool, typer.Option("--add", help="Keep what OUT has of other settings, if measured alike.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: ReportsFolder = REPORTS,
) -> None:
    """Time training and inference of every implementation and runtime, in turn, in one run.

    --model, --mode, --batch, --points, --precision and --contender may be given several times.

    Exit status 1 when a baseline is given and something became slower.
    """
    from harness import machine
    from harness.report.files import read_json
    from harness.throughput import baseline as comparison
    from harness.throughput.printing import print_changes, print_records

    before = Throughput.from_json(read_json(baseline), str(baseline)) if baseline else None
    plan = Plan(
        models=model or (list(MODELS) if full else [MODEL]),
        modes=[known for known in MODES if not mode or known in mode],
        batches=batch or (BATCHES if full else (BATCH,)),
        points=points or (POINTS if full else (NUM_POINTS,)),
        precisions=precision or ("float32",),
        device=device,
        rounds=rounds,
        contenders=contender or (),
        threads=threads or machine.describe().cores,
    )
    found = _timed(plan, out, add)
    if as_json:
        print(to_text(found.to_json()), end="")
    else:
        print_records(found)
    if before:
        changes = comparison.compare(before, found, slack)
        if not as_json:
            print_changes(changes, comparison.same_machine(before, found))
        raise typer.Exit(1 if any(change.regressed for change in changes) else 0)


def _timed(plan: Plan, out: Path, adding: bool) -> Throughput:
    """Carry out a plan; what is found is on disk after each setting."""
    from harness.report.files import read_json
    from harness.throughput.adding import add, check_addable
    from harness.throughput.run import run

    results = out / "results" / "throughput.json"
    plan.check()
    check_writable(results.parent)
    earlier = None
    if adding and results.exists():
        earlier = Throughput.from_json(read_json(results), str(results))
        check_addable(earlier, plan)
    kept = 0

    def keep_found(found: Throughput) -> None:
        nonlocal kept
        if found.records:
            keep(results, (add(earlier, found) if earlier else found).to_json())
            kept = len(found.records)

    status = Console(stderr=True).status("starting")

    def progress(line: str) -> None:
        status.update(line)
        if not status.console.is_terminal:
            print(line, file=sys.stderr, flush=True)

    try:
        with status:
            found = run(plan, progress, keep_found)
    except KeyboardInterrupt:
        print(f"harness: {kept} records are in {results}", file=sys.stderr)
        raise
    if not found.records:
        reasons = "; ".join(f"{o.what}: {o.reason}" for o in found.omissions)
        raise PlanError(f"nothing could be measured: {reasons}")
    render(results.parent, out)
    return found
