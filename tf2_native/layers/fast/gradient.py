"""What backends do each in their own way: gradients of one's own, and devices.

`keras.ops.custom_gradient` is not it: on PyTorch it passes on the gradient of one output alone,
and swallows the exceptions of the function it wraps.
"""

import importlib
from collections.abc import Callable
from typing import Any, TypeAlias

import keras
from keras import ops

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


def on_each_device(function: Callable[..., Any], batch: Tensors, whole: Tensors = ()) -> Any:
    """function(*batch, *whole), on the clouds that each device has, where several share a batch.

    A compiler that is to walk through such a batch cloud by cloud gathers all of it on every
    device, and each device then walks through all of it.

    Arguments:
        function: from tensors to tensors, cloud by cloud.
        batch: tensors of B clouds each.
        whole: tensors that all clouds have in common.

    Returns:
        What the function returns, along the first axis one device's after the other's.
    """
    return _backend.on_each_device(function, batch, whole)


def by_cloud(reduce: Callable[..., Any], x: Tensor, *whole: Tensor) -> Any:
    """Reduces every cloud of B x N x C, with what all have in common, to tensors without points.

    One cloud after the other on a CPU, whose cache holds one; all at once elsewhere.
    """

    def all_of(x: Tensor, *whole: Tensor) -> Any:
        if on_accelerator():
            return reduce(x, *whole)
        clouds, points, channels = ops.shape(x)
        if not isinstance(points, int):  # of how many nobody can slice, says JAX
            return ops.map(lambda cloud: reduce(cloud, *whole), x)
        # A slice of the rows is a view of them in TensorFlow, where to walk through `x` itself
        # copies all of it first; and compilers, which see the same rows in the product before and
        # behind, do not make them once more in three dimensions.
        rows = ops.reshape(x, (-1, channels))

        def of_one(cloud: Tensor) -> Any:
            start = (cloud * points, ops.zeros_like(cloud))  # of one type, as JAX asks
            return reduce(ops.slice(rows, start, (points, channels)), *whole)

        return ops.map(of_one, ops.arange(clouds, dtype="int32"))

    return on_each_device(all_of, (x,), whole)


def on_accelerator() -> bool:
    """Whether the backend computes on anything but the CPU."""
    return _backend.on_accelerator()
