"""The metrics against plain loops over everything."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import metrics

CLASSES = 5
PARTS = ((0, 1, 2), (3,), (4, 5, 6, 7), (8, 9))
NUM_PARTS = 10

seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, classes: int = CLASSES) -> tuple[np.ndarray, np.ndarray]:
    """Labels and predictions, right about half the time; some classes as a rule do not occur."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(rng.integers(1, classes + 1), size=rng.integers(1, 30))
    guesses = rng.integers(classes, size=labels.shape)
    return labels, np.where(rng.random(labels.shape) < 0.5, labels, guesses)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@given(seeds)
def test_figures_over_classes(seed: int) -> None:
    labels, predictions = drawn(seed)
    pairs = list(zip(labels.tolist(), predictions.tolist(), strict=True))
    accuracies, ious = {}, {}
    for k in range(CLASSES):
        true = [p for label, p in pairs if label == k]
        if true:
            accuracies[k] = mean([float(p == k) for p in true])
        union = sum(k in pair for pair in pairs)
        if union:
            ious[k] = sum(pair == (k, k) for pair in pairs) / union
    confusion = metrics.confusion_matrix(labels, predictions, CLASSES)
    assert metrics.overall_accuracy(confusion) == pytest.approx(mean([a == b for a, b in pairs]))
    assert metrics.mean_class_accuracy(confusion) == pytest.approx(mean([*accuracies.values()]))
    assert metrics.mean_iou(confusion) == pytest.approx(mean([*ious.values()]))
    for k in range(CLASSES):
        assert metrics.class_accuracies(confusion)[k] == pytest.approx(
            accuracies.get(k, math.nan), nan_ok=True
        )
        assert metrics.class_ious(confusion)[k] == pytest.approx(ious.get(k, math.nan), nan_ok=True)


@given(seeds, seeds)
def test_matrices_add_up(first: int, second: int) -> None:
    batches = [drawn(first), drawn(second)]
    whole = metrics.confusion_matrix(*map(np.concatenate, zip(*batches, strict=True)), CLASSES)
    parts = [metrics.confusion_matrix(*batch, CLASSES) for batch in batches]
    np.testing.assert_array_equal(whole, parts[0] + parts[1])


def shapes(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits, labels and categories of a few shapes; not every part is there in every shape."""
    rng = np.random.default_rng(seed)
    count, points = rng.integers(1, 6), rng.integers(1, 8)
    category = rng.integers(len(PARTS), size=count)
    labels = np.array([[rng.choice(PARTS[c]) for _ in range(points)] for c in category])
    logits = rng.standard_normal((count, points, NUM_PARTS))
    logits += 2 * (labels[..., None] == np.arange(NUM_PARTS))
    return logits, labels, category


@given(seeds)
def test_only_the_parts_of_the_category_compete(seed: int) -> None:
    logits, _, category = shapes(seed)
    found = metrics.best_part(logits, category, PARTS)
    for shape, c in enumerate(category):
        for point, values in enumerate(logits[shape]):
            assert found[shape, point] == max(PARTS[c], key=lambda part, v=values: v[part])


@given(seeds)
def test_iou_of_shapes(seed: int) -> None:
    logits, labels, category = shapes(seed)
    predictions = metrics.best_part(logits, category, PARTS)
    expected = []
    for shape, c in enumerate(category):
        of_parts = []
        for part in PARTS[c]:
            pairs = list(zip(labels[shape], predictions[shape], strict=True))
            union = sum(part in pair for pair in pairs)
            both = sum(pair == (part, part) for pair in pairs)
            of_parts.append(both / union if union else 1.0)
        expected.append(mean(of_parts))
    found = metrics.shape_ious(labels, predictions, category, PARTS)
    np.testing.assert_allclose(found, expected)
    means = metrics.category_means(found, category, len(PARTS))
    by_category = [
        mean([iou for iou, c in zip(expected, category, strict=True) if c == k])
        for k in range(len(PARTS))
        if k in category
    ]
    np.testing.assert_allclose(means[~np.isnan(means)], by_category)
    assert metrics.mean_of_categories(means) == pytest.approx(mean(by_category))


def test_a_part_that_is_nowhere_counts_one() -> None:
    labels, category = np.array([[0, 0, 1]]), np.array([0])
    assert metrics.shape_ious(labels, labels, category, PARTS) == [1.0]
    # Half of the one, nothing of the other, all of the third, which is nowhere.
    predictions = np.array([[0, 1, 0]])
    assert metrics.shape_ious(labels, predictions, category, PARTS) == pytest.approx(
        [(1 / 3 + 0 + 1) / 3]
    )


def test_nothing_has_no_accuracy() -> None:
    confusion = np.zeros((3, 3), np.int64)
    assert math.isnan(metrics.overall_accuracy(confusion))
    assert math.isnan(metrics.mean_class_accuracy(confusion))
    assert math.isnan(metrics.mean_iou(confusion))


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([0, 5], [0, 1], r"labels run from 0 to 5"),
        ([0, 1], [-1, 1], r"predictions run from -1 to 1"),
        ([0, 1], [0], "do not pair"),
    ],
)
def test_classes_that_cannot_be_are_refused(
    labels: list[int], predictions: list[int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        metrics.confusion_matrix(np.array(labels), np.array(predictions), CLASSES)


def test_a_category_without_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="category 1 has no parts"):
        metrics.best_part(np.zeros((1, 2, 3)), np.array([1]), ((0,), ()))
