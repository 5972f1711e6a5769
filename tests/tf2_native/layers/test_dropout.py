"""Dropout drawn in two halves: each entry for itself, at the rate asked for; off in inference."""

import keras
import numpy as np
import pytest

from tf2_native.layers import Dropout


@pytest.mark.parametrize("channels", [64, 7])
def test_every_entry_is_dropped_for_itself_at_the_rate(channels: int) -> None:
    layer = Dropout(0.3, seed=0)
    ones = np.ones((8, 256, channels), np.float32)
    kept = keras.ops.convert_to_numpy(layer(ones, training=True))
    assert set(np.unique(kept).tolist()) == {0.0, np.float32(1 / 0.7).item()}
    kept = kept > 0
    assert kept.mean() == pytest.approx(0.7, abs=0.02)
    # No channel is another's copy, and no cloud: the halves draw apart.
    agreeing = (kept[..., 0] == kept[..., channels // 2]).mean()
    assert agreeing == pytest.approx(0.7**2 + 0.3**2, abs=0.05)
    again = keras.ops.convert_to_numpy(layer(ones, training=True)) > 0
    assert (again == kept).mean() == pytest.approx(0.7**2 + 0.3**2, abs=0.02)


def test_nothing_is_dropped_in_inference() -> None:
    ones = np.ones((2, 16, 8), np.float32)
    np.testing.assert_array_equal(Dropout(0.3)(ones), ones)


def test_a_noise_shape_is_kept_to() -> None:
    layer = Dropout(0.5, noise_shape=(None, 1, None), seed=0)
    kept = keras.ops.convert_to_numpy(layer(np.ones((4, 16, 8), np.float32), training=True))
    np.testing.assert_array_equal(kept, np.repeat(kept[:, :1], 16, axis=1))
