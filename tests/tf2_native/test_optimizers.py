"""The optimisers against TF1's update rules, written out."""

import keras
import numpy as np
import pytest

from tf2_native.optimizers import Momentum, adam
from tf2_native.schedules import LearningRateStaircase

GRADIENTS = np.random.default_rng(0).normal(size=(4, 3))


def rates() -> LearningRateStaircase:
    return LearningRateStaircase(0.1, batch_size=1, decay_clouds=2, decay_rate=0.5, floor=0)


def run(optimizer: keras.optimizers.Optimizer) -> np.ndarray:
    variable = keras.Variable(np.ones(3), dtype="float64")
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return keras.ops.convert_to_numpy(variable)


@pytest.mark.usefixtures("float64")
def test_momentum_accumulates_gradients_without_their_rates():
    weight, accumulator, momentum = np.ones(3), np.zeros(3), float(np.float32(0.9))
    for gradient, rate in zip(GRADIENTS, (0.1, 0.1, 0.05, 0.05), strict=True):
        accumulator = momentum * accumulator + gradient
        weight = weight - rate * accumulator
    np.testing.assert_allclose(run(Momentum(rates())), weight, rtol=1e-12)


@pytest.mark.usefixtures("float64")
def test_momentum_departs_from_keras_sgd_after_a_stair():
    keras_sgd = keras.optimizers.SGD(rates(), momentum=float(np.float32(0.9)))
    assert np.abs(run(Momentum(rates())) - run(keras_sgd)).min() > 1e-3


def adam_by_hand(beta_1: float, beta_2: float, epsilon: float) -> np.ndarray:
    weight, m, v = np.ones(3), np.zeros(3), np.zeros(3)
    for step, gradient in enumerate(GRADIENTS, 1):
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        rate = 0.01 * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        weight = weight - rate * m / (np.sqrt(v) + epsilon)
    return weight


@pytest.mark.usefixtures("float64")
def test_adam_has_the_betas_of_tf1():
    expected = adam_by_hand(*(float(np.float32(constant)) for constant in (0.9, 0.999, 1e-8)))
    np.testing.assert_allclose(run(adam(0.01)), expected, rtol=1e-12)


def test_adam_epsilon():
    assert adam().epsilon == pytest.approx(1e-8)


def test_momentum_config_round_trip():
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(Momentum(rates(), 0.5)))
    assert isinstance(copy, Momentum)
    assert copy.momentum == 0.5
    assert float(copy.learning_rate) == pytest.approx(0.1)
