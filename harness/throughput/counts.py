"""Operations and bytes of a step, counted from the catalogue."""

from __future__ import annotations

from math import prod

from harness.models import KerasLayer, Layer, Model

FLOPS = (
    "multiplications and additions of the network's matrix products, those of the transforms "
    "included; a training step counts as three forward passes"
)
_FLOAT = 4  # bytes
# Read and written by one step of Adam: the parameter, its gradient and two slots.
_UPDATE = 2 * 4


def forward_flops(model: Model, batch: int, points: int) -> int:
    """Operations of one forward pass, each layer's product a point or a cloud at a time.

    Batch norm, activations and the max are left out: they are a few operations a value.
    """
    return sum(_layer_flops(layer, batch, points) for layer in model.layers)


def step_flops(model: Model, mode: str, batch: int, points: int) -> int:
    """Operations of one step: backward is two products for each one forward."""
    return forward_flops(model, batch, points) * (3 if mode == "training" else 1)


def step_bytes(model: Model, mode: str, batch: int, points: int) -> int:
    """Bytes that a step has to move whatever its cache: batch, and parameters once.

    Activations are not counted, for an implementation may keep them in cache. So this is the
    least, and the roofline above it the highest.
    """
    parameters = sum(prod(parameter.shape) for parameter in model.parameters)
    moved = parameters * (1 + (_UPDATE if mode == "training" else 0))
    return _FLOAT * (moved + batch * points * model.channels)


def _layer_flops(layer: Layer | KerasLayer, batch: int, points: int) -> int:
    if len(layer.kernel) == 1:  # batch norm
        return 0
    # The kernel of a layer that goes point by point is a convolution's.
    rows = batch * points if len(layer.kernel) > 2 else batch
    inputs = prod(layer.kernel[:-1])
    transform = inputs**2 if "multiplied by the matrix" in layer.entry else 0
    return 2 * rows * (prod(layer.kernel) + transform)
