"""The T-Net: where it starts, what it adds to the loss, and how it is configured."""

import keras
import numpy as np
import pytest

from tf2_native.layers import ImageGlorotUniform, OrthogonalityRegularizer, TNet
from tf2_native.schedules import BatchNormMomentum

SMALL = {"point_widths": {"tconv1": 8, "tconv3": 4}, "cloud_widths": {"tfc1": 5}}


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("size", [3, 4])
def test_starts_as_the_identity(x, size, training):
    y = keras.ops.convert_to_numpy(TNet(size, **SMALL)(x, training=training))
    np.testing.assert_array_equal(y, np.broadcast_to(np.eye(size), (2, size, size)))


def test_stored_bias_is_the_offset_from_the_identity(x):
    layer = TNet(3, **SMALL)
    layer.build(x.shape)
    layer.transform_XYZ.bias.assign(np.arange(9.0))
    y = keras.ops.convert_to_numpy(layer(x))
    np.testing.assert_array_equal(y[0], np.eye(3) + np.arange(9.0).reshape(3, 3))


def test_sublayers_are_attributes_under_their_names():
    layer = TNet(3, **SMALL)
    names = ["tconv1", "tconv3", "tfc1", "transform_XYZ"]
    assert [sublayer.name for sublayer in layer.sublayers] == names
    assert [getattr(layer, name) for name in names] == layer.sublayers
    assert TNet(4, **SMALL).transform_feat.units == 16


def test_input_initializer_is_for_the_first_kernel_alone():
    layer = TNet(3, **SMALL, input_initializer=ImageGlorotUniform())
    assert isinstance(layer.tconv1.kernel_initializer, ImageGlorotUniform)
    assert not isinstance(layer.tconv3.kernel_initializer, ImageGlorotUniform)


def test_penalty_is_added_whole_whatever_the_batch(x):
    layer = TNet(3, **SMALL, regularizer=OrthogonalityRegularizer(1.0))
    layer.build(x.shape)
    layer.transform_XYZ.bias.assign(np.diag([1.0, 0.0, 0.0]).ravel())
    layer(np.repeat(x, 3, axis=0))
    # Each of six clouds: A A^T - I = diag(3, 0, 0).
    assert [float(loss) for loss in layer.losses] == [6 * 9 / 2]


def test_config_round_trip():
    layer = TNet(
        5,
        **SMALL,
        input_initializer=ImageGlorotUniform(),
        bn_momentum=BatchNormMomentum(batch_size=8),
        regularizer=OrthogonalityRegularizer(0.5),
    )
    config = keras.layers.serialize(layer)
    copy = keras.layers.deserialize(config)
    assert keras.layers.serialize(copy) == config
    assert copy.tfc1.bn.momentum.batch_size == 8


def built(layer: TNet, shape: tuple) -> TNet:
    layer.build(shape)
    return layer
