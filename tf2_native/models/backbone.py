"""The trunk under every network: from points to features of the points and of the cloud.

arXiv 1612.00593, figure 2; the tables below are all that tells the networks' trunks apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras

from tf2_native.layers import (
    ImageGlorotUniform,
    MaxOverPoints,
    OrthogonalityRegularizer,
    SharedMLP,
    SharedMLPMax,
    TNet,
)
from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.formulation import Formulation
from tf2_native.tensor import Tensor


@dataclass(frozen=True)
class Alignment:
    """The widths of a T-Net, by TF1 scope.

    Attributes:
        point_widths: of its shared MLP, in order.
        cloud_widths: of its fully connected layers.
    """

    point_widths: Mapping[str, int]
    cloud_widths: Mapping[str, int]


@dataclass(frozen=True)
class Trunk:
    """What a backbone is made of.

    Attributes:
        before: widths of the shared MLP in front of the feature transform.
        after: widths of the shared MLP behind it, up to the max over the points.
        input_transform: the T-Net that aligns the points; None for none.
        feature_transform: the T-Net that aligns the features; None for none.
        keeps_last: whether a head reads the last layer's output, B x N x C, beside its maximum. It
            then has to be stored, which `SharedMLPMax` is there to avoid.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    input_transform: Alignment | None = None
    feature_transform: Alignment | None = None
    keeps_last: bool = False


_ALIGNMENT = Alignment({"tconv1": 64, "tconv2": 128, "tconv3": 1024}, {"tfc1": 512, "tfc2": 256})
BASIC = Trunk(before=(64, 64), after=(64, 128, 1024))
SCENES = replace(BASIC, keeps_last=True)
ALIGNED = Trunk(
    before=(64, 64),
    after=(64, 128, 1024),
    input_transform=_ALIGNMENT,
    feature_transform=_ALIGNMENT,
)
PARTS = Trunk(
    before=(64, 128, 128),
    after=(512, 2048),
    # The published net skips a number.
    input_transform=Alignment(
        {"tconv1": 64, "tconv3": 128, "tconv4": 1024}, {"tfc1": 128, "tfc2": 128}
    ),
    feature_transform=Alignment({"tconv1": 256, "tconv2": 1024}, {"tfc1": 512, "tfc2": 256}),
    keeps_last=True,
)


@dataclass(frozen=True)
class Features:
    """What a backbone knows of a batch of clouds; all tensors symbolic.

    Attributes:
        layers: outputs of `conv1`, `conv2`, ... in order, each B x N x C; the last one only where
            the trunk keeps it.
        aligned: what the feature transform made of the features, B x N x C; without one, the
            features themselves.
        cloud: the global feature, the last layer's maximum over the points, B x C.
    """

    layers: tuple[Tensor, ...]
    aligned: Tensor
    cloud: Tensor


def backbone(
    points: Tensor, trunk: Trunk, bn_momentum: Momentum, formulation: Formulation
) -> Features:
    """Builds a trunk on points.

    Arguments:
        points: symbolic, B x N x C.
        trunk: what it is made of.
        bn_momentum: see `BatchNormalization`.
        formulation: of its layers; see `SharedMLP`.

    Returns:
        The features of each point and of each cloud.
    """
    options: dict[str, Any] = {"bn_momentum": bn_momentum, "formulation": formulation}
    x = points
    if trunk.input_transform:
        x = keras.ops.matmul(x, _input_transform(x, trunk.input_transform, options))
    layers = _shared_mlps(x, trunk.before, 1, options)
    aligned = layers[-1]
    if trunk.feature_transform:
        transform = _feature_transform(aligned, trunk.feature_transform, options)
        aligned = keras.ops.matmul(aligned, transform)
    *inner, width = trunk.after
    later = _shared_mlps(aligned, inner, 1 + len(layers), options)
    layers += later
    x, last = (later or [aligned])[-1], f"conv{1 + len(layers)}"
    if trunk.keeps_last:
        layers.append(SharedMLP(width, **options, name=last)(x))
        cloud = MaxOverPoints(formulation=formulation, name="maxpool")(layers[-1])
    else:
        cloud = SharedMLPMax(width, name=last, **options)(x)
    return Features(tuple(layers), aligned, cloud)


def _shared_mlps(
    x: Tensor, widths: Sequence[int], start: int, options: Mapping[str, Any]
) -> list[Tensor]:
    """Outputs of `conv<start>` and those that follow."""
    outputs = []
    for number, units in enumerate(widths, start):
        # TF1 read raw points, and only those, as an image.
        initializer = ImageGlorotUniform() if number == 1 else "glorot_uniform"
        x = SharedMLP(units, kernel_initializer=initializer, name=f"conv{number}", **options)(x)
        outputs.append(x)
    return outputs


def _input_transform(points: Tensor, widths: Alignment, options: Mapping[str, Any]) -> Tensor:
    return TNet(
        3,
        point_widths=widths.point_widths,
        cloud_widths=widths.cloud_widths,
        input_initializer=ImageGlorotUniform(),
        name="transform_net1",
        **options,
    )(points)


def _feature_transform(features: Tensor, widths: Alignment, options: Mapping[str, Any]) -> Tensor:
    return TNet(
        features.shape[-1],
        point_widths=widths.point_widths,
        cloud_widths=widths.cloud_widths,
        regularizer=OrthogonalityRegularizer(),
        name="transform_net2",
        **options,
    )(features)
