"""The segmentation networks: symmetry as a property, and the concatenation that is never made."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf2_native import MODELS, RECIPES, build_model, compile_model, named_variables
from tf2_native.layers import ConcatenatedMLP

CHANNELS = {"pointnet_seg": 3, "part_seg": 3, "sem_seg": 9}
COUNT = 8


@pytest.fixture(scope="module", params=list(CHANNELS))
def network(request: pytest.FixtureRequest) -> keras.Model:
    return build_model(request.param)


def per_point(model: keras.Model, points: np.ndarray) -> np.ndarray:
    """Scores of every point, B x N x K."""
    return outputs(model, points)[0]


def outputs(model: keras.Model, points: np.ndarray) -> list[np.ndarray]:
    """Scores of every point and, where the network gives them, of every cloud."""
    points = points.astype("float32")
    if model.name != "part_seg":
        return [keras.ops.convert_to_numpy(model(points))]
    found = model({"points": points, "category": np.arange(len(points))})
    return [keras.ops.convert_to_numpy(found[name]) for name in ("logits", "category_logits")]


def points_for(model: keras.Model, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(2, COUNT, CHANNELS[model.name]))


def assert_close(one: np.ndarray, other: np.ndarray) -> None:
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4 * np.abs(other).max())


def test_permuted_points_permute_their_scores(network: keras.Model, randomise: Callable) -> None:
    randomise(network)

    @settings(max_examples=5, deadline=None)
    @given(st.permutations(range(COUNT)), st.integers(0, 1000))
    def check(order: list[int], seed: int) -> None:
        points = points_for(network, seed)
        scores, *of_clouds = outputs(network, points)
        again, *of_clouds_again = outputs(network, points[:, order])
        assert_close(again, scores[:, order])
        for one, other in zip(of_clouds_again, of_clouds, strict=True):
            assert_close(one, other)

    check()


def test_duplicated_points_change_nothing(network: keras.Model, randomise: Callable) -> None:
    randomise(network)

    @settings(max_examples=5, deadline=None)
    @given(st.lists(st.integers(0, COUNT - 1), min_size=4, max_size=4), st.integers(0, 1000))
    def check(copied: list[int], seed: int) -> None:
        points = points_for(network, seed)
        scores, *of_clouds = outputs(network, points)
        more = np.concatenate([points, points[:, copied]], axis=1)
        again, *of_clouds_again = outputs(network, more)
        assert_close(again[:, :COUNT], scores)
        assert_close(again[:, COUNT:], scores[:, copied])
        for one, other in zip(of_clouds_again, of_clouds, strict=True):
            assert_close(one, other)

    check()


def test_a_point_knows_its_cloud(network: keras.Model, randomise: Callable) -> None:
    """The scores of a point change where another point does: the global feature is there."""
    randomise(network)
    points = points_for(network, 0)
    scores = per_point(network, points)
    points[:, 1:] *= 3
    assert np.abs(per_point(network, points)[:, 0] - scores[:, 0]).max() > 1e-2


def test_saved_model_comes_back_whole(
    network: keras.Model, randomise: Callable, tmp_path: object
) -> None:
    randomise(network)
    compile_model(network, RECIPES[network.name])
    network.save(f"{tmp_path}/model.keras")
    copy = keras.models.load_model(f"{tmp_path}/model.keras")
    assert list(named_variables(copy)) == list(named_variables(network))
    points = points_for(network, 1)
    for one, other in zip(outputs(copy, points), outputs(network, points), strict=True):
        np.testing.assert_array_equal(one, other)


def test_two_layers_of_sem_seg_are_not_on_the_schedule() -> None:
    model = build_model("sem_seg", bn_momentum=RECIPES["sem_seg"].bn_momentum_schedule())
    momenta = {layer.name: layer.bn.momentum for layer in model.layers if hasattr(layer, "bn")}
    assert {name for name, momentum in momenta.items() if momentum == 0.9} == {"conv6", "conv7"}


@pytest.mark.parametrize("name", MODELS)
def test_a_layer_that_concatenates_takes_more_than_one_feature(name: str) -> None:
    layers = [layer for layer in build_model(name).layers if isinstance(layer, ConcatenatedMLP)]
    assert all(len(layer.widths) > 1 for layer in layers)


def test_a_concatenation_need_not_be_made(gradient: Callable) -> None:
    """The same as a shared MLP over the tiled, concatenated features, gradient included."""
    rng = np.random.default_rng(0)
    local, cloud = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 4))
    local, cloud = local.astype("float32"), cloud.astype("float32")
    layer = ConcatenatedMLP(6)
    layer.build([(None, None, 3), (None, 4)])
    joined = np.concatenate([local, np.repeat(cloud[:, None], 5, axis=1)], axis=2)
    plain = joined @ keras.ops.convert_to_numpy(layer.kernel)
    found = keras.ops.convert_to_numpy(layer.product([local, cloud]))
    np.testing.assert_allclose(found, plain, rtol=1e-5, atol=1e-5)
    factors = rng.normal(size=(2, 5, 6)).astype("float32")

    def loss(x: object) -> object:
        return keras.ops.sum(layer.product([local, x]) * keras.ops.convert_to_tensor(factors))

    expected = factors.sum(axis=1) @ keras.ops.convert_to_numpy(layer.kernel)[3:].T
    np.testing.assert_allclose(gradient(loss, cloud), expected, rtol=1e-4, atol=1e-4)
