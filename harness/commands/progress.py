"""Progress of long commands, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class progress:
    """A progress bar for a run over the equivalence_run."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", justify="left"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Callable[[int], Callable[[str], None]]:
        return self._start

    def _start(self, total: int) -> Callable[[str], None]:
        self._bar.start()
        task = self._bar.add_task("starting", total=total)

        def done(line: str) -> None:
            self._bar.update(task, advance=1, description=line)
            if not self._bar.console.is_terminal:
                print(line, file=sys.stderr, flush=True)

        return done

    def __exit__(self, *error: object) -> None:
        if self._bar.tasks:
            self._bar.stop()
