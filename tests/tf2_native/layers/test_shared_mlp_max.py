"""The fast formulation against the plain one: values, every gradient, moving statistics."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import keras
import numpy as np
import pytest

from tf2_native.layers import MaxOverPoints, SharedMLP, SharedMLPMax
from tf2_native.schedules import BatchNormMomentum

CHANNELS, UNITS = 5, 7


@dataclass(frozen=True)
class Data:
    """What a layer is given: points, its variables, and the gradient of its output."""

    x: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray
    upstream: np.ndarray

    def astype(self, dtype: str) -> "Data":
        return Data(**{name: array.astype(dtype) for name, array in vars(self).items()})


def draw(x: np.ndarray, units: int = UNITS, seed: int = 0, **given: np.ndarray) -> Data:
    rng = np.random.default_rng(seed)
    drawn = {
        "kernel": rng.normal(size=(x.shape[-1], units)),
        "bias": rng.normal(size=units),
        "gamma": rng.normal(size=units),
        "beta": rng.normal(size=units),
        "upstream": rng.normal(size=(len(x), units)),
    }
    return Data(x, **{**drawn, **given})


def clouds(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape or (3, 6, CHANNELS))


MODES = {"tensorflow": ("eager", "graph", "xla"), "jax": ("jit",), "torch": ("eager",)}


class Runner:
    """A layer and its gradients, compiled once for all data of one shape."""

    def __init__(self, shape: tuple[int, ...], units: int, mode: str, training: bool, **options):
        self.layer = layer = SharedMLPMax(units, **options)
        layer.build(shape)
        self.trainable = [layer.kernel, layer.bias, layer.bn.gamma, layer.bn.beta]
        backend = keras.backend.backend()
        make = {"tensorflow": self._tensorflow, "jax": self._jax, "torch": self._torch}[backend]
        self.step = make(mode, training)

    def __call__(self, data: Data) -> dict[str, np.ndarray]:
        """Output, gradients, and the moving statistics afterwards."""
        layer, bn = self.layer, self.layer.bn
        values = (data.kernel, data.bias, data.gamma, data.beta)
        for variable, value in zip(self.trainable, values, strict=True):
            variable.assign(value)
        bn.moving_mean.assign(np.linspace(-1, 1, len(data.bias)))
        bn.moving_variance.assign(np.linspace(0.5, 2, len(data.bias)))
        given = (keras.ops.cast(a, layer.compute_dtype) for a in (data.x, data.upstream))
        y, gradients = self.step(*given)
        names = ("d_x", "d_kernel", "d_bias", "d_gamma", "d_beta")
        found = {"y": y, "mean": bn.moving_mean, "variance": bn.moving_variance}
        found.update(zip(names, gradients, strict=True))
        return {
            name: keras.ops.convert_to_numpy(
                keras.ops.cast(value, "float32") if short(value) else value
            )
            for name, value in found.items()
        }

    def _tensorflow(self, mode: str, training: bool) -> Callable:
        import tensorflow as tf

        def step(x, upstream):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = self.layer(x, training=training)
            values = [x, *(variable.value for variable in self.trainable)]
            return y, tape.gradient(y, values, upstream)

        return step if mode == "eager" else tf.function(step, jit_compile=mode == "xla")

    def _jax(self, mode: str, training: bool) -> Callable:
        import jax

        layer = self.layer

        def call(x, values, rest):
            given = {id(v): value for v, value in zip(self.trainable, values, strict=True)}
            trainable = [given[id(variable)] for variable in layer.trainable_variables]
            return layer.stateless_call(trainable, rest, x, training=training)

        @jax.jit
        def differentiated(x, values, rest, upstream):
            y, back, updated = jax.vjp(lambda *a: call(*a, rest), x, values, has_aux=True)
            d_x, d_values = back(upstream)
            return y, [d_x, *d_values], updated

        def step(x, upstream):
            rest = layer.non_trainable_variables
            values = [[variable.value for variable in group] for group in (self.trainable, rest)]
            y, gradients, updated = differentiated(x, *values, upstream)
            for variable, value in zip(rest, updated, strict=True):
                variable.assign(value)
            return y, gradients

        return step

    def _torch(self, mode: str, training: bool) -> Callable:
        def step(x, upstream):
            for variable in self.trainable:
                variable.value.grad = None
            x = x.detach().clone().requires_grad_(True)
            y = self.layer(x, training=training)
            y.backward(upstream)
            return y.detach(), [x.grad, *(variable.value.grad for variable in self.trainable)]

        return step


def short(tensor) -> bool:
    return keras.backend.standardize_dtype(tensor.dtype) in ("bfloat16", "float16")


@cache
def runner(shape: tuple[int, ...], units: int, mode: str, training: bool, **options) -> Runner:
    return Runner(shape, units, mode, training, **options)


def run(data: Data, mode: str, training: bool, **options) -> dict[str, np.ndarray]:
    options = {"dtype": keras.config.floatx(), **options}
    return runner(data.x.shape, data.kernel.shape[1], mode, training, **options)(data)


def differences(fast: dict[str, np.ndarray], plain: dict[str, np.ndarray]) -> dict[str, float]:
    """Largest difference of each array over the size of the largest entry, or of the gradients'."""
    return {
        name: np.max(np.abs(fast[name] - plain[name])) / max(1.0, np.max(np.abs(plain[name])))
        for name in plain
    }


@pytest.fixture(params=[False, True], ids=["inference", "training"])
def training(request) -> bool:
    return request.param


@pytest.fixture(params=MODES[keras.backend.backend()])
def mode(request) -> str:
    return request.param


SIGNS = np.array([1.0, -1.0, 0.5, -2.0, 0.0, 0.0, 1.0])
ABOVE = np.array([0.3, 0.2, -0.1, 0.4, 0.5, -0.5, 0.0])


def repeated(x: np.ndarray) -> np.ndarray:
    """Every point twice, the copies in another order."""
    return np.concatenate([x, x[:, ::-1]], axis=1)


def coarse(array: np.ndarray) -> np.ndarray:
    """Eighths: products are exact, so that equal points tie wherever a matrix product has them."""
    return np.round(8 * array) / 8


def lattice(*shape: int) -> np.ndarray:
    """Small integers: products are exact, and many of them tie."""
    return np.random.default_rng(3).integers(-1, 2, size=shape).astype(float)


COARSE = coarse(np.random.default_rng(2).normal(size=(CHANNELS, UNITS)))
CASES = {
    "ordinary": draw(clouds()),
    "gamma of every sign": draw(clouds(), gamma=SIGNS, beta=ABOVE),
    "gamma zero": draw(clouds(), gamma=np.zeros(UNITS), beta=ABOVE),
    "gamma minus zero": draw(clouds(), gamma=-np.zeros(UNITS), beta=ABOVE),
    "all below zero": draw(clouds(), beta=np.append(np.full(UNITS - 1, -99.0), 1)),
    "repeated points": draw(
        coarse(repeated(clouds(3, 3, CHANNELS))), kernel=COARSE, gamma=SIGNS, beta=ABOVE
    ),
    "ties": draw(lattice(3, 6, CHANNELS), kernel=lattice(CHANNELS, UNITS), gamma=SIGNS, beta=ABOVE),
    "one point": draw(clouds(4, 1, CHANNELS), gamma=SIGNS),
    "one cloud": draw(clouds(1, 8, CHANNELS)),
    "constant input": draw(np.ones((3, 6, CHANNELS)), beta=np.ones(UNITS)),
    "constant clouds": draw(
        coarse(clouds(3, 1, CHANNELS)).repeat(6, axis=1), kernel=COARSE, gamma=SIGNS, beta=ABOVE
    ),
    "far away": draw(clouds() + 1e2),
}


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("case", CASES)
def test_formulations_are_one_function(case, mode, training):
    fast, plain = (
        run(CASES[case], mode, training, formulation=formulation)
        for formulation in ("fast", "plain")
    )
    assert np.abs(plain["d_beta"]).max() > 0
    assert max(differences(fast, plain).values()) <= 2e-12, differences(fast, plain)
