"""The orthogonality penalty against NumPy."""

import keras
import numpy as np
import pytest

from tf2_native.layers import OrthogonalityRegularizer


@pytest.mark.usefixtures("float64")
def test_value_is_half_the_sum_over_the_batch():
    a = np.random.default_rng(0).normal(size=(5, 4, 4))
    residuals = [matrix @ matrix.T - np.eye(4) for matrix in a]
    expected = 0.01 * sum((residual**2).sum() / 2 for residual in residuals)
    found = float(OrthogonalityRegularizer(0.01)(keras.ops.convert_to_tensor(a)))
    assert found == pytest.approx(expected, rel=1e-12)


def test_rotations_cost_nothing():
    quarter_turn = keras.ops.convert_to_tensor([[[0.0, -1.0], [1.0, 0.0]]])
    assert float(OrthogonalityRegularizer()(quarter_turn)) == 0


def test_default_weight_survives_its_config():
    copy = keras.regularizers.deserialize(keras.regularizers.serialize(OrthogonalityRegularizer()))
    assert copy.weight == 0.001
