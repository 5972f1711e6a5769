"""Maxima over the points of x @ kernel, and the moments of the product, which is never stored.

The product, B x N x units, is the largest array of a PointNet by far, and all that comes of it is
a maximum and two moments per channel. Here it is made cloud by cloud, each in the cache, reduced
there and forgotten. Its gradient needs no more: see `docs/fast_layer.md` for every step.
"""

import keras
from keras import ops

from tf2_native.layers.fast.first_maximum import first_maximum
from tf2_native.layers.fast.gradient import (
    by_cloud,
    on_accelerator,
    on_each_device,
    with_gradient,
)
from tf2_native.tensor import Tensor

Tensors = tuple[Tensor, ...]


def maximum(x: Tensor, kernel: Tensor) -> Tensor:
    """max over n of (x @ kernel)[b, n, u].

    Where points tie, the gradient goes to the first.

    Arguments:
        x: B x N x C, floating.
        kernel: C x U, of the same dtype.

    Returns:
        Tensor B x U, of the dtype of `x`.
    """
    return _maximum(ops.convert_to_tensor(x), ops.convert_to_tensor(kernel))[0]


def maximum_and_moments(x: Tensor, kernel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The maximum of x @ kernel over the points, and its moments over points and clouds.

    Where points tie, the gradient goes to the first.

    Arguments:
        x: B x N x C, floating.
        kernel: C x U, of the same dtype.

    Returns:
        The maximum, B x U, the mean, U, and the biased variance, U, of the dtype of `x`.
    """
    maxima, mean, variance = _maximum_and_moments(
        ops.convert_to_tensor(x), ops.convert_to_tensor(kernel)
    )
    return maxima, mean, variance


# -- with moments, for training --------------------------------------------------------------------


def _training_forward(x: Tensor, kernel: Tensor) -> tuple[Tensors, Tensors]:
    mu = _mean(_mean(_precise(x), axis=1), axis=0)
    mean = ops.matmul(mu, _precise(kernel))

    def reduce(cloud: Tensor, kernel: Tensor, mean: Tensor) -> Tensors:
        product = ops.matmul(cloud, kernel)
        squares = ops.square(_precise(product) - mean)
        return (*first_maximum(product), _mean(squares, axis=-2))

    maxima, winners, squares = by_cloud(reduce, x, kernel, mean)
    moments = (ops.cast(moment, x.dtype) for moment in (mean, _mean(squares, axis=0)))
    return (maxima, *moments), (x, kernel, mu, winners)


def _training_backward(residuals: Tensors, upstream: Tensors) -> Tensors:
    x, kernel, mu, winners = residuals
    d_maxima, d_mean, d_variance = map(_precise, upstream)
    dtype, x, kernel = x.dtype, _precise(x), _precise(kernel)
    d_x, d_kernel = _through_winners(x, kernel, winners, d_maxima)
    # The mean is mu @ kernel.
    rows = ops.reshape(x, (-1, x.shape[-1]))
    count = ops.cast(ops.shape(rows)[0], rows.dtype)
    d_kernel = d_kernel + mu[:, None] * d_mean
    shift = ops.matmul(kernel, d_mean) / count
    # The variance is the diagonal of kernel^T @ covariance @ kernel.
    centred = rows - mu
    covariance = ops.matmul(ops.transpose(centred), centred) / count
    d_kernel = d_kernel + ops.matmul(covariance, kernel) * (2 * d_variance)
    spread = ops.matmul(kernel * (2 * d_variance / count), ops.transpose(kernel))
    # Not `centred`, which TensorFlow, having it early, would keep for this.
    of_moments = ops.matmul(rows, spread) + (shift - ops.matmul(mu, spread))
    d_x = d_x + ops.reshape(of_moments, ops.shape(x))
    return ops.cast(d_x, dtype), ops.cast(d_kernel, dtype)


_maximum_and_moments = with_gradient(_training_forward, _training_backward)


# -- without, for inference ------------------------------------------------------------------------


def _inference_forward(x: Tensor, kernel: Tensor) -> tuple[Tensors, Tensors]:
    def reduce(cloud: Tensor, kernel: Tensor) -> Tensor:
        return ops.max(ops.matmul(cloud, kernel), axis=-2)

    return (by_cloud(reduce, x, kernel),), (x, kernel)


def _inference_backward(residuals: Tensors, upstream: Tensors) -> Tensors:
    x, kernel = residuals
    # Who won is found out here: nobody asks for the gradient of an inference, but for a few.
    _, winners = by_cloud(lambda cloud, kernel: first_maximum(ops.matmul(cloud, kernel)), x, kernel)
    d_maxima = _precise(upstream[0])
    d_x, d_kernel = _through_winners(_precise(x), _precise(kernel), winners, d_maxima)
    return ops.cast(d_x, x.dtype), ops.cast(d_kernel, kernel.dtype)


_maximum = with_gradient(_inference_forward, _inference_backward)


# -- what both are made of -------------------------------------------------------------------------


def _through_winners(
    x: Tensor, kernel: Tensor, winners: Tensor, d_maxima: Tensor
) -> tuple[Tensor, Tensor]:
    """The gradients of x, B x N x C, and kernel, C x U, from those of the maxima, B x U."""
    batch = x, winners, d_maxima
    d_kernel = ops.transpose(ops.sum(on_each_device(_sum_of_winners, batch), axis=0))
    return on_each_device(_to_winners, batch, (kernel,)), d_kernel


def _to_winners(x: Tensor, winners: Tensor, d_maxima: Tensor, kernel: Tensor) -> Tensor:
    """The sum of d_maxima[b, u] kernel[:, u] over the u that x[b, n] won, B x N x C."""
    clouds, points, channels = ops.shape(x)
    rows = winners + points * ops.arange(clouds, dtype="int32")[:, None]
    d_won = ops.reshape(d_maxima[..., None] * ops.transpose(kernel), (-1, channels))
    d_x = ops.segment_sum(d_won, ops.reshape(rows, (-1,)), num_segments=clouds * points)
    return ops.reshape(d_x, ops.shape(x))


def _sum_of_winners(x: Tensor, winners: Tensor, weights: Tensor) -> Tensor:
    """sum over b of weights[b, u] x[b, winners[b, u], :], 1 x U x C; cloud by cloud on a CPU."""
    if on_accelerator():
        won = ops.take_along_axis(x, winners[..., None], axis=1)
        return ops.sum(won * weights[..., None], axis=0, keepdims=True)

    def add(b: Tensor, total: Tensor) -> Tensor:
        return total + ops.take(x[b], winners[b], axis=0) * weights[b][:, None]

    start = ops.zeros((winners.shape[-1], x.shape[-1]), dtype=x.dtype)
    return ops.fori_loop(0, ops.shape(x)[0], add, start)[None]


def _mean(x: Tensor, axis: int) -> Tensor:
    # Not `ops.mean`, which on JAX takes the mean of float64 numbers in float32.
    return ops.sum(x, axis=axis) / ops.cast(ops.shape(x)[axis], x.dtype)


def _precise(x: Tensor) -> Tensor:
    """As float32, where sums over many points would lose too many of the bits of `x`."""
    short = keras.backend.standardize_dtype(x.dtype) in ("bfloat16", "float16")
    return ops.cast(x, "float32") if short else x
