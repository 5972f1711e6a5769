"""The Glorot limit of layers that read raw points."""

import keras
import numpy as np
import pytest

from tf2_native.layers import ImageGlorotUniform


@pytest.mark.parametrize("channels", [3, 9])
def test_limit_is_that_of_an_image_kernel(channels):
    kernel = keras.ops.convert_to_numpy(ImageGlorotUniform(seed=1)((channels, 640)))
    limit = np.sqrt(6 / (channels + channels * 640))
    assert kernel.shape == (channels, 640)
    assert 0.99 * limit < np.abs(kernel).max() <= limit
    assert np.std(kernel) == pytest.approx(limit / np.sqrt(3), rel=0.05)


def test_draws_differ_and_seeds_repeat():
    draw = ImageGlorotUniform(seed=1)((3, 4))
    again = ImageGlorotUniform(seed=1)((3, 4))
    other = ImageGlorotUniform(seed=2)((3, 4))
    assert keras.ops.all(draw == again)
    assert not keras.ops.any(draw == other)
