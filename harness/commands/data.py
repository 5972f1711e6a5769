"""The commands of `python -m harness data`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness.datasets import DATASETS, DatasetError
from harness.datasets.download import ARCHIVES, fetch
from harness.datasets.layouts import detect
from harness.datasets.registry import DatasetSpec

app = typer.Typer(
    help="Data sets: which there are, how to have them on disk, and what is in them.",
    no_args_is_help=True,
)


@app.command("list")
def list_() -> None:
    """Which data sets there are."""
    table = Table()
    for heading in ("key", "what", "layouts", "licence"):
        table.add_column(heading)
    for spec in DATASETS.values():
        table.add_row(spec.key, spec.description, "\n".join(spec.writers), spec.licence)
    Console().print(table)


@app.command()
def build(
    key: Annotated[str, typer.Argument(help=f"One of {', '.join(DATASETS)}.")],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    layout: Annotated[str | None, typer.Option(help="One of those `data list` shows.")] = None,
    source: Annotated[
        Path | None, typer.Option(help="A local copy; for kicad its .deb, downloaded if left out.")
    ] = None,
    points: Annotated[int | None, typer.Option(min=1, help="Points of each cloud.")] = None,
    size: Annotated[str | None, typer.Option(help="Of rooms: tiny, small or large.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of what is drawn at random.")] = None,
    train: Annotated[int | None, typer.Option(min=1, help="Clouds of each class.")] = None,
    val: Annotated[int | None, typer.Option(min=1, help="Clouds of each class.")] = None,
    test: Annotated[int | None, typer.Option(min=1, help="Clouds of each class.")] = None,
) -> None:
    """Write a data set to a folder, whole or not at all, and print what is in it.

    Which options a data set takes depends on what it is made from; one it does not take is refused.
    """
    if key not in DATASETS:
        raise DatasetError(f"unknown data set {key!r}: one of {', '.join(DATASETS)}")
    spec = DATASETS[key]
    if source and not spec.takes("source"):
        takers = ", ".join(other.key for other in DATASETS.values() if other.takes("source"))
        raise DatasetError(f"--source is for {takers}; {key} is made without one")
    options = {
        "source": source,
        "num_points": points,
        "size": size,
        "seed": seed,
        "train": train,
        "val": val,
        "test": test,
    }
    with _progress(spec) as progress:
        found = spec.build(out, layout, **options, progress=progress)
    for summary in found:
        print(summary)


@app.command("fetch")
def fetch_(
    key: Annotated[str, typer.Argument(help=f"One of {', '.join(ARCHIVES)}.")],
    out: Annotated[Path, typer.Option(help="Folder to unpack the archive's own into.")] = Path(
        "data"
    ),
    source: Annotated[
        str | None,
        typer.Option("--from", help="A mirror's address, or the path of a copy of the archive."),
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="What the archive must be.")] = None,
) -> None:
    """Download a published archive, verify and unpack it; given again, goes on where it stopped."""
    print(fetch(key, out, source, sha256))


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(help="A data set in any of the layouts.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the pictures; <folder>-pictures if left out.")
    ] = None,
    samples: Annotated[int, typer.Option(min=0, help="Clouds to draw; 0 draws nothing.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Of the draw.")] = 0,
) -> None:
    """Print counts and class balance; draw samples as PNG, as a page and as PLY files."""
    from harness.report.files import write_atomically

    found = detect(folder)
    for layout, path in found:
        print(layout.summarise(path))
    if samples == 0:
        return
    from harness.pictures import clouds as pictures

    pictured = out or folder.resolve().parent / f"{folder.resolve().name}-pictures"
    for layout, path in found:
        drawn = layout.samples(path, samples, seed)
        title = f"{path.resolve().name}: {layout.title}"
        print(write_atomically(pictured / f"{layout.key}.png", pictures.sheet(drawn)))
        print(write_atomically(pictured / f"{layout.key}.html", pictures.page(drawn, title)))
        for number, cloud in enumerate(drawn, 1):
            name = re.sub(r"[^\w.-]+", "-", cloud.title)
            target = pictured / layout.key / f"{number:02}-{name}.ply"
            write_atomically(target, pictures.ply(cloud.points, cloud.labels))
        print(f"{pictured / layout.key}/*.ply")


@app.command()
def baseline(
    folder: Annotated[Path, typer.Argument(help="A data set of classes or of parts.")],
) -> None:
    """Print what can be had without learning: a trained network has to do better by far.

    Of classes: the one whose mean sorted coordinates are nearest. Of parts: the most frequent one
    of the category.
    """
    found = [(layout, path) for layout, path in detect(folder) if layout.baseline]
    if not found:
        raise DatasetError(f"{folder}: only data sets of classes or parts have a baseline")
    for layout, path in found:
        assert layout.baseline
        print(f"{path}: {layout.title}")
        for name, value in layout.baseline(path).items():
            print(f"  {name:<22}  {value:.4f}")


@contextmanager
def _progress(spec: DatasetSpec) -> Iterator[Callable[[float, str], None] | None]:
    """A bar on standard error for a builder that reports, which those that take long do."""
    if not spec.takes("progress"):
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(spec.key, total=1.0)

        def report(done: float, words: str) -> None:
            bar.update(task, completed=done, description=f"{spec.key}: {words}")

        yield report
