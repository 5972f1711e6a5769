"""The convolution over features of points and of clouds."""

import keras
import numpy as np
import pytest

from tf2_native.layers import ConcatenatedConv1D


@pytest.mark.usefixtures("float64")
def test_is_a_convolution_over_the_tiled_concatenation():
    rng = np.random.default_rng(0)
    first, cloud, last = (
        rng.normal(size=(2, 5, 3)),
        rng.normal(size=(2, 4)),
        rng.normal(size=(2, 5, 6)),
    )
    layer = ConcatenatedConv1D(7)
    found = layer([first, cloud, last])
    assert tuple(layer.kernel.shape) == (1, 13, 7)
    layer.bias.assign(rng.normal(size=7))
    plain = keras.layers.Conv1D(7, 1)
    plain.build((2, 5, 13))
    plain.kernel.assign(layer.kernel)
    plain.bias.assign(layer.bias)
    tiled = np.repeat(cloud[:, None], 5, axis=1)
    expected = plain(np.concatenate([first, tiled, last], axis=2))
    found = layer([first, cloud, last])
    assert tuple(found.shape) == layer.compute_output_shape([(2, 5, 3), (2, 4), (2, 5, 6)])
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(found), keras.ops.convert_to_numpy(expected), rtol=1e-12
    )


def test_kernel_starts_as_that_of_a_convolution():
    keras.utils.set_random_seed(0)
    layer = ConcatenatedConv1D(100)
    layer.build([(None, None, 30), (None, 70)])
    largest = np.abs(keras.ops.convert_to_numpy(layer.kernel)).max()
    assert 0.99 < largest / np.sqrt(6 / 200) <= 1
