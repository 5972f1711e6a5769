"""The shared MLP against NumPy."""

import keras
import numpy as np
import pytest

from tf2_native.layers import SharedMLP


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 3)], ids=["points", "clouds"])
def test_is_linear_then_batch_norm_then_relu(shape):
    x = np.random.default_rng(0).normal(size=shape)
    layer = SharedMLP(4)
    layer.build(shape)
    kernel, bias = np.random.default_rng(1).normal(size=(3, 4)), np.arange(4.0)
    layer.kernel.assign(kernel)
    layer.bias.assign(bias)
    layer.bn.moving_mean.assign([0.5] * 4)
    layer.bn.moving_variance.assign([2.0] * 4)
    expected = np.maximum((x @ kernel + bias - 0.5) / np.sqrt(2 + 1e-3), 0)
    assert 0 < np.count_nonzero(expected) < expected.size
    np.testing.assert_allclose(keras.ops.convert_to_numpy(layer(x)), expected, rtol=1e-12)


@pytest.mark.usefixtures("float64")
def test_bias_has_no_effect_in_training():
    x = np.random.default_rng(0).normal(size=(2, 5, 3))
    layer = SharedMLP(4)
    without = keras.ops.convert_to_numpy(layer(x, training=True))
    layer.bias.assign([5.0] * 4)
    with_bias = keras.ops.convert_to_numpy(layer(x, training=True))
    np.testing.assert_allclose(with_bias, without, atol=1e-12)


def test_bias_starts_at_zero_and_kernel_within_glorot_limit():
    layer = SharedMLP(200)
    layer.build((None, 100))
    kernel = keras.ops.convert_to_numpy(layer.kernel)
    limit = np.sqrt(6 / 300)
    assert not keras.ops.convert_to_numpy(layer.bias).any()
    assert 0.99 * limit < np.abs(kernel).max() <= limit
    assert np.std(kernel) == pytest.approx(limit / np.sqrt(3), rel=0.02)


def test_points_are_treated_alike():
    layer = SharedMLP(4)
    x = np.random.default_rng(0).normal(size=(1, 5, 3)).astype("float32")
    layer.build(x.shape)
    layer.bn.moving_variance.assign([1.0] * 4)
    y = keras.ops.convert_to_numpy(layer(x))
    backwards = keras.ops.convert_to_numpy(layer(x[:, ::-1]))
    np.testing.assert_allclose(backwards, y[:, ::-1], rtol=1e-6)
