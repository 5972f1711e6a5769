"""The product with a kernel, with a gradient that compilers need not rearrange."""

from keras import ops

from tf2_native.layers.fast.gradient import with_gradient
from tf2_native.tensor import Tensor

Tensors = tuple[Tensor, ...]


def linear(x: Tensor, kernel: Tensor) -> Tensor:
    """x @ kernel.

    JAX's own gradient of the kernel multiplies the transposed *upstream gradient* by `x`, and XLA
    on the CPU merges all that the upstream gradient is computed from into the copy that transposes
    it, value by value, down columns: four times the cost of the product. Here `x` is transposed.

    Arguments:
        x: ... x C, floating.
        kernel: C x U, of the same dtype.

    Returns:
        Tensor ... x U, of the dtype of `x`.
    """
    return _linear(ops.convert_to_tensor(x), ops.convert_to_tensor(kernel))[0]


def _forward(x: Tensor, kernel: Tensor) -> tuple[Tensors, Tensors]:
    return (ops.matmul(x, kernel),), (x, kernel)


def _backward(residuals: Tensors, upstream: Tensors) -> Tensors:
    x, kernel = residuals
    d_rows = ops.reshape(upstream[0], (-1, kernel.shape[-1]))
    rows = ops.reshape(x, (-1, x.shape[-1]))
    d_x = ops.matmul(d_rows, ops.transpose(kernel))
    return ops.reshape(d_x, ops.shape(x)), ops.matmul(ops.transpose(rows), d_rows)


_linear = with_gradient(_forward, _backward)
