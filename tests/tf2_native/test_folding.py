"""Folded networks answer as the originals do in inference."""

import keras
import numpy as np
import pytest

from tf2_native import MODELS, build_model, named_variables
from tf2_native.folding import fold
from tf2_native.layers import BatchNormalization, SharedMLP, SharedMLPMax


def _randomise(model):
    """Like a trained model's variables, with gammas of both signs and some that are exactly 0."""
    rng = np.random.default_rng(1)
    for name, variable in named_variables(model).items():
        value = rng.normal(size=variable.shape)
        if name.endswith("moving_variance"):
            value = 0.01 + np.abs(value)
        elif len(variable.shape) > 1:
            value *= 0.7 / np.sqrt(variable.shape[-2])
        elif name.endswith("gamma"):
            value[::5] = 0
        variable.assign(value)


def _inputs(model, clouds, points):
    rng = np.random.default_rng(2)
    if isinstance(model.input, dict):
        inputs = {"points": rng.normal(size=(clouds, points, 3)), "category": np.arange(clouds)}
        return {**inputs, "category": inputs["category"].astype("int32")}
    return rng.normal(size=(clouds, points, model.input.shape[-1]))


def _distance(one, other):
    """Largest difference of an entry of any output, over the output's largest entry."""
    pairs = zip(keras.tree.flatten(one), keras.tree.flatten(other), strict=True)
    arrays = [tuple(map(keras.ops.convert_to_numpy, pair)) for pair in pairs]
    assert all(np.ptp(a) > 0 and a.shape == b.shape for a, b in arrays)
    return max(np.max(np.abs(a - b)) / np.max(np.abs(a)) for a, b in arrays)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.usefixtures("float64")
def test_answers_alike(name):
    model = build_model(name, num_classes=5)
    _randomise(model)
    folded = fold(model)
    for clouds, points in ((3, 17), (1, 40)):
        inputs = _inputs(model, clouds, points)
        assert _distance(model(inputs, training=False), folded(inputs)) < 1e-12
    assert not any(type(layer).__module__.startswith("tf2_native") for layer in folded.layers)
    assert not folded.non_trainable_variables


@pytest.mark.usefixtures("float64")
def test_one_wrong_statistic_shows():
    model = build_model("pointnet_cls_basic", num_classes=5)
    _randomise(model)
    folded, inputs = fold(model), _inputs(model, 2, 20)
    mean = model.get_layer("conv5").bn.moving_mean
    mean.assign(mean + 1e-9)
    assert _distance(model(inputs, training=False), folded(inputs)) > 1e-12


def test_leaves_the_original_alone():
    model = build_model("pointnet_cls", num_classes=5, num_points=8)
    _randomise(model)
    before, nodes = model.get_weights(), len(model.operations)
    fold(model).set_weights([0 * value for value in fold(model).get_weights()])
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(model.operations) == nodes


def test_takes_any_number_of_points():
    model = build_model("part_seg", num_classes=5, num_points=8)
    assert fold(model)(_inputs(model, 2, 13))["logits"].shape == (2, 13, 5)


@pytest.mark.parametrize("kind", [SharedMLP, SharedMLPMax])
@pytest.mark.usefixtures("float64")
def test_gamma_that_falls_or_is_zero(kind):
    points = keras.Input((None, 4))
    layer = kind(3)
    model = keras.Model(points, layer(points))
    for variable in layer.weights:
        variable.assign(np.random.default_rng(3).random(variable.shape))
    layer.bn.gamma.assign([-2.0, 0.0, 2.0])
    layer.bn.beta.assign([9.0, 0.5, 0.5])
    x = np.random.default_rng(4).normal(size=(2, 6, 4))
    assert _distance(model(x), fold(model)(x)) < 1e-14


def test_batch_norm_behind_something_else_is_refused():
    points = keras.Input((None, 4))
    relu = keras.layers.ReLU()(keras.layers.Dense(3)(points))
    model = keras.Model(points, BatchNormalization()(relu))
    with pytest.raises(ValueError, match="follows no linear layer"):
        fold(model)


def test_mixed_precision_becomes_full():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build_model("part_seg", num_classes=5)
    finally:
        keras.config.set_dtype_policy("float32")
    folded = fold(model)
    assert {layer.compute_dtype for layer in folded.layers} == {"float32"}
    assert folded(_inputs(model, 2, 6))["logits"].dtype == "float32"
