"""Anyone's migration: a reference and a candidate that a small file describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.commands.options import keys
from harness.commands.outcome import check_writable, keep
from harness.commands.progress import progress
from harness.report import render
from harness.runtimes import PRECISIONS

RUNGS = (
    "structure",
    "checkpoint",
    "inference",
    "training_forward",
    "loss",
    "gradients",
    "state",
    "optimiser",
    "trajectory",
)


def audit(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="See docs/audit.md.")],
    mapping: Annotated[
        bool, typer.Option("--mapping", help="Only show which weight is which, and how sure.")
    ] = False,
    rules: Annotated[
        Path | None, typer.Option(help="With --mapping: write it there, as rules to paste.")
    ] = None,
    rung: Annotated[list[str] | None, keys("rung", RUNGS)] = None,
    precision: Annotated[str | None, keys("precision", PRECISIONS)] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the report.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put a migration of your own through the ladder: a reference, a candidate, one verdict.

    Runs in float64 where both sides can be lifted to it. --rung may be given several times.

    Exit status 1 when anything departs.
    """
    from harness.audit.run import audit as climb
    from harness.audit.spec import read_spec

    described = read_spec(spec)
    if mapping or rules is not None:
        _show_mapping(described, precision, rules, as_json)
        return
    if out is not None:
        check_writable(out / "results")
    with progress() as start:
        chosen = [key for key in RUNGS if not rung or key in rung]
        found = climb(described, start, chosen, precision)
    document = found.to_json()
    if out is not None:
        keep(out / "results" / "audit.json", document)
        render(out / "results", out)
    if as_json:
        print(json.dumps(document, indent=1, allow_nan=False))
    else:
        _print_audit(found)
        if out is not None:
            print(out / "index.html")
    raise typer.Exit(1 if found.verdict.rung else 0 if found.verdict.equivalent else 2)


def _show_mapping(described: Any, precision: str | None, rules: Path | None, as_json: bool) -> None:
    from harness.audit.run import correspondences, opened
    from harness.report.decoding import encode
    from harness.report.files import write_atomically

    with opened(described, precision) as sides:
        found = sides.mapping
    if rules is not None:
        write_atomically(rules, found.to_toml())
    if as_json:
        document = {
            "links": encode(correspondences(found)),
            "only_reference": list(found.only_reference),
            "only_candidate": list(found.only_candidate),
            "ambiguous": list(found.ambiguous),
        }
        print(json.dumps(document, indent=1))
    else:
        _print_mapping(found)
    raise typer.Exit(2 if found.ambiguous else 0)


def _print_mapping(found: Any) -> None:
    from harness.audit.run import correspondences

    table = Table()
    for heading in ("reference", "candidate", "found by", "confidence", "on the way"):
        table.add_column(heading, overflow="fold")
    for pair in correspondences(found):
        sure = f"{pair.confidence:.2f}"
        names = (escape("\n".join(pair.references)), escape("\n".join(pair.candidates)))
        table.add_row(*names, pair.how, sure, escape(pair.layout))
    for name in found.only_reference:
        table.add_row(escape(name), "[red]none", "", "", "")
    for name in found.only_candidate:
        table.add_row("[red]none", escape(name), "", "", "")
    console = Console()
    console.print(table)
    for line in found.ambiguous:
        console.print(f"[red]ambiguous[/]: {escape(line)}")


_MARKS = {"pass": "agrees", "fail": "[red]departs", "skipped": "skipped"}


def _print_audit(found: Any) -> None:
    from harness.report.ladder import rungs
    from harness.report.wording import number, ratio

    titles = {known.key: known.title for known in rungs({r.rung for r in found.results})}
    table = Table(title=escape(f"{found.title}, {found.precision}"))
    for heading in ("rung", "", "tensors", "ratio", "relative", "worst, or why not"):
        right = heading in ("tensors", "ratio", "relative")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for result in found.results:
        worst = result.worst
        cells = (str(result.tensors), ratio(worst.ratio), number(worst.relative)) if worst else ()
        what = worst.tensor if worst else result.reason
        figures = cells or ("", "", "")
        table.add_row(titles[result.rung], _MARKS[result.status], *figures, escape(what))
    console = Console(soft_wrap=True)
    console.print(table)
    for note in found.notes:
        console.print(escape(note))
    _print_verdict(console, found.verdict)


def _print_verdict(console: Console, verdict: Any) -> None:
    if not verdict.rung:
        said = "Equivalent" if verdict.equivalent else "Nothing could be checked"
        console.print(f"[bold]{said}[/]")
        return
    console.print(
        f"[bold red]Departs[/] on {verdict.rung} at [bold]{escape(verdict.place)}[/]: "
        f"{escape(verdict.message)}"
    )
    for cause in verdict.causes:
        name = f" ({cause.hazard})" if cause.hazard else ""
        console.print(f"Likely cause: {escape(cause.title)}{name}: {escape(cause.evidence)}")
        console.print(f"  {escape(cause.mends)}")
    if not verdict.causes:
        console.print("No hazard of the catalogue looks like this.")
