"""The networks, by name."""

from collections.abc import Callable
from types import MappingProxyType

import keras

from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.shared_mlp_max import Formulation
from tf2_native.models.classifier import pointnet_cls, pointnet_cls_basic

MODELS: MappingProxyType[str, Callable[..., keras.Model]] = MappingProxyType(
    {"pointnet_cls": pointnet_cls, "pointnet_cls_basic": pointnet_cls_basic}
)


def build_model(
    name: str,
    *,
    num_classes: int = 40,
    num_points: int | None = None,
    bn_momentum: Momentum = 0.9,
    formulation: Formulation = "fast",
) -> keras.Model:
    """Builds a network, freshly initialised.

    Arguments:
        name: a key of `MODELS`.
        num_classes: number of logits.
        num_points: points per cloud; any number where left out.
        bn_momentum: of every batch normalisation; a float or a schedule of the step.
        formulation: of the layers that meet a maximum; see `SharedMLPMax`.

    Returns:
        Model from `points` B x N x 3 to logits B x num_classes, both of Keras' default float dtype.

    Raises:
        ValueError: there is no network of that name.
    """
    if name not in MODELS:
        raise ValueError(f"no network is called {name!r}; there are {', '.join(MODELS)}")
    return MODELS[name](
        num_classes=num_classes,
        num_points=num_points,
        bn_momentum=bn_momentum,
        formulation=formulation,
    )


__all__ = ["MODELS", "build_model", "pointnet_cls", "pointnet_cls_basic"]
