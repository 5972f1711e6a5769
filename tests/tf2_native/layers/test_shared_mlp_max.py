"""The fast formulation against the plain one: values, every gradient, moving statistics."""

from collections.abc import Callable
from dataclasses import dataclass, replace
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

    def __init__(
        self,
        shape: tuple[int, ...],
        units: int,
        mode: str,
        training: bool,
        kind: type[SharedMLP] = SharedMLPMax,
        **options,
    ):
        self.layer = layer = kind(units, **options)
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


# On PyTorch, `keras.ops.matmul` takes the product of float64 numbers in float32.
TOLERANCE = 1e-3 if keras.backend.backend() == "torch" else 2e-12


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("case", CASES)
def test_formulations_are_one_function(case, mode, training):
    fast, plain = (
        run(CASES[case], mode, training, formulation=formulation)
        for formulation in ("fast", "plain")
    )
    assert np.abs(plain["d_beta"]).max() > 0
    assert max(differences(fast, plain).values()) <= TOLERANCE, differences(fast, plain)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("of_points", [True, False], ids=["points", "clouds"])
@pytest.mark.parametrize("case", CASES)
def test_formulations_without_the_maximum_are_one_function(case, mode, of_points):
    data = CASES[case] if of_points else replace(CASES[case], x=CASES[case].x[:, 0])
    upstream = np.random.default_rng(4).normal(size=(*data.x.shape[:-1], UNITS))
    fast, plain = (
        run(replace(data, upstream=upstream), mode, True, kind=SharedMLP, formulation=formulation)
        for formulation in ("fast", "plain")
    )
    # A hundred deviations away, the gradient of the kernel loses two digits, in either.
    slack = 10 if case == "far away" else 1
    assert max(differences(fast, plain).values()) <= slack * TOLERANCE, differences(fast, plain)


def error(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.max(np.abs(found.astype("float64") - truth)))


AWKWARD = {
    "ordinary": clouds(4, 32, CHANNELS),
    "far away": clouds(4, 32, CHANNELS) + 1e3,
    "along one direction": 1e2 * clouds(4, 32, 1) * clouds(1, 1, CHANNELS, seed=5)
    + clouds(4, 32, CHANNELS),
}


@pytest.mark.parametrize("case", AWKWARD)
def test_float32_errs_no_more_than_the_plain_formulation(case):
    """Against float64 on the same numbers: a small multiple, by the order in which both sum.

    The gradient of the kernel goes through the covariance, and pays for an input along one
    direction: ten to sixteen times the error of the plain one there, by the backend.
    """
    mode = MODES[keras.backend.backend()][-1]
    data = draw(AWKWARD[case].astype("float32"), units=64).astype("float32")
    truth = in_float64(data.astype("float64"))
    fast, plain = (run(data, mode, True, formulation=f) for f in ("fast", "plain"))
    for name in ("y", "mean", "variance", "d_x", "d_kernel", "d_gamma", "d_beta"):
        floor = 1e-6 * np.max(np.abs(truth[name]))
        assert error(fast[name], truth[name]) <= 20 * error(plain[name], truth[name]) + floor, name


def in_float64(data: Data) -> dict[str, np.ndarray]:
    """The layer in training mode, and its gradients as one writes them down, in NumPy."""
    z = data.x @ data.kernel + data.bias
    mean, variance = z.mean((0, 1)), z.var((0, 1))
    inverse = 1 / np.sqrt(variance + 1e-3)
    normalised = (z - mean) * inverse
    activation = np.maximum(normalised * data.gamma + data.beta, 0)
    y = activation.max(axis=1)
    d = np.zeros_like(activation)
    np.put_along_axis(d, activation.argmax(1)[:, None], (data.upstream * (y > 0))[:, None], 1)
    d_normalised = d * data.gamma
    d_z = inverse * (
        d_normalised
        - d_normalised.mean((0, 1))
        - normalised * (d_normalised * normalised).mean((0, 1))
    )
    moved = [0.9 * np.linspace(*ends, len(mean)) for ends in ((-1, 1), (0.5, 2))]
    return {
        "y": y,
        "mean": moved[0] + 0.1 * mean,
        "variance": moved[1] + 0.1 * variance,
        "d_x": d_z @ data.kernel.T,
        "d_kernel": np.einsum("bnc,bnu->cu", data.x, d_z),
        "d_gamma": (d * normalised).sum((0, 1)),
        "d_beta": d.sum((0, 1)),
    }


def test_bfloat16_is_as_good_as_the_plain_formulation():
    # Small integers: the products are exact, and so are the ties.
    data = draw(lattice(3, 6, CHANNELS), kernel=lattice(CHANNELS, UNITS), beta=ABOVE)
    truth = in_float64(data)
    mode = MODES[keras.backend.backend()][-1]
    for training in (False, True):
        fast, plain = (
            run(data, mode, training, formulation=f, dtype="mixed_bfloat16")
            for f in ("fast", "plain")
        )
        for name, value in fast.items():
            # On PyTorch, assigning to an autocast variable moves no statistics, in either.
            known = training and name in truth and keras.backend.backend() != "torch"
            expected = truth[name] if known else plain[name]
            # bfloat16 has 8 bits.
            tolerance = 0.05 * max(1.0, np.max(np.abs(expected)))
            assert error(value, expected) <= tolerance, name


def test_momentum_follows_its_schedule():
    layers = [
        SharedMLPMax(
            UNITS,
            bn_momentum=BatchNormMomentum(batch_size=1, decay_clouds=2),
            formulation=formulation,
        )
        for formulation in ("fast", "plain")
    ]
    x = clouds().astype("float32")
    for layer in layers:
        layer.build(x.shape)
        layer.kernel.assign(CASES["ordinary"].kernel)
        layer.bias.assign(CASES["ordinary"].bias)
        for _ in range(4):
            layer(x, training=True)
        assert int(layer.bn.step) == 4
    for name in ("moving_mean", "moving_variance"):
        fast, plain = (keras.ops.convert_to_numpy(getattr(layer.bn, name)) for layer in layers)
        np.testing.assert_allclose(fast, plain, rtol=1e-5, atol=1e-6)


def test_is_a_shared_mlp_and_its_maximum():
    data = CASES["ordinary"]
    x = data.x.astype("float32")
    layer, mlp = SharedMLPMax(UNITS), SharedMLP(UNITS)
    layer.build(x.shape)
    mlp.build(x.shape)
    assert [variable.name for variable in layer.weights] == [v.name for v in mlp.weights]
    for variable in layer.weights:
        variable.assign(np.random.default_rng(4).uniform(0.5, 1.5, variable.shape))
    mlp.set_weights(layer.get_weights())
    for training in (False, True):
        expected = MaxOverPoints()(mlp(x, training=training))
        looked_at = MaxOverPoints()(layer.activations(x, training=training))
        for found in (looked_at, layer(x, training=training)):
            np.testing.assert_allclose(
                keras.ops.convert_to_numpy(found),
                keras.ops.convert_to_numpy(expected),
                rtol=1e-5,
                atol=1e-5,
            )


def test_works_for_any_number_of_points_and_clouds():
    points = keras.Input((None, CHANNELS))
    model = keras.Model(points, SharedMLPMax(UNITS)(points))
    assert model.output_shape == (None, UNITS)
    for shape in ((1, 4, CHANNELS), (3, 1, CHANNELS)):
        assert model(clouds(*shape).astype("float32")).shape == (shape[0], UNITS)
        assert model.predict(clouds(*shape), verbose=0).shape == (shape[0], UNITS)


def test_config_round_trip():
    layer = SharedMLPMax(
        UNITS, formulation="plain", bn_momentum=BatchNormMomentum(batch_size=8), name="conv5"
    )
    config = keras.layers.serialize(layer)
    copy = keras.layers.deserialize(config)
    assert keras.layers.serialize(copy) == config
    assert (copy.formulation, copy.bn.momentum.batch_size) == ("plain", 8)


def test_unknown_formulation_is_named():
    with pytest.raises(ValueError, match="no formulation is called 'quick'"):
        SharedMLPMax(UNITS, formulation="quick")
