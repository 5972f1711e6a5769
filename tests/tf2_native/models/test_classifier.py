"""The classifiers: their parameters, and their function against one written in NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf2_native import RECIPES, build_model, compile_model, named_variables

BASIC_TRUNK = {"conv1": (3, 64), "conv2": (64, 64), "conv3": (64, 64), "conv4": (64, 128)}
HEAD = {"conv5": (128, 1024), "fc1": (1024, 512), "fc2": (512, 256), "fc3": (256, 40)}


def t_net_widths(scope: str, channels: int, output: str) -> dict[str, tuple[int, int]]:
    widths = {
        "tconv1": (channels, 64),
        "tconv2": (64, 128),
        "tconv3": (128, 1024),
        "tfc1": (1024, 512),
        "tfc2": (512, 256),
        output: (256, channels**2),
    }
    return {f"{scope}/{name}": width for name, width in widths.items()}


KERNELS = {
    "pointnet_cls_basic": BASIC_TRUNK | HEAD,
    "pointnet_cls": t_net_widths("transform_net1", 3, "transform_XYZ")
    | {"conv1": (3, 64), "conv2": (64, 64)}
    | t_net_widths("transform_net2", 64, "transform_feat")
    | {"conv3": (64, 64), "conv4": (64, 128)}
    | HEAD,
}


def expected_shapes(kernels: dict[str, tuple[int, int]]) -> dict[str, tuple[int, ...]]:
    shapes = {}
    for scope, (channels, units) in kernels.items():
        shapes[f"{scope}/weights"] = (channels, units)
        shapes[f"{scope}/biases"] = (units,)
        if scope != "fc3" and "transform_" not in scope.rpartition("/")[2]:
            for name in ("beta", "gamma", "moving_mean", "moving_variance"):
                shapes[f"{scope}/bn/{name}"] = (units,)
    return shapes


@pytest.fixture(params=list(KERNELS))
def name(request) -> str:
    return request.param


def test_names_and_shapes_in_order(name):
    found = {key: tuple(v.shape) for key, v in named_variables(build_model(name)).items()}
    assert list(found.items()) == list(expected_shapes(KERNELS[name]).items())


@pytest.mark.parametrize(
    ("name", "trainable", "moving"),
    [("pointnet_cls", 3_480_049, 12_160), ("pointnet_cls_basic", 819_624, 4_224)],
)
def test_parameter_counts(name, trainable, moving):
    variables = named_variables(build_model(name)).values()
    sizes = [(v.trainable, int(np.prod(v.shape))) for v in variables]
    assert sum(size for is_trainable, size in sizes if is_trainable) == trainable
    assert sum(size for is_trainable, size in sizes if not is_trainable) == moving


def test_every_variable_but_seeds_and_counters_is_named(name):
    model = build_model(name, bn_momentum=RECIPES[name].bn_momentum_schedule())
    named = {id(variable) for variable in named_variables(model).values()}
    others = {v.path.rpartition("/")[2] for v in model.variables if id(v) not in named}
    assert others == {"step", "seed_generator_state"}


def test_first_kernels_have_the_limit_of_an_image():
    variables = named_variables(build_model("pointnet_cls"))
    for scope in ("conv1", "transform_net1/tconv1"):
        kernel = keras.ops.convert_to_numpy(variables[f"{scope}/weights"])
        assert 0.16 < np.abs(kernel).max() <= np.sqrt(6 / 195)
    kernel = keras.ops.convert_to_numpy(variables["conv2/weights"])
    assert 0.2 < np.abs(kernel).max() <= np.sqrt(6 / 128)


def test_dropout_places(name):
    head = [layer.name for layer in build_model(name).layers if layer.name[:2] in ("fc", "dp")]
    places = {
        "pointnet_cls": ["fc1", "dp1", "fc2", "dp2", "fc3"],
        "pointnet_cls_basic": ["fc1", "fc2", "dp1", "fc3"],
    }
    assert head == places[name]
    assert build_model(name).get_layer("dp1").rate == 0.3


class NumpyPointNet:
    """The networks written out in NumPy, batch statistics and all."""

    def __init__(self, weights: dict[str, np.ndarray], training: bool) -> None:
        self.weights, self.training = weights, training

    def linear(self, scope: str, x: np.ndarray) -> np.ndarray:
        return x @ self.weights[f"{scope}/weights"] + self.weights[f"{scope}/biases"]

    def mlp(self, scope: str, x: np.ndarray) -> np.ndarray:
        x = self.linear(scope, x)
        axes = tuple(range(x.ndim - 1))
        beta, gamma, mean, variance = (
            self.weights[f"{scope}/bn/{key}"]
            for key in ("beta", "gamma", "moving_mean", "moving_variance")
        )
        if self.training:
            mean, variance = x.mean(axes), x.var(axes)
        return np.maximum((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta, 0)

    def chain(self, scopes: list[str], x: np.ndarray) -> np.ndarray:
        for scope in scopes:
            x = self.mlp(scope, x)
        return x

    def t_net(self, scope: str, output: str, x: np.ndarray) -> np.ndarray:
        size = x.shape[-1]
        x = self.chain([f"{scope}/tconv{i}" for i in (1, 2, 3)], x).max(axis=1)
        x = self.chain([f"{scope}/tfc{i}" for i in (1, 2)], x)
        return self.linear(f"{scope}/{output}", x).reshape(-1, size, size) + np.eye(size)

    def pointnet_cls_basic(self, x: np.ndarray) -> np.ndarray:
        x = self.chain(["conv1", "conv2", "conv3", "conv4", "conv5"], x).max(axis=1)
        return self.linear("fc3", self.chain(["fc1", "fc2"], x))

    def pointnet_cls(self, x: np.ndarray) -> np.ndarray:
        x = x @ self.t_net("transform_net1", "transform_XYZ", x)
        x = self.chain(["conv1", "conv2"], x)
        self.transform = self.t_net("transform_net2", "transform_feat", x)
        x = self.chain(["conv3", "conv4", "conv5"], x @ self.transform).max(axis=1)
        return self.linear("fc3", self.chain(["fc1", "fc2"], x))


def random_points(clouds: int, count: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(clouds, count, 3))


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("training", [False, True])
def test_logits_are_those_of_numpy(name, training, randomise):
    model = build_model(name)
    reference = NumpyPointNet(randomise(model), training)
    without_dropout(model)
    x = random_points(4, 12)
    logits = keras.ops.convert_to_numpy(model(x, training=training))
    assert logits.dtype == np.float64
    np.testing.assert_allclose(logits, getattr(reference, name)(x), rtol=1e-9, atol=1e-9)


@pytest.mark.usefixtures("float64")
def test_loss_is_cross_entropy_and_half_the_penalty_summed_over_the_batch(randomise):
    model = build_model("pointnet_cls")
    reference = NumpyPointNet(randomise(model), training=False)
    compile_model(model, RECIPES["pointnet_cls"])
    x, labels = random_points(4, 12), np.array([3, 0, 39, 3])
    logits = reference.pointnet_cls(x)
    cross_entropy = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(4), labels]
    gram = reference.transform @ reference.transform.transpose(0, 2, 1)
    penalty = 0.001 * ((gram - np.eye(64)) ** 2).sum() / 2
    assert penalty > 1e-3
    loss = model.compute_loss(y=labels, y_pred=model(x))
    assert keras.backend.standardize_dtype(loss.dtype) == "float64"
    assert float(loss) == pytest.approx(cross_entropy.mean() + penalty, rel=1e-10)


def test_basic_network_adds_nothing_to_the_loss():
    model = build_model("pointnet_cls_basic")
    model(random_points(1, 4).astype("float32"))
    assert model.losses == []


@pytest.mark.parametrize("count", [8, 11])
def test_order_and_repetition_of_points_do_not_matter(name, randomise, count):
    network = build_model(name)
    randomise(network)

    @settings(max_examples=5, deadline=None)
    @given(
        st.permutations(range(count)),
        st.lists(st.integers(0, count - 1), max_size=4),
        st.integers(0, 1000),
    )
    def check(order, copied, seed):
        x = np.random.default_rng(seed).normal(size=(2, count, 3)).astype("float32")
        logits = keras.ops.convert_to_numpy(network(x))
        assert np.ptp(logits) > 1
        again = keras.ops.convert_to_numpy(network(x[:, [*order, *copied]]))
        np.testing.assert_allclose(again, logits, rtol=1e-4, atol=1e-4 * np.abs(logits).max())

    check()


def test_saved_model_comes_back_whole(name, randomise, tmp_path):
    model = build_model(name, num_classes=5, bn_momentum=RECIPES[name].bn_momentum_schedule())
    randomise(model)
    compile_model(model, RECIPES[name])
    model.optimizer.build(model.trainable_variables)
    x = random_points(2, 8).astype("float32")
    model(x, training=True)
    model.save(tmp_path / "model.keras")
    copy = keras.models.load_model(tmp_path / "model.keras")
    assert int(copy.get_layer("conv1").bn.step) == 1
    assert copy.optimizer.epsilon == model.optimizer.epsilon
    for key, variable in named_variables(model).items():
        assert keras.ops.all(variable == named_variables(copy)[key]), key
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(copy(x)), keras.ops.convert_to_numpy(model(x))
    )


def test_unknown_network_is_named():
    with pytest.raises(ValueError, match="no network is called 'pointnet'"):
        build_model("pointnet")


def without_dropout(model: keras.Model) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0
