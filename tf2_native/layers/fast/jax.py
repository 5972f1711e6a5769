"""Gradients of one's own in JAX; see `gradient.py`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import jax

if TYPE_CHECKING:
    from tf2_native.layers.fast.gradient import Backward, Forward, Tensors


def with_gradient(forward: "Forward", backward: "Backward") -> "Callable[..., Tensors]":
    """As `gradient.with_gradient`."""
    function = jax.custom_vjp(lambda *arguments: forward(*arguments)[0])
    function.defvjp(forward, backward)
    return function


def on_accelerator() -> bool:
    """As `gradient.on_accelerator`."""
    return jax.default_backend() != "cpu"
