"""Evaluates a classifier: `python -m tf2_native.evaluate --checkpoint best.keras --data FOLDER`."""

import os
from pathlib import Path
from typing import Annotated, Any

import h5py
import keras
import numpy as np
import typer
from numpy.typing import NDArray

from tf2_native.augmentation import rotate_about_y
from tf2_native.checkpoint import load_keras_model
from tf2_native.data import PointCloudFiles
from tf2_native.errors import InputError, one_line_errors
from tf2_native.metrics import class_accuracies, mean_class_accuracy, overall_accuracy


def vote(model: keras.Model, points: NDArray[np.float32], num_votes: int = 1) -> NDArray[Any]:
    """Sums the logits of a batch seen from equally spaced angles about the vertical axis.

    Arguments:
        model: from points to logits.
        points: B x N x 3.
        num_votes: number of angles; the first is zero.

    Returns:
        Floating B x num_classes.
    """
    logits = [
        model.predict_on_batch(rotate_about_y(points, np.full(len(points), angle)))
        for angle in 2 * np.pi * np.arange(num_votes) / num_votes
    ]
    total: NDArray[Any] = np.sum(logits, axis=0)
    return total


def predict(
    model: keras.Model, clouds: PointCloudFiles, num_votes: int = 1
) -> tuple[NDArray[np.int32], NDArray[Any]]:
    """True classes and logits of every cloud in one epoch.

    Arguments:
        model: from points to logits.
        clouds: the batches.
        num_votes: see `vote`.

    Returns:
        Labels [n] and logits n x num_classes, summed over the votes.
    """
    labels, logits = [], []
    for points, batch_labels in clouds:
        labels.append(batch_labels)
        logits.append(vote(model, points, num_votes))
    return np.concatenate(labels), np.concatenate(logits)


def dump(folder: Path, labels: NDArray[np.int32], logits: NDArray[Any]) -> None:
    """Writes `labels` and `logits` to `predictions.h5`, whole or not at all.

    Arguments:
        folder: is created.
        labels: true classes, [n].
        logits: n x num_classes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".predictions.h5.partial-{os.getpid()}"
    try:
        with h5py.File(partial, "w") as file:
            file["labels"] = labels
            file["logits"] = logits
        partial.replace(folder / "predictions.h5")
    finally:
        partial.unlink(missing_ok=True)


def report(
    labels: NDArray[np.int32], predictions: NDArray[np.int64], class_names: list[str]
) -> str:
    """The accuracies as text: one line a class, then mean class and overall accuracy.

    Arguments:
        labels: true classes, [n].
        predictions: predicted classes, [n].
        class_names: one a class.

    Returns:
        Lines; a class that never occurs is marked with a dash and counts for nothing.
    """
    classes = len(class_names)
    width = max(map(len, [*class_names, "mean class accuracy"]))
    rows = list(zip(class_names, class_accuracies(labels, predictions, classes), strict=True))
    rows.append(("mean class accuracy", mean_class_accuracy(labels, predictions, classes)))
    rows.append(("overall accuracy", overall_accuracy(labels, predictions)))
    return "\n".join(
        f"{name:<{width}}  {'-' if np.isnan(share) else format(share, '.4f'):>6}"
        for name, share in rows
    )


app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def main(
    checkpoint: Annotated[Path, typer.Option(help="A .keras file.")],
    data: Annotated[Path, typer.Option(help="Folder like modelnet40_ply_hdf5_2048.")],
    num_votes: Annotated[int, typer.Option(min=1, help="Angles to sum logits over.")] = 1,
    num_point: Annotated[int, typer.Option(min=1)] = 1024,
    batch_size: Annotated[int, typer.Option(min=1)] = 4,
    dump_dir: Annotated[Path | None, typer.Option(help="Where to write predictions.h5.")] = None,
) -> None:
    """Evaluates a trained classifier on the test files."""
    with one_line_errors():
        model = load_keras_model(checkpoint)
        clouds = PointCloudFiles(data, "test", batch_size=batch_size, num_points=num_point)
        _check_fits(model, clouds, checkpoint)
        labels, logits = predict(model, clouds, num_votes)
        if dump_dir is not None:
            dump(dump_dir, labels, logits)
        print(report(labels, np.argmax(logits, axis=-1), clouds.class_names))


def _check_fits(model: keras.Model, clouds: PointCloudFiles, checkpoint: Path) -> None:
    points, classes = model.input_shape[1], model.output_shape[-1]
    if points not in (None, clouds.num_points):
        raise InputError(f"{checkpoint}: was trained on {points} points; use --num-point {points}")
    if classes != len(clouds.class_names):
        raise InputError(
            f"{checkpoint}: tells {classes} classes apart, but {clouds.folder}/shape_names.txt "
            f"names {len(clouds.class_names)}"
        )


if __name__ == "__main__":
    app()
