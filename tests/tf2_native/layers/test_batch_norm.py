"""Batch normalisation against NumPy."""

import keras
import numpy as np
import pytest

from tf2_native.layers import BatchNormalization
from tf2_native.schedules import BatchNormMomentum

pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).normal(3, 2, size=(4, 5, 6))


def array(tensor) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)


def test_statistics_start_at_zero(x):
    layer = BatchNormalization()
    layer.build(x.shape)
    assert not array(layer.moving_mean).any()
    assert not array(layer.moving_variance).any()


def test_training_uses_biased_batch_moments(x):
    layer = BatchNormalization(epsilon=0.1)
    y = array(layer(x, training=True))
    expected = (x - x.mean((0, 1))) / np.sqrt(x.var((0, 1)) + 0.1)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)


def test_inference_uses_moving_statistics_and_leaves_them(x):
    layer = BatchNormalization()
    layer.build(x.shape)
    rng = np.random.default_rng(1)
    gamma, beta, mean, variance = values = rng.uniform(1, 2, size=(4, 6))
    for variable, value in zip(layer.weights, values, strict=True):
        variable.assign(value)
    expected = (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta
    np.testing.assert_allclose(array(layer(x)), expected, rtol=1e-12)
    np.testing.assert_array_equal(array(layer.moving_mean), mean)


def test_averages_are_not_debiased(x):
    layer = BatchNormalization(momentum=0.7)
    layer(x, training=True)
    layer(2 * x, training=True)
    mean, variance = x.mean((0, 1)), x.var((0, 1))
    np.testing.assert_allclose(array(layer.moving_mean), (0.3 * 0.7 + 0.3 * 2) * mean)
    np.testing.assert_allclose(array(layer.moving_variance), (0.3 * 0.7 + 0.3 * 4) * variance)


def test_two_pass_variance_survives_a_large_mean():
    x = np.random.default_rng(0).normal(1e8, 1, size=(1000, 1))
    layer = BatchNormalization(momentum=0.0)
    layer(x, training=True)
    np.testing.assert_allclose(array(layer.moving_variance), x.var(0), rtol=1e-6)


def test_schedule_is_read_before_the_step_is_counted(x):
    schedule = BatchNormMomentum(batch_size=1, decay_clouds=2)
    layer = BatchNormalization(schedule)
    average = np.zeros(6)
    for momentum in (0.5, 0.5, 0.75):
        layer(x, training=True)
        average = momentum * average + (1 - momentum) * x.mean((0, 1))
    np.testing.assert_allclose(array(layer.moving_mean), average, rtol=1e-12)
    layer(x, training=False)
    assert int(layer.step) == 3


def test_no_counter_without_a_schedule(x):
    layer = BatchNormalization(0.9)
    layer.build(x.shape)
    assert len(layer.weights) == 4


def test_config_round_trip_keeps_the_schedule():
    layer = BatchNormalization(BatchNormMomentum(batch_size=8, decay_clouds=99), epsilon=0.5)
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.epsilon == 0.5
    assert copy.momentum.get_config() == layer.momentum.get_config()
