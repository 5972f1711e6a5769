"""Predicts, and draws what it predicts: `python -m tf2_native.predict --checkpoint best.keras ...`.

A data set goes through a batch at a time; only the clouds to be drawn are kept.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import keras
import numpy as np
import typer
from numpy.typing import NDArray

from tf2_native.checkpoint import load_keras_model
from tf2_native.data import Category, Clouds, Split
from tf2_native.data.normalise import normalised, repeated
from tf2_native.data.single import read_cloud
from tf2_native.errors import InputError, one_line_errors
from tf2_native.inference import (
    answer,
    answers,
    check_fits,
    fixed_points,
    input_channels,
    num_classes,
    task_of,
)
from tf2_native.judges import JUDGES, as_text
from tf2_native.metrics import competing_parts
from tf2_native.pictures.cloud import DrawnCloud
from tf2_native.pictures.confusion import draw_confusion
from tf2_native.pictures.image import draw_cloud, draw_sheet
from tf2_native.pictures.page import write_page
from tf2_native.pictures.ply import write_ply
from tf2_native.predictions import PredictionsFile
from tf2_native.progress import tracked
from tf2_native.recipes import RECIPES
from tf2_native.run_record import FILE, RunRecord, read_record
from tf2_native.tasks import Selection, Task


def predict(
    model: keras.Model, task: Task, split: Split, out: Path, *, batch_size: int, pictures: int
) -> str:
    """Predicts every cloud of a split, and draws some.

    Leaves `predictions.h5` (`logits`, `predicted`, `labels` and, of shapes with parts, `category`),
    `confusion.png` and pictures: of classified clouds a sheet; of segmented ones, or of the rooms
    that blocks belong to, a PNG each; and of either a PLY each and a page for all.

    Arguments:
        model: the network.
        task: what it is for.
        split: the clouds.
        out: folder; created.
        batch_size: clouds per batch.
        pictures: how many clouds, or rooms, to draw.

    Returns:
        The metrics as text.

    Raises:
        InputError: something in the files is unusable.
    """
    judge = JUDGES[task.judged_as](split)
    gallery = _Gallery(split, pictures)
    batches = answers(model, task, split, batch_size, drop_remainder=False)
    with PredictionsFile(out) as file:
        for clouds, logits in tracked(batches, len(split), "predicting"):
            predicted = judge.add(clouds, logits)
            gallery.add(clouds, predicted)
            file.append(
                logits=logits,
                predicted=predicted.astype(np.int32),
                labels=clouds.labels,
                category=clouds.category,
            )
    draw_confusion(out / "confusion.png", judge.confusion, split.class_names)
    if task.judged_as == "classes":
        gallery.draw_sheet(out / "clouds.png")
        _write_for_viewers(out, gallery.drawn())
    else:
        draw_all(out, gallery.drawn())
    return as_text(judge.table())


def draw_all(out: Path, clouds: Sequence[DrawnCloud]) -> None:
    """Draws segmented clouds in every form.

    Arguments:
        out: folder; created.
        clouds: what to draw.
    """
    out.mkdir(parents=True, exist_ok=True)
    for number, cloud in enumerate(clouds):
        draw_cloud(out / f"cloud-{number:02}.png", cloud)
    _write_for_viewers(out, clouds)


def _write_for_viewers(out: Path, clouds: Sequence[DrawnCloud]) -> None:
    """Writes a PLY file each, and a page to turn them on."""
    for number, cloud in enumerate(clouds):
        write_ply(out / f"cloud-{number:02}.ply", cloud)
    if clouds:
        write_page(out / "clouds.html", clouds)


class _Gallery:
    """Keeps, of all that goes by, the clouds to be drawn: evenly chosen, or all of some rooms."""

    def __init__(self, split: Split, count: int) -> None:
        self._split = split
        rooms = list(dict.fromkeys(split.rooms))
        self._rooms = _evenly(rooms, count)
        self._chosen = set() if rooms else set(_evenly(range(len(split)), count))
        self._kept: list[tuple[str, Clouds, NDArray[np.int64]]] = []
        self._seen = 0

    def add(self, clouds: Clouds, predicted: NDArray[np.int64]) -> None:
        for row in range(len(clouds)):
            number, self._seen = self._seen, self._seen + 1
            room = self._split.rooms[number] if self._split.rooms else ""
            if room in self._rooms or number in self._chosen:
                self._kept.append((room or f"cloud {number}", clouds[[row]], predicted[[row]]))  # type: ignore[index]

    def draw_sheet(self, path: Path) -> None:
        """Of classified clouds."""
        names = self._split.class_names
        entries = []
        for _, cloud, predicted in self._kept:
            truth, guess = int(cloud.labels[0]), int(predicted[0])
            caption = (
                names[truth] if truth == guess else f"{names[truth]}\ntaken for {names[guess]}"
            )
            entries.append((cloud.points[0][:, [2, 0, 1]], caption, truth == guess))
        if entries:
            draw_sheet(path, entries)

    def drawn(self) -> list[DrawnCloud]:
        """Every point with its label, of a classified cloud the same; rooms are put together."""
        names = self._split.class_names
        if not self._rooms:
            return [
                DrawnCloud(
                    f"{title} ({self._split.categories[cloud.category[0]].name})"
                    if cloud.category is not None
                    else title,
                    cloud.points[0],
                    names,
                    np.broadcast_to(predicted[0], cloud.points.shape[1]),
                    np.broadcast_to(cloud.labels[0], cloud.points.shape[1]),
                )
                for title, cloud, predicted in self._kept
            ]
        drawn = []
        for room in self._rooms:
            blocks = [(c, p) for title, c, p in self._kept if title == room]
            points = np.concatenate([_in_room(cloud.points[0]) for cloud, _ in blocks])
            truth = np.concatenate([cloud.labels[0] for cloud, _ in blocks])
            predicted = np.concatenate([p[0] for _, p in blocks])
            drawn.append(DrawnCloud(room, points, names, predicted, truth, up="z"))
        return drawn


def _evenly(items: Sequence[Any], count: int) -> list[Any]:
    count = min(count, len(items))
    return [items[int(place)] for place in np.linspace(0, len(items) - 1, count)]


def _in_room(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where a block's points are in their room, in metres.

    The last three channels are shares of the room's extent, which the first three, in metres, give
    away.
    """
    shares = block[:, 6:]
    metres, spread = np.ptp(block[:, :3], axis=0), np.ptp(shares, axis=0)
    extent: NDArray[np.float32] = shares * np.where(
        spread > 0, metres / np.maximum(spread, 1e-9), 1
    )
    return extent


def predict_one(
    model: keras.Model, task: Task, cloud: Path, record: RunRecord, out: Path, shape: str | None
) -> str:
    """Predicts one cloud from a file of its own, all points of it, and draws it.

    A network made for fewer points sees it in several clouds, each spread over the whole.

    Arguments:
        model: the network.
        task: what it is for.
        cloud: see `data.single.read_cloud`.
        record: names of classes and categories.
        out: folder; created.
        shape: category of a shape with parts.

    Returns:
        What to say.

    Raises:
        InputError: the file, or the category, will not do.
    """
    points = read_cloud(cloud, input_channels(model))
    if task.judged_as != "scenes":
        points = normalised(points)
    size = fixed_points(model) or len(points)
    if task.judged_as == "classes":
        logits = answer(model, task, _unlabelled(repeated(points, size)[None], None))[0]
        ranked = np.argsort(-logits)[:5]
        return "\n".join(f"{record.class_names[k]}  {logits[k]:.3f}" for k in ranked)
    number, category = _category(record, shape) if record.categories else (None, None)
    count = -(-len(points) // size)
    rows = np.arange(count * size).reshape(size, count).T % len(points)
    predicted = np.empty(len(points), np.int64)
    logits = np.empty((len(points), num_classes(model)), np.float32)
    for chosen in rows:
        logits[chosen] = answer(model, task, _unlabelled(points[chosen][None], number))[0]
    parts = category.parts if category else range(logits.shape[-1])
    predicted[:] = competing_parts(logits, parts)
    with PredictionsFile(out) as file:
        file.append(logits=logits[None], predicted=predicted[None].astype(np.int32))
    up = "z" if task.judged_as == "scenes" else "y"
    shown = _in_room(points) if task.judged_as == "scenes" else points
    draw_all(out, [DrawnCloud(cloud.name, shown, record.class_names, predicted, up=up)])  # type: ignore[arg-type]
    counts = np.bincount(predicted, minlength=len(record.class_names))
    return "\n".join(f"{record.class_names[k]}  {counts[k]}" for k in np.flatnonzero(counts))


def _unlabelled(points: NDArray[np.float32], category: int | None) -> Clouds:
    labels = np.zeros(points.shape[:2], np.int32)
    number = None if category is None else np.full(len(points), category, np.int32)
    return Clouds(points, labels, number)


def _category(record: RunRecord, shape: str | None) -> tuple[int, Category]:
    names = [category.name for category in record.categories]
    if shape is None and len(names) == 1:
        return 0, record.categories[0]
    if shape not in names:
        raise InputError(f"--shape: no category {shape!r}; there are {', '.join(names)}")
    return names.index(shape), record.categories[names.index(shape)]


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    checkpoint: Annotated[Path, typer.Option(metavar="FILE", help="A .keras file.")],
    data: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Data set of the kind it was trained on."),
    ] = None,
    cloud: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Or one cloud: .npy, .txt, .xyz, .pts, .ply or .h5."),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where predictions and pictures go.")
    ] = Path("predictions"),
    pictures: Annotated[int, typer.Option(min=0, help="How many clouds, or rooms, to draw.")] = 4,
    split: Annotated[
        str | None,
        typer.Option(help="Which list or part of the data.", show_default="as published"),
    ] = None,
    num_point: Annotated[
        int | None, typer.Option(min=1, help="Points per cloud.", show_default="as trained")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Clouds per batch.")] = 8,
    test_area: Annotated[int, typer.Option(min=1, max=6, help="Area of S3DIS.")] = 6,
    category: Annotated[str, typer.Option(help="Category of PartAnnotation.")] = "Airplane",
    shape: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --cloud: category of a shape.")
    ] = None,
) -> None:
    """Predicts a data set or one cloud, and draws truth, prediction and where they differ."""
    with one_line_errors():
        if (data is None) == (cloud is None):
            raise InputError("give either --data FOLDER or --cloud FILE")
        model = load_keras_model(checkpoint)
        task = task_of(model, checkpoint)
        if cloud is not None:
            print(predict_one(model, task, cloud, _record(model, checkpoint), out, shape))
            return
        assert data is not None
        num_points = num_point or fixed_points(model) or RECIPES[model.name].num_points
        clouds = task.read(data, split or task.test, num_points, Selection(test_area, category))
        check_fits(model, checkpoint, clouds, num_points)
        print(predict(model, task, clouds, out, batch_size=batch_size, pictures=pictures))


def _record(model: keras.Model, checkpoint: Path) -> RunRecord:
    """What the run of a checkpoint left beside it; without, classes go by their numbers."""
    if (checkpoint.parent / FILE).exists():
        return read_record(checkpoint.parent)
    if model.name == "part_seg":
        raise InputError(
            f"{checkpoint.parent / FILE}: no such file; part_seg needs the categories named there"
        )
    names = tuple(f"class {number}" for number in range(num_classes(model)))
    return RunRecord({"model": model.name}, names)


if __name__ == "__main__":
    app()
