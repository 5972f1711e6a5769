"""The optimisers against TF1's update rules, written out."""

import keras
import numpy as np
import pytest

from tf2_native.optimizers import KerasAdam, Momentum, adam
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


def in_float32(*constants: float) -> list[float]:
    return [float(np.float32(constant)) for constant in constants]


def adam_by_hand(
    beta_1: float, beta_2: float, epsilon: float, powers_of: tuple[float, ...] = ()
) -> np.ndarray:
    weight, m, v = np.ones(3), np.zeros(3), np.zeros(3)
    first, second = powers_of or (beta_1, beta_2)
    for step, gradient in enumerate(GRADIENTS, 1):
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient**2
        rate = 0.01 * np.sqrt(1 - second**step) / (1 - first**step)
        weight = weight - rate * m / (np.sqrt(v) + epsilon)
    return weight


@pytest.mark.usefixtures("float64")
def test_adam_has_the_betas_of_tf1():
    expected = adam_by_hand(*in_float32(0.9, 0.999, 1e-8))
    np.testing.assert_allclose(run(adam(0.01)), expected, rtol=1e-12)


@pytest.mark.usefixtures("float64")
def test_keras_adam_rounds_as_on_tensorflow_whatever_the_backend():
    expected = adam_by_hand(0.9, 0.999, 1e-7, tuple(in_float32(0.9, 0.999)))
    # The rate is a float32 on TensorFlow.
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([9], list(np.float64([0.01, 0.01])))
    np.testing.assert_allclose(run(KerasAdam(rate)), expected, rtol=1e-12)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="it is like TensorFlow's")
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_keras_adam_is_keras_adam_on_tensorflow(precision: str, request: pytest.FixtureRequest):
    if precision == "float64":
        request.getfixturevalue("float64")
    np.testing.assert_array_equal(run(KerasAdam(0.01)), run(keras.optimizers.Adam(0.01)))


def test_adam_epsilon():
    assert adam().epsilon == pytest.approx(1e-8)


def test_momentum_config_round_trip():
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(Momentum(rates(), 0.5)))
    assert isinstance(copy, Momentum)
    assert copy.momentum == 0.5
    assert float(copy.learning_rate) == pytest.approx(0.1)
