"""The metrics by which each network was judged, over arrays; one of them as a Keras metric."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from tf2_native.tensor import Tensor


def overall_accuracy(labels: NDArray[Any], predictions: NDArray[Any]) -> float:
    """Share of clouds predicted right.

    Arguments:
        labels: true classes, integer, [n].
        predictions: predicted classes, integer, [n].

    Returns:
        A number from 0 to 1.
    """
    return float(np.mean(labels == predictions))


def class_accuracies(
    labels: NDArray[Any], predictions: NDArray[Any], num_classes: int
) -> NDArray[np.float64]:
    """Share predicted right, of each class.

    Arguments:
        labels: true classes, integer, [n].
        predictions: predicted classes, integer, [n].
        num_classes: number of classes.

    Returns:
        float64 [num_classes]; NaN for a class that never occurs among the labels.
    """
    seen = np.bincount(labels, minlength=num_classes)
    correct = np.bincount(labels[labels == predictions], minlength=num_classes)
    unknown = np.full(num_classes, np.nan)
    shares: NDArray[np.float64] = np.divide(correct, seen, out=unknown, where=seen > 0)
    return shares


def mean_class_accuracy(labels: NDArray[Any], predictions: NDArray[Any], num_classes: int) -> float:
    """Mean of `class_accuracies` over the classes that occur.

    Arguments:
        labels: true classes, integer, [n], n > 0.
        predictions: predicted classes, integer, [n].
        num_classes: number of classes.

    Returns:
        A number from 0 to 1.
    """
    return float(np.nanmean(class_accuracies(labels, predictions, num_classes)))


def confusion_matrix(
    labels: NDArray[Any], predictions: NDArray[Any], num_classes: int
) -> NDArray[np.int64]:
    """How often each class was taken for each.

    Arguments:
        labels: true classes, integer, of any shape.
        predictions: predicted classes, integer, of the same shape.
        num_classes: number of classes.

    Returns:
        int64, num_classes x num_classes: a row for each true class, a column for each predicted.
    """
    pairs = labels.astype(np.int64).ravel() * num_classes + predictions.ravel()
    return np.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)


def class_ious(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Intersection over union of each class, from counts summed over all points.

    Arguments:
        confusion: see `confusion_matrix`.

    Returns:
        float64 [num_classes]; NaN for a class that is neither true nor predicted anywhere.
    """
    intersection = np.diag(confusion)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - intersection
    unknown = np.full(len(confusion), np.nan)
    shares: NDArray[np.float64] = np.divide(intersection, union, out=unknown, where=union > 0)
    return shares


def mean_iou(confusion: NDArray[np.int64]) -> float:
    """Mean of `class_ious` over the classes that occur.

    Arguments:
        confusion: see `confusion_matrix`; not all zero.

    Returns:
        A number from 0 to 1.
    """
    return float(np.nanmean(class_ious(confusion)))


def competing_parts(logits: NDArray[Any], parts: Sequence[int]) -> NDArray[np.int64]:
    """The likeliest part of each point, among those that its shape can have.

    Arguments:
        logits: ... x num_parts, over the parts of all categories.
        parts: of the shape's category.

    Returns:
        int64 [...], each one of `parts`.
    """
    candidates = np.asarray(parts, np.int64)
    return candidates[np.argmax(logits[..., candidates], axis=-1)]


def shape_iou(labels: NDArray[Any], predictions: NDArray[Any], parts: Sequence[int]) -> float:
    """Mean intersection over union of a shape's parts (arXiv 1612.00593, section 5.1).

    Arguments:
        labels: true parts of the points, integer, [N].
        predictions: predicted parts, integer, [N].
        parts: that the shape's category has; one that is neither true nor predicted counts 1.

    Returns:
        A number from 0 to 1.
    """
    candidates = np.asarray(parts)[:, None]
    true, predicted = labels == candidates, predictions == candidates
    intersection, union = (true & predicted).sum(axis=1), (true | predicted).sum(axis=1)
    return float(np.mean(np.where(union > 0, intersection / np.maximum(union, 1), 1.0)))


@keras.saving.register_keras_serializable(package="tf2_native")
class MeanClassAccuracy(keras.metrics.Metric):
    """`mean_class_accuracy` of all batches since the last reset.

    Arguments:
        num_classes: number of classes.
        name: under which the value is reported.
        **kwargs: for `keras.metrics.Metric`.
    """

    def __init__(self, num_classes: int, name: str = "mean_class_accuracy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.seen = self.add_variable((num_classes,), initializer="zeros", name="seen")
        self.correct = self.add_variable((num_classes,), initializer="zeros", name="correct")

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Counts one batch.

        Arguments:
            y_true: true classes, of clouds, [B] or [B, 1], or of their points, B x N.
            y_pred: logits or probabilities, [B, num_classes] or B x N x num_classes.
            sample_weight: not supported: clouds count alike.

        Raises:
            ValueError: weights were given.
        """
        if sample_weight is not None:
            raise ValueError("MeanClassAccuracy counts every cloud alike; leave sample_weight out")
        labels = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        predictions = ops.reshape(ops.cast(ops.argmax(y_pred, axis=-1), "int32"), (-1,))
        hits = ops.equal(labels, predictions)
        one_hot = ops.one_hot(labels, self.num_classes, dtype=self.dtype)
        self.seen.assign_add(ops.sum(one_hot, axis=0))
        self.correct.assign_add(ops.sum(one_hot * ops.cast(hits, self.dtype)[:, None], axis=0))

    def result(self) -> Tensor:
        """Mean over the classes seen so far; 0 where none was."""
        occurs = ops.cast(self.seen > 0, self.dtype)
        shares = self.correct / ops.maximum(self.seen, 1)
        return ops.sum(shares) / ops.maximum(ops.sum(occurs), 1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "num_classes": self.num_classes}
