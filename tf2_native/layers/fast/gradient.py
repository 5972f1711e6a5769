"""A function with a gradient of its own, on whichever backend Keras runs.

`keras.ops.custom_gradient` is not it: on PyTorch it passes on the gradient of one output alone,
and swallows the exceptions of the function it wraps.
"""

import importlib
from collections.abc import Callable
from typing import TypeAlias

import keras

from tf2_native.tensor import Tensor

Tensors: TypeAlias = tuple[Tensor, ...]
Forward: TypeAlias = Callable[..., tuple[Tensors, Tensors]]
Backward: TypeAlias = Callable[[Tensors, Tensors], Tensors]

_backend = importlib.import_module(f"{__package__}.{keras.backend.backend()}")


def with_gradient(forward: Forward, backward: Backward) -> Callable[..., Tensors]:
    """Joins a function and the product of a vector with its Jacobian.

    Arguments:
        forward: from tensors to a tuple of outputs, and a tuple of whatever tensors the way back
            needs.
        backward: from those tensors, and the gradients of the outputs, to the gradients of the
            arguments of `forward`.

    Returns:
        The function from the arguments of `forward` to its outputs, differentiable once.
    """
    return _backend.with_gradient(forward, backward)


def on_accelerator() -> bool:
    """Whether the backend computes on anything but the CPU."""
    return _backend.on_accelerator()
