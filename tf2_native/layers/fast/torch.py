"""Gradients and devices in PyTorch; see `gradient.py`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from keras.src.backend.torch.core import get_device

if TYPE_CHECKING:
    from tf2_native.layers.fast.gradient import Backward, Forward, Tensors


def with_gradient(forward: "Forward", backward: "Backward") -> "Callable[..., Tensors]":
    """As `gradient.with_gradient`."""

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, *arguments: torch.Tensor) -> "Tensors":
            outputs, residuals = forward(*arguments)
            context.save_for_backward(*residuals)
            return outputs

        @staticmethod
        def backward(context: Any, *upstream: torch.Tensor) -> "Tensors":
            return backward(context.saved_tensors, upstream)

    return Function.apply


def on_each_device(
    function: "Callable[..., Any]", batch: "Tensors", whole: "Tensors" = ()
) -> "Any":
    """As `gradient.on_each_device`: here every replica has its clouds anyway."""
    return function(*batch, *whole)


def on_accelerator() -> bool:
    """As `gradient.on_accelerator`."""
    return get_device() != "cpu"
