"""Batch normalisation and ReLU as one function, with a gradient that passes over its arrays twice.

Differentiated step by step, they store half a dozen arrays of the size of the activations and pass
over them a dozen times; compilers merge few of those passes. See `docs/fast_layer.md`.
"""

from collections.abc import Callable
from functools import cache

from keras import ops

from tf2_native.layers.fast.gradient import with_gradient
from tf2_native.tensor import Tensor

Tensors = tuple[Tensor, ...]


def normalised_relu(
    linear: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor, epsilon: float
) -> tuple[Tensor, Tensor, Tensor]:
    """relu(batch_norm(linear + bias)) with the batch's moments.

    The bias shifts the mean and nothing else: the normalisation takes it away again, and its
    gradient is zero, exactly.

    Arguments:
        linear: ... x C, floating.
        bias, gamma, beta: each [C], float32 or float64.
        epsilon: added to the variance.

    Returns:
        The activations, of the shape and dtype of `linear`, and the mean and biased variance of
        `linear + bias` over all axes but the last, each [C], of the dtype of `gamma`.
    """
    function = _with_epsilon(epsilon)
    activations, mean, variance = function(*map(ops.convert_to_tensor, (linear, bias, gamma, beta)))
    return activations, mean, variance


@cache
def _with_epsilon(epsilon: float) -> Callable[..., Tensors]:
    def forward(
        linear: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor
    ) -> tuple[Tensors, Tensors]:
        # Rows: XLA on the CPU is slower where there are more axes than need be.
        rows, shape = _rows(ops.cast(linear, gamma.dtype)), ops.shape(linear)
        mean = _sum(rows, shape) / _count(rows)
        variance = _sum(ops.square(rows - mean), shape) / _count(rows)
        inverse = ops.rsqrt(variance + epsilon)
        scale = gamma * inverse
        activations = ops.cast(ops.relu(rows * scale + (beta - mean * scale)), linear.dtype)
        activations = ops.reshape(activations, shape)
        return (activations, mean + bias, variance), (linear, activations, gamma, mean, inverse)

    return with_gradient(forward, _backward)


def _backward(residuals: Tensors, upstream: Tensors) -> Tensors:
    linear, activations, gamma, mean, inverse = residuals
    d_activations, d_mean, d_variance = (ops.cast(d, gamma.dtype) for d in upstream)
    rows, shape = _rows(ops.cast(linear, gamma.dtype)), ops.shape(linear)
    d_normal = ops.where(_rows(activations) > 0, _rows(d_activations), 0)
    d_beta = _sum(d_normal, shape)
    # Neither here nor below `rows - mean`, which depends on nothing from above: XLA finds
    # it in the forward pass, TensorFlow computes it then, and both keep it until now.
    along = _sum(d_normal * rows, shape) - mean * d_beta
    # Through the moments, every row has the same share of what reaches them.
    scale, count = gamma * inverse, _count(rows)
    slope = (2 * d_variance - scale * ops.square(inverse) * along) / count
    level = (d_mean - scale * d_beta) / count - slope * mean
    d_rows = ops.cast(scale * d_normal + slope * rows + level, linear.dtype)
    d_linear = ops.reshape(d_rows, shape)
    return d_linear, ops.zeros_like(d_beta), along * inverse, d_beta


def _rows(x: Tensor) -> Tensor:
    return ops.reshape(x, (-1, x.shape[-1]))


def _sum(rows: Tensor, shape: tuple[int | Tensor, ...]) -> Tensor:
    """The sum of the rows of what had the shape ... x C: axis by axis, the innermost first.

    In TensorFlow, the sum of as many rows in one go takes three times as long.
    """
    total = ops.reshape(rows, shape)
    while len(total.shape) > 1:
        total = ops.sum(total, axis=-2)
    return total


def _count(rows: Tensor) -> Tensor:
    return ops.cast(ops.shape(rows)[0], rows.dtype)
