"""Segmentation of shapes into parts, told the shape's category and guessing it on the side."""

from collections.abc import Mapping
from typing import Any

import keras

from tf2_native.layers import ConcatenatedMLP, SharedMLP
from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.formulation import Formulation
from tf2_native.models.backbone import PARTS, Features, backbone
from tf2_native.tensor import Tensor

NUM_CATEGORIES = 16


def part_seg(
    *, num_classes: int, num_points: int | None, bn_momentum: Momentum, formulation: Formulation
) -> keras.Model:
    """The part segmentation network of the paper's appendix.

    Its loss includes the orthogonality penalty on the feature transform.

    Arguments:
        num_classes: number of parts, over all categories.
        num_points: points per cloud; None for any number.
        bn_momentum: see `BatchNormalization`.
        formulation: see `SharedMLP`.

    Returns:
        Model from a dictionary of `points` B x N x 3 and `category`, integers B below 16, to a
        dictionary of `logits` B x N x num_classes and `category_logits` B x 16.
    """
    points = keras.Input((num_points, 3), name="points")
    category = keras.Input((), dtype="int32", name="category")
    options: dict[str, Any] = {"bn_momentum": bn_momentum, "formulation": formulation}
    features = backbone(points, PARTS, **options)
    outputs = {
        "logits": _parts(features, category, num_classes, options),
        "category_logits": _category(features.cloud, options),
    }
    return keras.Model({"points": points, "category": category}, outputs, name="part_seg")


def _category(cloud: Tensor, options: Mapping[str, Any]) -> Tensor:
    """Logits of the category, B x 16, from the global feature alone."""
    x = SharedMLP(256, **options, name="cla_fc1")(cloud)
    x = SharedMLP(256, **options, name="cla_fc2")(x)
    x = keras.layers.Dropout(0.3, name="cla_dp1")(x)
    return keras.layers.Dense(NUM_CATEGORIES, name="cla_fc3")(x)


def _parts(
    features: Features, category: Tensor, num_classes: int, options: Mapping[str, Any]
) -> Tensor:
    """Logits of the parts, B x N x num_classes, from all that is known of a point."""
    one_hot = keras.ops.one_hot(category, NUM_CATEGORIES, dtype=features.cloud.dtype)
    x = ConcatenatedMLP(256, **options, name="seg_conv1")(
        [features.cloud, one_hot, *features.layers]
    )
    x = keras.layers.Dropout(0.2, name="seg_dp1")(x)
    x = SharedMLP(256, **options, name="seg_conv2")(x)
    x = keras.layers.Dropout(0.2, name="seg_dp2")(x)
    x = SharedMLP(128, **options, name="seg_conv3")(x)
    return keras.layers.Dense(num_classes, name="seg_conv4")(x)
