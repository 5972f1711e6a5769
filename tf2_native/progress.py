"""A progress bar for work that is done a batch of clouds at a time."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tf2_native.data import Clouds

Batch = TypeVar("Batch", bound=tuple[Clouds, object])


def tracked(batches: Iterable[Batch], clouds: int, doing: str) -> Iterator[Batch]:
    """Hands batches on, and shows on standard error how many clouds have gone by.

    Arguments:
        batches: pairs that begin with a batch of clouds.
        clouds: how many there are in all.
        doing: said in front of the bar.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=clouds)
        for batch in batches:
            yield batch
            progress.advance(task, len(batch[0]))
