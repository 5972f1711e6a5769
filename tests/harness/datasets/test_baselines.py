"""Baselines: right on what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from harness.datasets import Clouds
from harness.datasets.baselines import majority_part, nearest_centroid, quantile_features


def balls(labels: list[int], seed: int) -> Clouds:
    """A ball of radius 1, 2 or 3 for label 0, 1 or 2."""
    random = np.random.default_rng(seed)
    points = random.standard_normal((len(labels), 200, 3))
    points *= (1 + np.array(labels))[:, None, None] / np.linalg.norm(points, axis=-1, keepdims=True)
    return Clouds(points.astype(np.float32), np.array(labels, np.int32))


def test_features_do_not_know_the_order_of_points() -> None:
    clouds = balls([0, 1], 0)
    found = quantile_features(clouds.points)
    assert found.shape == (2, 96)
    np.testing.assert_array_equal(found, quantile_features(clouds.points[:, ::-1]))
    assert (np.diff(found.reshape(2, 32, 3), axis=1) > 0).all()


def test_what_is_apart_is_told_apart() -> None:
    train = [balls([0, 1], 0), balls([2, 2, 0], 1)]
    found = nearest_centroid(train, [balls([0, 1, 2, 2], 2)], 4)
    assert (found.overall, found.mean_class) == (1, 1)


def test_mean_class_weighs_classes_alike() -> None:
    test = balls([0, 0, 0, 2], 1)
    wrong = Clouds(test.points, np.array([0, 0, 0, 1], np.int32))
    found = nearest_centroid([balls([0, 1, 2], 0)], [wrong], 3)
    assert found.overall == pytest.approx(3 / 4)
    assert found.mean_class == pytest.approx(1 / 2)


def test_the_majority_by_hand() -> None:
    """Category 0 has parts 0, 1, 2 and is mostly 1; category 1 has 3 alone."""
    labels = np.array([0, 0, 1], np.int32)
    points = np.zeros((3, 4, 3), np.float32)
    train = Clouds(points, labels, parts=np.array([[0, 1, 1, 2], [1, 1, 0, 0], [3] * 4], np.int32))
    test = Clouds(points, labels, parts=np.array([[0, 1, 1, 1], [1] * 4, [3] * 4], np.int32))
    found = majority_part([train], [test], [(0, 1, 2), (3,)])
    assert found.accuracy == pytest.approx((3 / 4 + 1 + 1) / 3)
    # First: 0 for part 0, 3/4 for part 1, 1 for the absent part 2. The others are right throughout.
    first = (0 + 3 / 4 + 1) / 3
    assert found.mean_iou == pytest.approx((first + 1 + 1) / 3)
    assert found.mean_category_iou == pytest.approx(((first + 1) / 2 + 1) / 2)
