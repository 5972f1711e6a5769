"""Segmentation of clouds: a head that labels every point, knowing its whole cloud."""

from typing import Any

import keras

from tf2_native.layers import ConcatenatedMLP, Dropout, SharedMLP
from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.formulation import Formulation
from tf2_native.models.backbone import ALIGNED, SCENES, backbone

SCENE_CHANNELS = 9  # x, y, z in the block; r, g, b; x, y, z in the room
UNSCHEDULED_MOMENTUM = 0.9  # of two layers of `sem_seg`, which TF1 forgot to hand the schedule


def pointnet_seg(
    *, num_classes: int, num_points: int | None, bn_momentum: Momentum, formulation: Formulation
) -> keras.Model:
    """The segmentation network of the paper, on the trunk of `pointnet_cls`.

    Its loss includes the orthogonality penalty on the feature transform.

    Arguments:
        num_classes: number of logits.
        num_points: points per cloud; None for any number.
        bn_momentum: see `BatchNormalization`.
        formulation: see `SharedMLP`.

    Returns:
        Model from `points` B x N x 3 to logits B x N x num_classes.
    """
    points = keras.Input((num_points, 3), name="points")
    options: dict[str, Any] = {"bn_momentum": bn_momentum, "formulation": formulation}
    features = backbone(points, ALIGNED, **options)
    x = ConcatenatedMLP(512, **options, name="conv6")([features.aligned, features.cloud])
    for name, units in (("conv7", 256), ("conv8", 128), ("conv9", 128)):
        x = SharedMLP(units, **options, name=name)(x)
    logits = keras.layers.Dense(num_classes, name="conv10")(x)
    return keras.Model(points, logits, name="pointnet_seg")


def sem_seg(
    *, num_classes: int, num_points: int | None, bn_momentum: Momentum, formulation: Formulation
) -> keras.Model:
    """The segmentation network for indoor scenes, without T-Nets.

    Arguments:
        num_classes: number of logits.
        num_points: points per block; None for any number.
        bn_momentum: see `BatchNormalization`; `conv6` and `conv7` keep to 0.9 whatever it says.
        formulation: see `SharedMLP`.

    Returns:
        Model from `points` B x N x 9 to logits B x N x num_classes.
    """
    points = keras.Input((num_points, SCENE_CHANNELS), name="points")
    options: dict[str, Any] = {"bn_momentum": bn_momentum, "formulation": formulation}
    features = backbone(points, SCENES, **options)
    cloud = SharedMLP(256, **options, name="fc1")(features.cloud)
    cloud = SharedMLP(128, **options, name="fc2")(cloud)
    unscheduled = {**options, "bn_momentum": UNSCHEDULED_MOMENTUM}
    x = ConcatenatedMLP(512, **unscheduled, name="conv6")([features.layers[-1], cloud])
    x = SharedMLP(256, **unscheduled, name="conv7")(x)
    x = Dropout(0.3, name="dp1")(x)
    logits = keras.layers.Dense(num_classes, name="conv8")(x)
    return keras.Model(points, logits, name="sem_seg")
