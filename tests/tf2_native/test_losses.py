"""Cross-entropy of probabilities."""

import keras
import numpy as np
import pytest

from tf2_native.losses import ProbabilityCrossEntropy


def test_is_the_mean_over_points_of_minus_log_probability():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(5), size=(2, 7)).astype("float32")
    labels = rng.integers(0, 5, size=(2, 7))
    found = float(ProbabilityCrossEntropy()(labels, probabilities))
    one_hot = np.eye(5, dtype="float32")[labels]
    keras_loss = keras.losses.CategoricalCrossentropy()
    assert found == pytest.approx(float(keras_loss(one_hot, probabilities)), rel=1e-5)
    chosen = np.take_along_axis(probabilities, labels[..., None], axis=-1)
    assert found == pytest.approx(-np.log(chosen).mean(), rel=1e-6)


@pytest.mark.parametrize(("probability", "expected"), [(1e-20, 46.0517), (0, 87.3365), (1, 0)])
def test_is_finite_and_not_clipped_before_it_has_to_be(probability, expected):
    probabilities = np.array([[[probability, 1 - probability]]], "float32")
    found = float(ProbabilityCrossEntropy()(np.array([[0]]), probabilities))
    assert found == pytest.approx(expected, rel=1e-4)
