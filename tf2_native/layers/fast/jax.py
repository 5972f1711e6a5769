"""Gradients and devices in JAX; see `gradient.py`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import keras
from jax.sharding import PartitionSpec

if TYPE_CHECKING:
    from tf2_native.layers.fast.gradient import Backward, Forward, Tensors


def with_gradient(forward: "Forward", backward: "Backward") -> "Callable[..., Tensors]":
    """As `gradient.with_gradient`."""
    function = jax.custom_vjp(lambda *arguments: forward(*arguments)[0])
    function.defvjp(forward, backward)
    return function


def on_each_device(
    function: "Callable[..., Any]", batch: "Tensors", whole: "Tensors" = ()
) -> "Any":
    """As `gradient.on_each_device`."""
    spread = keras.distribution.distribution()
    if not isinstance(spread, keras.distribution.DataParallel):
        return function(*batch, *whole)
    mesh, clouds = spread.device_mesh.backend_mesh, PartitionSpec(spread.batch_dim_name)
    # Keras derives shapes from batches that nobody has.
    if mesh.size == 1 or batch[0].shape[0] % mesh.size:
        return function(*batch, *whole)
    specs = (*[clouds] * len(batch), *[PartitionSpec()] * len(whole))
    return jax.shard_map(function, mesh=mesh, in_specs=specs, out_specs=clouds, check_vma=False)(
        *batch, *whole
    )


def on_accelerator() -> bool:
    """As `gradient.on_accelerator`."""
    return jax.default_backend() != "cpu"
