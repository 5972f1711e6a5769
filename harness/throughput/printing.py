"""Measurements on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from harness.report.measurements import Record, Throughput, by_setting
from harness.throughput.baseline import Change

_PIPED = 120  # columns, where nothing says how many there are


def print_records(found: Throughput) -> None:
    """A table a setting, the input pipelines, and what was left out."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PIPED)
    for group in by_setting(found.records):
        console.print(_table(group))
    if found.pipelines:
        table = _columns("Input pipelines, HDF5 to device", "clouds/s", "spread", "×TF1")
        for pipeline in found.pipelines:
            table.add_row(
                f"{pipeline.implementation}@{pipeline.runtime}",
                f"{pipeline.clouds_per_second:.0f}",
                f"{pipeline.spread:.0%}",
                _times(pipeline.against_reference),
            )
        console.print(table)
    for omission in found.omissions:
        console.print(f"left out: {omission.what}: {omission.reason}", soft_wrap=True)


def print_changes(changes: Iterable[Change], same_machine: bool) -> None:
    """A line for each measurement that both runs have, the worst first."""
    console = Console(soft_wrap=True)
    for change in changes:
        record = change.record
        console.print(
            f"{record.contender}, {record.model} {record.mode} {record.batch} x {record.points} "
            f"{record.precision}: {change.ratio:.2f} of the baseline's speed"
            + (f", [red]slower[/] (limit {change.limit:.2f})" if change.regressed else "")
        )
    if not same_machine:
        console.print("The baseline comes from another machine: the ratios tell of that too.")


def _table(group: list[Record]) -> Table:
    first = group[0]
    tf32 = {None: "", True: ", TF32", False: ", no TF32"}[first.tf32]
    table = _columns(
        f"{first.model} {first.mode}, {first.batch} x {first.points}, {first.precision}{tf32}, "
        f"{first.device}, {first.threads} threads",
        *("clouds/s", "spread", "×TF1", "×peer", "1 cloud", "start", "added", "roof"),
    )
    for record in group:
        start = record.time_to_first_step
        table.add_row(
            record.contender,
            f"{record.clouds_per_second:.1f}",
            f"{record.spread:.0%}",
            _times(record.against_reference),
            _times(record.against_peer),
            "" if record.latency_ms is None else f"{record.latency_ms:.1f} ms",
            f"{start.import_s + start.build_s + start.compile_s:.1f} s",
            f"{record.memory_added_bytes / 2**20:.0f} MiB",
            f"{record.roofline_share:.0%}",
        )
    return table


def _columns(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"
