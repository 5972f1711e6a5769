"""The trunks: from points to one global feature per cloud (arXiv 1612.00593, figure 2)."""

import keras

from tf2_native.layers import (
    ImageGlorotUniform,
    OrthogonalityRegularizer,
    SharedMLP,
    SharedMLPMax,
    TNet,
)
from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.shared_mlp_max import Formulation
from tf2_native.tensor import Tensor


def basic_backbone(points: Tensor, bn_momentum: Momentum, formulation: Formulation) -> Tensor:
    """The trunk without T-Nets.

    Arguments:
        points: symbolic, B x N x C.
        bn_momentum: see `BatchNormalization`.
        formulation: see `SharedMLPMax`.

    Returns:
        Global feature, symbolic, B x 1024.
    """
    x = SharedMLP(
        64, bn_momentum=bn_momentum, kernel_initializer=ImageGlorotUniform(), name="conv1"
    )(points)
    for name, units in (("conv2", 64), ("conv3", 64), ("conv4", 128)):
        x = SharedMLP(units, bn_momentum=bn_momentum, name=name)(x)
    return SharedMLPMax(1024, formulation=formulation, bn_momentum=bn_momentum, name="conv5")(x)


def backbone(points: Tensor, bn_momentum: Momentum, formulation: Formulation) -> Tensor:
    """The full trunk, which aligns the points first and their features on the way.

    Arguments:
        points: symbolic, B x N x 3.
        bn_momentum: see `BatchNormalization`.
        formulation: see `SharedMLPMax`.

    Returns:
        Global feature, symbolic, B x 1024.
    """
    x = keras.ops.matmul(points, _input_transform(points, bn_momentum, formulation))
    x = SharedMLP(
        64, bn_momentum=bn_momentum, kernel_initializer=ImageGlorotUniform(), name="conv1"
    )(x)
    x = SharedMLP(64, bn_momentum=bn_momentum, name="conv2")(x)
    x = keras.ops.matmul(x, _feature_transform(x, bn_momentum, formulation))
    for name, units in (("conv3", 64), ("conv4", 128)):
        x = SharedMLP(units, bn_momentum=bn_momentum, name=name)(x)
    return SharedMLPMax(1024, formulation=formulation, bn_momentum=bn_momentum, name="conv5")(x)


def _input_transform(points: Tensor, bn_momentum: Momentum, formulation: Formulation) -> Tensor:
    return TNet(
        3,
        input_initializer=ImageGlorotUniform(),
        bn_momentum=bn_momentum,
        formulation=formulation,
        name="transform_net1",
    )(points)


def _feature_transform(features: Tensor, bn_momentum: Momentum, formulation: Formulation) -> Tensor:
    return TNet(
        64,
        bn_momentum=bn_momentum,
        formulation=formulation,
        regularizer=OrthogonalityRegularizer(),
        name="transform_net2",
    )(features)
