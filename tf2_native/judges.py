"""How good a network is, by the metrics of its task: fed a batch at a time, then asked."""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tf2_native.data import Clouds, Split
from tf2_native.metrics import (
    class_accuracies,
    class_ious,
    competing_parts,
    confusion_matrix,
    mean_class_accuracy,
    mean_iou,
    overall_accuracy,
    shape_iou,
)

Row = tuple[str, float]


class Judge(Protocol):
    """What is fed and asked."""

    confusion: NDArray[np.int64]

    def add(self, clouds: Clouds, logits: NDArray[Any]) -> NDArray[np.int64]:
        """Takes one batch.

        Returns:
            The predicted labels, shaped like the true ones.
        """

    def table(self) -> list[Row]:
        """Name and value of each metric, the most telling last; NaN for one without cases."""


class ClassJudge:
    """Accuracy of each class, their mean, and overall."""

    def __init__(self, split: Split) -> None:
        self._names = split.class_names
        self._labels: list[NDArray[Any]] = []
        self._predictions: list[NDArray[Any]] = []
        self.confusion = np.zeros((len(self._names), len(self._names)), np.int64)

    def add(self, clouds: Clouds, logits: NDArray[Any]) -> NDArray[np.int64]:
        """Takes logits B x num_classes; see `Judge`."""
        predictions: NDArray[np.int64] = np.argmax(logits, axis=-1)
        self._labels.append(clouds.labels)
        self._predictions.append(predictions)
        self.confusion += confusion_matrix(clouds.labels, predictions, len(self._names))
        return predictions

    def table(self) -> list[Row]:
        """See `Judge`."""
        labels, predictions = np.concatenate(self._labels), np.concatenate(self._predictions)
        classes = len(self._names)
        shares = class_accuracies(labels, predictions, classes)
        return [
            *zip(self._names, shares.tolist(), strict=True),
            ("mean class accuracy", mean_class_accuracy(labels, predictions, classes)),
            ("overall accuracy", overall_accuracy(labels, predictions)),
        ]


class PartJudge:
    """IoU of the shapes of each category, mean over categories and over shapes.

    Only the parts of a shape's own category compete for its points.
    """

    def __init__(self, split: Split) -> None:
        self._categories = split.categories
        self._ious: list[list[float]] = [[] for _ in self._categories]
        self._right = self._seen = 0
        self.confusion = np.zeros((len(split.class_names), len(split.class_names)), np.int64)

    def add(self, clouds: Clouds, logits: NDArray[Any]) -> NDArray[np.int64]:
        """Takes logits B x N x num_parts; see `Judge`."""
        assert clouds.category is not None
        predictions = np.empty(clouds.labels.shape, np.int64)
        for row, number in enumerate(clouds.category):
            parts = self._categories[number].parts
            predictions[row] = competing_parts(logits[row], parts)
            self._ious[number].append(shape_iou(clouds.labels[row], predictions[row], parts))
        self._right += int((predictions == clouds.labels).sum())
        self._seen += predictions.size
        self.confusion += confusion_matrix(clouds.labels, predictions, len(self.confusion))
        return predictions

    def table(self) -> list[Row]:
        """See `Judge`."""
        of_category = [float(np.mean(ious)) if ious else np.nan for ious in self._ious]
        names = (f"IoU {category.name}" for category in self._categories)
        return [
            *zip(names, of_category, strict=True),
            ("point accuracy", self._right / self._seen),
            ("mean IoU of categories", float(np.nanmean(of_category))),
            ("mean IoU of shapes", float(np.mean([i for ious in self._ious for i in ious]))),
        ]


class SceneJudge:
    """IoU of each class and their mean, from counts summed over all points."""

    def __init__(self, split: Split) -> None:
        self._names = split.class_names
        self.confusion = np.zeros((len(self._names), len(self._names)), np.int64)

    def add(self, clouds: Clouds, logits: NDArray[Any]) -> NDArray[np.int64]:
        """Takes logits B x N x num_classes; see `Judge`."""
        predictions: NDArray[np.int64] = np.argmax(logits, axis=-1)
        self.confusion += confusion_matrix(clouds.labels, predictions, len(self._names))
        return predictions

    def table(self) -> list[Row]:
        """See `Judge`."""
        names = (f"IoU {name}" for name in self._names)
        return [
            *zip(names, class_ious(self.confusion).tolist(), strict=True),
            ("overall accuracy", float(np.trace(self.confusion) / self.confusion.sum())),
            ("mean IoU", mean_iou(self.confusion)),
        ]


JUDGES: MappingProxyType[str, Callable[[Split], Judge]] = MappingProxyType(
    {"classes": ClassJudge, "parts": PartJudge, "scenes": SceneJudge}
)


def as_text(table: Iterable[Row]) -> str:
    """A table as lines.

    Arguments:
        table: names and values.

    Returns:
        One line a row; a dash for a value that is not known.
    """
    rows = list(table)
    width = max(len(name) for name, _ in rows)
    return "\n".join(
        f"{name:<{width}}  {'-' if np.isnan(value) else format(value, '.4f'):>6}"
        for name, value in rows
    )
