"""What networks are trained for: the data they take, the published settings, and the judge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from harness import metrics
from harness.datasets import DatasetError
from harness.datasets.layouts import LAYOUTS
from harness.datasets.modelnet40 import read_shape_names

CLASSES_OF_SCENES = (
    *("ceiling", "floor", "wall", "beam", "column", "window", "door"),
    *("table", "chair", "sofa", "bookcase", "board", "clutter"),
)
_CHUNK = 64  # clouds of a prediction file in memory at once

Batch = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Scores:
    """What a judge makes of predictions: shares from 0 to 1, NaN where nothing was judged.

    Attributes:
        overall: by name.
        classes: by class or category, those that occur.
    """

    overall: Mapping[str, float]
    classes: Mapping[str, float]


@dataclass(frozen=True)
class Task:
    """A task and its published settings.

    Attributes:
        key: "classification", "parts" or "scenes".
        models: the networks trained for it.
        layout: key of the data folder's.
        listing: the data folder's list of training files.
        epochs, batch, points: as published.
        of_class: what `Scores.classes` holds.
        arrays: of a prediction file.
        judge: from the data folder and batches of these arrays to scores.
    """

    key: str
    models: tuple[str, ...]
    layout: str
    listing: str
    epochs: int
    batch: int
    points: int
    of_class: str
    arrays: tuple[str, ...]
    judge: Callable[[Path, Iterator[Batch]], Scores]

    def baseline(self, folder: Path) -> Mapping[str, float]:
        """What can be had on a data folder without learning, by score; empty for scenes.

        Raises:
            DatasetError: the folder is not sound.
        """
        (layout,) = (layout for layout in LAYOUTS if layout.key == self.layout)
        return layout.baseline(folder) if layout.baseline else {}

    def stored_points(self, folder: Path) -> int:
        """Points of the clouds that a data folder holds.

        Raises:
            DatasetError: the folder is not in the format of this task.
        """
        try:
            first = (folder / self.listing).read_text().split()[0]
            with h5py.File(folder / Path(first).name) as file:
                return int(file["data"].shape[1])
        except (OSError, IndexError, KeyError) as error:
            reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise DatasetError(
                f"{folder / self.listing}: no training file can be read by this list ({reason}); "
                f"give a folder for {', '.join(self.models)}"
            ) from None


def read_predictions(path: Path, arrays: tuple[str, ...]) -> Iterator[dict[str, np.ndarray]]:
    """The arrays of a prediction file, a few clouds at a time."""
    with h5py.File(path) as file:
        for start in range(0, len(file["labels"]), _CHUNK):
            yield {name: file[name][start : start + _CHUNK] for name in arrays}


def fingerprint_of_truth(path: Path, arrays: tuple[str, ...]) -> tuple[int, str]:
    """How many clouds a prediction file judges, and a hash of what is true of them."""
    count, digest = 0, hashlib.sha256()
    for batch in read_predictions(path, tuple(name for name in arrays if name != "logits")):
        count += len(batch["labels"])
        for array in batch.values():
            digest.update(array.astype(np.int32).tobytes())
    return count, digest.hexdigest()


def judge_classification(folder: Path, batches: Iterator[Batch]) -> Scores:
    """Accuracy over all clouds, and the mean over classes."""
    confusion = _summed_confusion(batches)
    names = read_shape_names(folder)
    return Scores(
        {
            "overall accuracy": metrics.overall_accuracy(confusion),
            "mean class accuracy": metrics.mean_class_accuracy(confusion),
        },
        _known(names, metrics.class_accuracies(confusion)),
    )


def judge_scenes(folder: Path, batches: Iterator[Batch]) -> Scores:
    """Accuracy over all points, and mean IoU from counts summed over all of them."""
    confusion = _summed_confusion(batches)
    return Scores(
        {
            "overall accuracy": metrics.overall_accuracy(confusion),
            "mean IoU": metrics.mean_iou(confusion),
        },
        _known(CLASSES_OF_SCENES, metrics.class_ious(confusion)),
    )


def judge_parts(folder: Path, batches: Iterator[Batch]) -> Scores:
    """Mean IoU over shapes and over categories, and accuracy over all points.

    Only the parts of a shape's category compete for its points.
    """
    names, parts = read_parts(folder)
    ious, category = [], []
    right = seen = 0
    for batch in batches:
        predictions = metrics.best_part(batch["logits"], batch["category"], parts)
        ious.append(metrics.shape_ious(batch["labels"], predictions, batch["category"], parts))
        category.append(batch["category"])
        right += int((predictions == batch["labels"]).sum())
        seen += predictions.size
    all_ious = np.concatenate(ious)
    means = metrics.category_means(all_ious, np.concatenate(category), len(names))
    return Scores(
        {
            "mean IoU of shapes": float(all_ious.mean()),
            "mean IoU of categories": metrics.mean_of_categories(means),
            "point accuracy": right / seen,
        },
        _known(names, means),
    )


def read_parts(folder: Path) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Names and parts of the categories of a ShapeNet-part folder, in the order of the labels.

    Raises:
        DatasetError: one of its two lists is missing or cannot be understood.
    """
    listing, table = "all_object_categories.txt", "overallid_to_catid_partid.json"
    try:
        lines = [line.split() for line in (folder / listing).read_text().splitlines()]
        synsets = {synset: name for name, synset in filter(None, lines)}
        overall = json.loads((folder / table).read_text())
        parts: dict[str, list[int]] = {synset: [] for synset in synsets}
        for part, (synset, _) in enumerate(overall):
            parts[synset].append(part)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{folder}: {listing} and {table} do not tell the parts of each category ({error}); "
            "copy them from the published folder"
        ) from None
    return tuple(synsets.values()), tuple(tuple(parts[synset]) for synset in synsets)


def _summed_confusion(batches: Iterator[Batch]) -> np.ndarray:
    total = np.zeros((0, 0), np.int64)
    for batch in batches:
        classes = batch["logits"].shape[-1]
        predictions = np.argmax(batch["logits"], axis=-1)
        confusion = metrics.confusion_matrix(batch["labels"], predictions, classes)
        total = confusion if not total.size else total + confusion
    return total


def _known(names: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    """By name, those that are numbers; a network may tell more classes apart than have names."""
    return {
        name: float(value)
        for name, value in zip(names, values, strict=False)
        if not np.isnan(value)
    }


TASKS = (
    Task(
        key="classification",
        models=("pointnet_cls", "pointnet_cls_basic"),
        layout="modelnet40",
        listing="train_files.txt",
        epochs=250,
        batch=32,
        points=1024,
        of_class="accuracy of a class",
        arrays=("logits", "labels"),
        judge=judge_classification,
    ),
    Task(
        key="parts",
        models=("part_seg", "pointnet_seg"),
        layout="shapenet_part",
        listing="train_hdf5_file_list.txt",
        epochs=200,
        batch=32,
        points=2048,
        of_class="mean IoU over the shapes of a category",
        arrays=("logits", "labels", "category"),
        judge=judge_parts,
    ),
    Task(
        key="scenes",
        models=("sem_seg",),
        layout="s3dis",
        listing="all_files.txt",
        epochs=50,
        batch=24,
        points=4096,
        of_class="IoU of a class",
        arrays=("logits", "labels"),
        judge=judge_scenes,
    ),
)
TASK_OF = {model: task for task in TASKS for model in task.models}
