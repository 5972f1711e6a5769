"""The figures that classifiers and segmenters are judged by, written once, on NumPy arrays.

Figures over classes come from a confusion matrix, and matrices add up: a test set is judged batch
by batch. Those of parts are means over shapes (Yi et al., "A Scalable Active Framework for Region
Annotation in 3D Shape Collections", and arXiv 1612.00593); those of scenes come from counts summed
over all points (arXiv 1612.00593).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Parts = Sequence[Sequence[int]]  # the parts of each category


def confusion_matrix(
    labels: NDArray[Any], predictions: NDArray[Any], num_classes: int
) -> NDArray[np.int64]:
    """How often each true class was taken for each class.

    Arguments:
        labels: true classes, integer, of any shape.
        predictions: predicted classes, integer, of the same shape.
        num_classes: K.

    Returns:
        int64 K x K; true classes down, predicted ones across.

    Raises:
        ValueError: shapes that differ, or a class outside 0 .. K - 1.
    """
    if labels.shape != predictions.shape:
        raise ValueError(f"labels {labels.shape} and predictions {predictions.shape} do not pair")
    for name, classes in (("label", labels), ("prediction", predictions)):
        if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
            raise ValueError(
                f"{name}s run from {classes.min()} to {classes.max()}: "
                f"not all are among {num_classes} classes"
            )
    pairs = labels.astype(np.int64).ravel() * num_classes + predictions.ravel()
    counts = np.bincount(pairs, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def overall_accuracy(confusion: NDArray[np.int64]) -> float:
    """Share of everything that is predicted right; NaN of an empty matrix."""
    return float(_ratio(np.trace(confusion), confusion.sum()))


def class_accuracies(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each true class that is predicted right.

    Returns:
        float64 [K]; NaN for a class that never occurs.
    """
    return _ratio(np.diagonal(confusion), confusion.sum(axis=1))


def mean_class_accuracy(confusion: NDArray[np.int64]) -> float:
    """Mean of `class_accuracies` over the classes that occur."""
    return _mean_of_known(class_accuracies(confusion))


def class_ious(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Intersection over union of each class, from summed counts.

    Returns:
        float64 [K]; NaN for a class that is neither true nor predicted anywhere.
    """
    right = np.diagonal(confusion)
    return _ratio(right, confusion.sum(axis=0) + confusion.sum(axis=1) - right)


def mean_iou(confusion: NDArray[np.int64]) -> float:
    """Mean of `class_ious` over the classes that are true or predicted somewhere."""
    return _mean_of_known(class_ious(confusion))


def best_part(logits: NDArray[Any], category: NDArray[Any], parts: Parts) -> NDArray[np.int64]:
    """The part of every point, when only the parts of its shape's category compete.

    Arguments:
        logits: floating B x N x K.
        category: of each shape, integer B.
        parts: of each category, some of 0 .. K - 1.

    Returns:
        int64 B x N.

    Raises:
        ValueError: a shape of a category that has no parts.
    """
    competes = np.zeros((len(parts), logits.shape[-1]), bool)
    for index, of_category in enumerate(parts):
        competes[index, list(of_category)] = True
    allowed = competes[category]
    if not allowed.any(axis=1).all():
        raise ValueError(f"category {category[~allowed.any(axis=1)][0]} has no parts")
    return np.argmax(np.where(allowed[:, None], logits, -np.inf), axis=-1)


def shape_ious(
    labels: NDArray[Any], predictions: NDArray[Any], category: NDArray[Any], parts: Parts
) -> NDArray[np.float64]:
    """Mean intersection over union of each shape, over the parts of its category.

    A part that neither is there nor is predicted counts 1.

    Arguments:
        labels: true parts, integer B x N.
        predictions: predicted parts, integer B x N.
        category: of each shape, integer B.
        parts: of each category.

    Returns:
        float64 B.
    """
    ious = np.empty(len(labels))
    for index in np.unique(category):
        chosen = np.flatnonzero(category == index)
        of_category = np.asarray(parts[index])
        true = labels[chosen, :, None] == of_category
        predicted = predictions[chosen, :, None] == of_category
        union = (true | predicted).sum(axis=1)
        both = (true & predicted).sum(axis=1)
        ious[chosen] = np.where(union > 0, both / np.maximum(union, 1), 1.0).mean(axis=1)
    return ious


def category_means(
    ious: NDArray[np.float64], category: NDArray[Any], num_categories: int
) -> NDArray[np.float64]:
    """Mean over the shapes of each category.

    Arguments:
        ious: of each shape, float64 B.
        category: of each shape, integer B.
        num_categories: C.

    Returns:
        float64 [C]; NaN for a category without shapes.
    """
    sums = np.bincount(category, weights=ious, minlength=num_categories)
    return _ratio(sums, np.bincount(category, minlength=num_categories))


def mean_of_categories(means: NDArray[np.float64]) -> float:
    """Mean of `category_means` over the categories that have shapes."""
    return _mean_of_known(means)


def _ratio(part: Any, whole: Any) -> NDArray[np.float64]:
    """NaN where the whole is nothing."""
    whole = np.asarray(whole, float)
    nothing = np.full(whole.shape, np.nan)
    return np.divide(part, whole, out=nothing, where=whole > 0)


def _mean_of_known(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
