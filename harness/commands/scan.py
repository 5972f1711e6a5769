"""What fails or changes silently though the converter passed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table


def scan(
    tree: Annotated[Path, typer.Argument(help="A converted tree, or a file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sarif: Annotated[Path | None, typer.Option(help="Write SARIF 2.1.0 there.")] = None,
    fix: Annotated[Path | None, typer.Option(help="Write the mechanical mends there.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; a core each.")] = None,
) -> None:
    """Find what fails or changes silently on TensorFlow 2 though the converter passed it.

    Nothing is executed, and nothing in the tree is written to.

    Exit status 1 when anything fatal is open.
    """
    from harness.report.files import write_atomically
    from harness.scan import scan as scan_tree
    from harness.scan.fixes import to_patch
    from harness.scan.sarif import to_sarif

    with _scan_progress() as done:
        found = scan_tree(tree, jobs, done)
    if sarif is not None:
        write_atomically(sarif, json.dumps(to_sarif(found), indent=1) + "\n")
    if fix is not None:
        patch = to_patch(tree, found)
        write_atomically(fix, patch.encode("utf-8", errors="surrogateescape"))
    if as_json:
        print(json.dumps(found.to_json(), indent=1))
    else:
        _print_findings(found)
    raise typer.Exit(1 if found.fatal else 0)


class _scan_progress(Progress):
    """A progress bar over the files of a tree, gone when they are done."""

    def __init__(self) -> None:
        columns = (TextColumn("scanning"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        super().__init__(*columns, console=Console(stderr=True), transient=True)
        self.disable = not self.console.is_terminal

    def __enter__(self) -> Any:
        super().__enter__()
        task = self.add_task("scanning", total=None)
        return lambda count, total: self.update(task, completed=count, total=total)


def _print_findings(found: Any) -> None:
    colours = {"fatal": "red", "silent": "yellow", "cosmetic": "dim"}
    console = Console()
    table = Table()
    for heading in ("place", "severity", "rule", "what", "fix"):
        table.add_column(heading, overflow="fold")
    for f in found.findings:
        severity = f"[{colours[f.severity]}]{f.severity}[/]"
        mend = "--fix" if f.edits else ""
        table.add_row(escape(f.place), severity, f.rule, escape(f.message), mend)
    if found.findings:
        console.print(table)
    counts = ", ".join(f"{found.count(s)} {s}" for s in ("fatal", "silent", "cosmetic"))
    console.print(f"{found.files} files, {counts}")
