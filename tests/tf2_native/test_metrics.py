"""The accuracies."""

import keras
import numpy as np
import pytest

from tf2_native.metrics import (
    MeanClassAccuracy,
    class_accuracies,
    class_ious,
    competing_parts,
    confusion_matrix,
    mean_class_accuracy,
    mean_iou,
    overall_accuracy,
    shape_iou,
)

LABELS = np.array([0, 0, 0, 2, 2])
PREDICTIONS = np.array([0, 0, 1, 2, 1])


def test_overall_accuracy():
    assert overall_accuracy(LABELS, PREDICTIONS) == 3 / 5


def test_classes_that_never_occur_are_left_out():
    np.testing.assert_array_equal(
        class_accuracies(LABELS, PREDICTIONS, 4), [2 / 3, np.nan, 1 / 2, np.nan]
    )
    assert mean_class_accuracy(LABELS, PREDICTIONS, 4) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_metric_is_the_same_over_batches():
    metric = MeanClassAccuracy(4)
    logits = np.eye(4, dtype="float32")[PREDICTIONS]
    assert float(metric.result()) == 0
    metric.update_state(LABELS[:2], logits[:2])
    metric.update_state(LABELS[2:, None], logits[2:])
    expected = mean_class_accuracy(LABELS, PREDICTIONS, 4)
    assert float(metric.result()) == pytest.approx(expected)


def test_metric_takes_no_weights():
    with pytest.raises(ValueError, match="leave sample_weight out"):
        MeanClassAccuracy(2).update_state([0], [[1.0, 0.0]], sample_weight=[1.0])


def test_metric_config_round_trip():
    copy = keras.metrics.deserialize(keras.metrics.serialize(MeanClassAccuracy(7, name="m")))
    assert (copy.num_classes, copy.name) == (7, "m")


def test_confusion_counts_true_classes_by_row():
    confusion = confusion_matrix(LABELS, PREDICTIONS, 3)
    assert confusion.tolist() == [[2, 1, 0], [0, 0, 0], [0, 1, 1]]


def test_iou_is_of_summed_counts_and_leaves_absent_classes_out():
    parts = [confusion_matrix(LABELS[rows], PREDICTIONS[rows], 4) for rows in ([0, 1], [2, 3, 4])]
    confusion = parts[0] + parts[1]
    np.testing.assert_array_equal(class_ious(confusion), [2 / 3, 0, 1 / 2, np.nan])
    assert mean_iou(confusion) == pytest.approx((2 / 3 + 0 + 1 / 2) / 3)


def test_keras_metric_of_fit_is_the_same():
    metric = keras.metrics.MeanIoU(4, sparse_y_pred=False)
    logits = np.eye(4, dtype="float32")[PREDICTIONS]
    metric.update_state(LABELS[:2], logits[:2])
    metric.update_state(LABELS[2:], logits[2:])
    assert float(metric.result()) == pytest.approx(
        mean_iou(confusion_matrix(LABELS, PREDICTIONS, 4))
    )


def test_only_parts_of_the_category_compete():
    logits = np.array([[9.0, 1.0, 2.0, 8.0], [0.0, -3.0, -4.0, 1.0]])
    assert competing_parts(logits, [1, 2]).tolist() == [2, 1]


def test_part_that_is_nowhere_counts_one():
    labels, predictions = np.array([1, 1, 2, 2]), np.array([1, 2, 2, 2])
    assert shape_iou(labels, predictions, [1, 2, 3]) == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert shape_iou(labels, np.full(4, 3), [1, 2, 3]) == 0
