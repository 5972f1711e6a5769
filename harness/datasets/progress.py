"""Shows how far long work on a data set has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: float | None, unit: str = "") -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error, where that is a terminal; nothing elsewhere.

    Arguments:
        total: how much there is to do; None where unknown.
        unit: "bytes" for a download, with its speed; else a count.

    Yields:
        To be called with what was done last and how much of `total` that was.
    """
    # Slow to import, and only long work needs it.
    from rich import progress as rich
    from rich.console import Console

    measure = (
        (rich.DownloadColumn(), rich.TransferSpeedColumn())
        if unit == "bytes"
        else (rich.MofNCompleteColumn(),)
    )
    console = Console(stderr=True)
    with rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        *measure,
        rich.TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=total)

        def advance(what: str, amount: float) -> None:
            bar.update(task, description=what, advance=amount)

        yield advance
