"""The classifiers: a trunk, and a head from its global feature to logits (arXiv 1612.00593)."""

from typing import Any

import keras

from tf2_native.layers import SharedMLP
from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.formulation import Formulation
from tf2_native.models.backbone import ALIGNED, BASIC, backbone

DROPOUT_RATE = 0.3  # TF1 spoke of keeping 0.7.


def pointnet_cls_basic(
    *,
    num_classes: int,
    num_points: int | None,
    bn_momentum: Momentum,
    formulation: Formulation = "fast",
) -> keras.Model:
    """The classifier without T-Nets, which drops out once.

    Arguments:
        num_classes: number of logits.
        num_points: points per cloud; None for any number.
        bn_momentum: see `BatchNormalization`.
        formulation: see `SharedMLP`.

    Returns:
        Model from `points` B x N x 3 to logits B x num_classes.
    """
    points = keras.Input((num_points, 3), name="points")
    options: dict[str, Any] = {"bn_momentum": bn_momentum, "formulation": formulation}
    x = backbone(points, BASIC, **options).cloud
    x = SharedMLP(512, **options, name="fc1")(x)
    x = SharedMLP(256, **options, name="fc2")(x)
    x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)
    logits = keras.layers.Dense(num_classes, name="fc3")(x)
    return keras.Model(points, logits, name="pointnet_cls_basic")


def pointnet_cls(
    *,
    num_classes: int,
    num_points: int | None,
    bn_momentum: Momentum,
    formulation: Formulation = "fast",
) -> keras.Model:
    """The classifier with both T-Nets, which drops out after each hidden layer of the head.

    Its loss includes the orthogonality penalty on the feature transform.

    Arguments:
        num_classes: number of logits.
        num_points: points per cloud; None for any number.
        bn_momentum: see `BatchNormalization`.
        formulation: see `SharedMLP`.

    Returns:
        Model from `points` B x N x 3 to logits B x num_classes.
    """
    points = keras.Input((num_points, 3), name="points")
    options: dict[str, Any] = {"bn_momentum": bn_momentum, "formulation": formulation}
    x = backbone(points, ALIGNED, **options).cloud
    x = SharedMLP(512, **options, name="fc1")(x)
    x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)
    x = SharedMLP(256, **options, name="fc2")(x)
    x = keras.layers.Dropout(DROPOUT_RATE, name="dp2")(x)
    logits = keras.layers.Dense(num_classes, name="fc3")(x)
    return keras.Model(points, logits, name="pointnet_cls")
