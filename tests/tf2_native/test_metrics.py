"""The accuracies."""

import keras
import numpy as np
import pytest

from tf2_native.metrics import (
    MeanClassAccuracy,
    class_accuracies,
    mean_class_accuracy,
    overall_accuracy,
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
