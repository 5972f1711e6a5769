"""Gradients and devices in TensorFlow; see `gradient.py`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tensorflow as tf

if TYPE_CHECKING:
    from tf2_native.layers.fast.gradient import Backward, Forward, Tensors


def with_gradient(forward: "Forward", backward: "Backward") -> "Callable[..., Tensors]":
    """As `gradient.with_gradient`."""

    @tf.custom_gradient
    def function(*arguments: tf.Tensor) -> tuple["Tensors", Callable[..., "Tensors"]]:
        outputs, residuals = forward(*arguments)
        return outputs, lambda *upstream: backward(residuals, upstream)

    # Not variables: TensorFlow would ask for their gradients apart.
    return lambda *arguments: function(*map(tf.convert_to_tensor, arguments))


def on_each_device(
    function: "Callable[..., Any]", batch: "Tensors", whole: "Tensors" = ()
) -> "Any":
    """As `gradient.on_each_device`: here every replica has its clouds anyway."""
    return function(*batch, *whole)


def on_accelerator() -> bool:
    """As `gradient.on_accelerator`."""
    return bool(tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("TPU"))
