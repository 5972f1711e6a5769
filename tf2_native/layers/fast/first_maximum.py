"""The maximum over the points, and the first point that attains it: the one with the gradient."""

import math

from keras import ops

from tf2_native.layers.fast.gradient import by_cloud, with_gradient
from tf2_native.tensor import Tensor

Tensors = tuple[Tensor, ...]

_RUN = 16  # points, at most


def maximum_over_points(x: Tensor) -> Tensor:
    """max over n of x[b, n, u]; where points tie, the gradient goes to the first.

    Arguments:
        x: B x N x U, floating.

    Returns:
        Tensor B x U, of the dtype of `x`.
    """
    return _maximum(ops.convert_to_tensor(x))[0]


def _forward(x: Tensor) -> tuple[Tensors, Tensors]:
    maxima, winners = by_cloud(first_maximum, x)
    return (maxima,), (x, winners)


def _backward(residuals: Tensors, upstream: Tensors) -> Tensors:
    x, winners = residuals
    positions = ops.arange(ops.shape(x)[1], dtype="int32")[:, None]
    return (ops.where(positions == winners[:, None], upstream[0][:, None], 0),)


_maximum = with_gradient(_forward, _backward)


def first_maximum(x: Tensor) -> tuple[Tensor, Tensor]:
    """The maxima of ... x N x U over the points, ... x U, and the first points that attain them.

    One pass over all points leaves the maxima of runs of neighbours. The first of the best runs
    is soon found among those, and the point among the few of its run.
    """
    *clouds, points, units = ops.shape(x)
    length = math.gcd(points, _RUN) if isinstance(points, int) else 1
    runs = ops.reshape(x, (*clouds, -1, length, units))
    best = ops.max(runs, axis=-2)
    maxima = ops.max(best, axis=-2, keepdims=True)
    start = _first(best < maxima) * length
    near = start[..., None, :] + ops.arange(length, dtype="int32")[:, None]
    within = _first(_at(x, near) < maxima)
    return ops.squeeze(maxima, axis=-2), start + within


def _at(x: Tensor, rows: Tensor) -> Tensor:
    """x[..., rows[..., k, u], u], for x of ... x N x U and rows of ... x K x U.

    `ops.take_along_axis`, but on TensorFlow that transposes all of `x` first.
    """
    *_, points, units = ops.shape(x)
    if len(x.shape) == 3:
        rows = rows + points * ops.arange(ops.shape(x)[0], dtype="int32")[:, None, None]
    return ops.take(ops.reshape(x, (-1,)), rows * units + ops.arange(units, dtype="int32"))


def _first(smaller: Tensor) -> Tensor:
    """Where ... x N x U is false for the first time, ... x U."""
    # Not `argmax`, which compilers do not vectorise; nor integers, whose minima XLA takes apart.
    # A float32 counts to 16,777,216.
    positions = ops.cast(ops.arange(ops.shape(smaller)[-2]), "float32")[:, None]
    first = ops.min(ops.where(smaller, positions[-1], positions), axis=-2)
    return ops.cast(first, "int32")
