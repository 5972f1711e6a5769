"""What a trained network says of clouds, a batch at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tf2_native.augmentation import rotate_about_y
from tf2_native.data import Clouds, Split, clouds_in_batches, count_batches
from tf2_native.data.normalise import normalised
from tf2_native.errors import InputError
from tf2_native.tasks import TASKS, Task


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


def answer(
    model: keras.Model, task: Task, clouds: Clouds, num_votes: int = 1
) -> NDArray[np.float32]:
    """The logits of a batch: B x num_classes, or B x N x num_classes.

    Arguments:
        model: a network of this task.
        task: what the network is for.
        clouds: the batch, as stored; see `prepared`.
        num_votes: of a classifier, see `vote`.

    Returns:
        float32; for a network that ends in a softmax, the logarithms of its probabilities would
        order the classes alike, so these are handed on as they are.
    """
    if task.judged_as == "classes":
        return vote(model, clouds.points, num_votes).astype(np.float32)
    inputs, _ = task.form(prepared(task, clouds))
    outputs = model.predict_on_batch(inputs)
    logits = outputs["logits"] if isinstance(outputs, dict) else outputs
    return np.asarray(logits).astype(np.float32)


def prepared(task: Task, clouds: Clouds) -> Clouds:
    """A batch as it is judged: shapes with parts are centred and scaled, as published."""
    return clouds.moved(normalised(clouds.points)) if task.judged_as == "parts" else clouds


def answers(
    model: keras.Model,
    task: Task,
    split: Split,
    batch_size: int,
    *,
    num_votes: int = 1,
    drop_remainder: bool = True,
) -> Iterator[tuple[Clouds, NDArray[np.float32]]]:
    """Every batch of a split, as it is stored, with its logits.

    Arguments:
        model: a network of this task.
        task: what the network is for.
        split: the clouds.
        batch_size: clouds per batch.
        num_votes: see `answer`.
        drop_remainder: see `clouds_in_batches`.

    Raises:
        InputError: there is no batch, or something in the files is unusable.
    """
    count_batches(split, batch_size, drop_remainder)
    for clouds in clouds_in_batches(split, batch_size, drop_remainder=drop_remainder):
        yield clouds, answer(model, task, clouds, num_votes)


def task_of(model: keras.Model, checkpoint: Path) -> Task:
    """What a loaded network is for.

    Raises:
        InputError: it is none of ours.
    """
    if model.name not in TASKS:
        raise InputError(
            f"{checkpoint}: holds a network called {model.name!r}; known are {', '.join(TASKS)}"
        )
    return TASKS[model.name]


def fixed_points(model: keras.Model) -> int | None:
    """How many points a network takes; None for any number."""
    inputs = model.input["points"] if isinstance(model.input, dict) else model.input
    points: int | None = inputs.shape[1]
    return points


def num_classes(model: keras.Model) -> int:
    """How many classes a network tells apart."""
    logits = model.output["logits"] if isinstance(model.output, dict) else model.output
    classes: int = logits.shape[-1]
    return classes


def check_fits(model: keras.Model, checkpoint: Path, split: Split, num_points: int) -> None:
    """Compares a network with the data it is to be used on.

    Raises:
        InputError: it takes another number of points, or tells another number of classes apart.
    """
    points, classes = fixed_points(model), num_classes(model)
    if points not in (None, num_points):
        raise InputError(f"{checkpoint}: was trained on {points} points; use --num-point {points}")
    if classes != len(split.class_names):
        raise InputError(
            f"{checkpoint}: tells {classes} classes apart, but {split.folder} names "
            f"{len(split.class_names)}"
        )


def input_channels(model: keras.Model) -> int:
    """How many numbers a point has that a network takes."""
    inputs = model.input["points"] if isinstance(model.input, dict) else model.input
    channels: int = inputs.shape[-1]
    return channels
