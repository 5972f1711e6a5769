"""The networks, by name."""

from collections.abc import Callable
from types import MappingProxyType

import keras

from tf2_native.layers.batch_norm import Momentum
from tf2_native.models.classifier import pointnet_cls, pointnet_cls_basic
from tf2_native.models.part_segmenter import part_seg
from tf2_native.models.segmenter import pointnet_seg, sem_seg

MODELS: MappingProxyType[str, Callable[..., keras.Model]] = MappingProxyType(
    {
        builder.__name__: builder
        for builder in (pointnet_cls, pointnet_cls_basic, pointnet_seg, part_seg, sem_seg)
    }
)

# Number of logits of each network as it was published.
NUM_CLASSES: MappingProxyType[str, int] = MappingProxyType(
    {
        "pointnet_cls": 40,
        "pointnet_cls_basic": 40,
        "pointnet_seg": 50,
        "part_seg": 50,
        "sem_seg": 13,
    }
)


def build_model(
    name: str,
    *,
    num_classes: int | None = None,
    num_points: int | None = None,
    bn_momentum: Momentum = 0.9,
) -> keras.Model:
    """Builds a network, freshly initialised.

    Arguments:
        name: a key of `MODELS`.
        num_classes: number of logits; as published where left out.
        num_points: points per cloud; any number where left out.
        bn_momentum: of every batch normalisation; a float or a schedule of the step.

    Returns:
        Model from `points` to logits, both of Keras' default float dtype; the network's own
        docstring gives their shapes.

    Raises:
        ValueError: there is no network of that name.
    """
    if name not in MODELS:
        raise ValueError(f"no network is called {name!r}; there are {', '.join(MODELS)}")
    num_classes = NUM_CLASSES[name] if num_classes is None else num_classes
    return MODELS[name](num_classes=num_classes, num_points=num_points, bn_momentum=bn_momentum)


__all__ = [
    "MODELS",
    "NUM_CLASSES",
    "build_model",
    "part_seg",
    "pointnet_cls",
    "pointnet_cls_basic",
    "pointnet_seg",
    "sem_seg",
]
