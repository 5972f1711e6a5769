"""What can be had without learning: figures that a trained network has to beat by a wide margin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.datasets.clouds import Clouds

Floats = npt.NDArray[np.float64]

QUANTILES = 32


@dataclass(frozen=True)
class Accuracy:
    """Of a classifier on a test set.

    Attributes:
        overall: the share of clouds that are right.
        mean_class: the mean over classes of the share of each that is right; classes without test
            clouds do not count.
    """

    overall: float
    mean_class: float


def quantile_features(points: npt.NDArray[np.floating]) -> Floats:
    """Each axis' coordinates in ascending order, thinned to 32 quantiles: no order of points left.

    Arguments:
        points: n x P x 3.

    Returns:
        float64, n x 96.
    """
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    found = np.quantile(np.asarray(points, np.float64), levels, axis=1)
    return np.moveaxis(found, 0, 1).reshape(len(points), -1)


def nearest_centroid(train: Iterable[Clouds], test: Iterable[Clouds], num_classes: int) -> Accuracy:
    """Classifies each cloud by the class whose mean `quantile_features` lie nearest.

    Arguments:
        train, test: clouds in one or more pieces.
        num_classes: labels are 0 .. num_classes - 1.
    """
    sums = np.zeros((num_classes, 3 * QUANTILES))
    counts = np.zeros(num_classes, int)
    for piece in train:
        np.add.at(sums, piece.labels, quantile_features(piece.points))
        counts += np.bincount(piece.labels, minlength=num_classes)
    centroids = np.full_like(sums, np.inf)
    np.divide(sums, counts[:, None], out=centroids, where=counts[:, None] > 0)
    right, total = np.zeros((2, num_classes), int)
    for piece in test:
        features = quantile_features(piece.points)
        distances = ((features[:, None] - centroids) ** 2).sum(axis=-1)
        hit = distances.argmin(axis=1) == piece.labels
        right += np.bincount(piece.labels[hit], minlength=num_classes)
        total += np.bincount(piece.labels, minlength=num_classes)
    shares = right[total > 0] / total[total > 0]
    return Accuracy(float(right.sum() / total.sum()), float(shares.mean()))


@dataclass(frozen=True)
class PartScore:
    """Of a part segmenter on a test set, as PointNet scores it.

    Attributes:
        accuracy: the share of points that are right.
        mean_iou: the mean over shapes of the mean, over the parts of the shape's category, of
            intersection over union; a part in neither truth nor prediction counts one.
        mean_category_iou: the same, averaged within each category first.
    """

    accuracy: float
    mean_iou: float
    mean_category_iou: float


def majority_part(
    train: Iterable[Clouds], test: Iterable[Clouds], parts_of: Sequence[Sequence[int]]
) -> PartScore:
    """Gives every point the part that is the most frequent one of its category in training.

    Arguments:
        train, test: clouds with parts, in one or more pieces.
        parts_of: for each category, its parts.
    """
    num_parts = 1 + max(part for parts in parts_of for part in parts)
    counts = np.zeros(num_parts, int)
    for piece in train:
        assert piece.parts is not None
        counts += np.bincount(piece.parts.ravel(), minlength=num_parts)
    majority = np.array([max(parts, key=lambda part: int(counts[part])) for parts in parts_of])
    labels, right, ious = [], [], []
    for piece in test:
        assert piece.parts is not None
        for label, parts in zip(piece.labels.tolist(), piece.parts, strict=True):
            share = float((parts == majority[label]).mean())
            absent = sum(part not in parts for part in parts_of[label] if part != majority[label])
            labels.append(label)
            right.append(share)
            # Of the majority's part, the union is the whole cloud; of any other that occurs, the
            # intersection is empty.
            ious.append((share + absent) / len(parts_of[label]))
    by_category = [
        np.mean([iou for iou, owner in zip(ious, labels, strict=True) if owner == label])
        for label in sorted(set(labels))
    ]
    return PartScore(float(np.mean(right)), float(np.mean(ious)), float(np.mean(by_category)))
