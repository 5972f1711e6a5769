"""The networks, by name."""

from collections.abc import Callable
from types import MappingProxyType

import keras

from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.formulation import Formulation
from tf2_native.models.classifier import pointnet_cls, pointnet_cls_basic
from tf2_native.models.part_segmenter import part_seg
from tf2_native.models.segmenter import pointnet_seg, sem_seg
from tf2_native.models.shape_seg import (
    CORRECTED_MOMENTUM,
    PUBLISHED_MOMENTUM,
    shape_seg,
    shape_seg_corrected,
)

MODELS: MappingProxyType[str, Callable[..., keras.Model]] = MappingProxyType(
    {
        builder.__name__: builder
        for builder in (
            pointnet_cls,
            pointnet_cls_basic,
            pointnet_seg,
            part_seg,
            sem_seg,
            shape_seg,
            shape_seg_corrected,
        )
    }
)

# Number of classes of each network as it was published.
NUM_CLASSES: MappingProxyType[str, int] = MappingProxyType(
    {
        "pointnet_cls": 40,
        "pointnet_cls_basic": 40,
        "pointnet_seg": 50,
        "part_seg": 50,
        "sem_seg": 13,
        "shape_seg": 5,
        "shape_seg_corrected": 5,
    }
)

# Batch-norm momentum of the networks that come with one; the others follow a schedule, and have
# TF1's default where none is given.
BN_MOMENTUM: MappingProxyType[str, float] = MappingProxyType(
    {"shape_seg": PUBLISHED_MOMENTUM, "shape_seg_corrected": CORRECTED_MOMENTUM}
)


def build_model(
    name: str,
    *,
    num_classes: int | None = None,
    num_points: int | None = None,
    bn_momentum: Momentum | None = None,
    formulation: Formulation = "fast",
) -> keras.Model:
    """Builds a network, freshly initialised.

    Arguments:
        name: a key of `MODELS`.
        num_classes: number of classes; as published where left out.
        num_points: points per cloud; any number where left out.
        bn_momentum: of every batch normalisation; a float or a schedule of the step. Where left
            out, that of `BN_MOMENTUM`, or 0.9.
        formulation: of the shared MLPs; see `SharedMLP`. The shape segmenters of keras.io have
            none.

    Returns:
        Model from `points` to logits or probabilities, both of Keras' default float dtype; the
        network's own docstring gives their shapes.

    Raises:
        ValueError: there is no network of that name.
    """
    if name not in MODELS:
        raise ValueError(f"no network is called {name!r}; there are {', '.join(MODELS)}")
    num_classes = NUM_CLASSES[name] if num_classes is None else num_classes
    bn_momentum = BN_MOMENTUM.get(name, 0.9) if bn_momentum is None else bn_momentum
    options = {} if name in BN_MOMENTUM else {"formulation": formulation}
    return MODELS[name](
        num_classes=num_classes, num_points=num_points, bn_momentum=bn_momentum, **options
    )


__all__ = [
    "BN_MOMENTUM",
    "MODELS",
    "NUM_CLASSES",
    "build_model",
    "part_seg",
    "pointnet_cls",
    "pointnet_cls_basic",
    "pointnet_seg",
    "sem_seg",
    "shape_seg",
    "shape_seg_corrected",
]
