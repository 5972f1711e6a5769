"""The shared MLP whose maximum over the points is all that is wanted of it."""

from typing import Any

import keras
from keras import ops

from tf2_native.layers import fast
from tf2_native.layers.batch_norm import moments
from tf2_native.layers.max_over_points import MaxOverPoints
from tf2_native.layers.shared_mlp import SharedMLP
from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class SharedMLPMax(SharedMLP):
    """`SharedMLP`, then `MaxOverPoints`: the same function, and the same gradients.

    Nine tenths of a PointNet's arithmetic is in such layers, and most of its memory in their
    activations, B x N x units. Batch normalisation and ReLU are monotone in each channel, so the
    maximum may be taken first, and with it, on the way, whatever else is needed: the activations
    are never stored, in neither direction. `docs/fast_layer.md` derives it line by line.

    Arguments:
        units: number of output channels.
        **kwargs: for `SharedMLP`, the formulation among them.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.max_over_points = MaxOverPoints(
            formulation="plain", dtype=self.dtype_policy, name="maxpool"
        )

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Applies the layer.

        Arguments:
            x: B x N x C, floating.
            training: whether batch normalisation uses, and averages, the batch's moments.

        Returns:
            Tensor B x units, of the dtype of `x`.
        """
        if self.formulation == "plain":
            return self.max_over_points(super().call(x, training=training))
        # Falling channels are turned over, so that their minimum is a maximum.
        gamma = self.bn.gamma
        sign = self._exact(ops.where(gamma < 0, -1, 1))
        unsigned = self._short_kernel()
        kernel = unsigned * ops.cast(sign, self.compute_dtype)
        bias = self._exact(self.bias)
        if training:
            maxima, mean, variance = fast.maximum_and_moments(x, kernel)
            mean, variance = sign * self._exact(mean) + bias, self._exact(variance)
            self.bn.average(mean, variance)
        else:
            maxima = fast.maximum(x, kernel)
            mean, variance = self.bn.moving_mean, self.bn.moving_variance
        # Where gamma is zero all points tie, and the first wins. Only gamma's gradient asks who.
        first = ops.stop_gradient(ops.matmul(x[:, 0], unsigned))
        linear = ops.where(gamma == 0, self._exact(first), sign * self._exact(maxima)) + bias
        return ops.relu(self.bn.normalise(linear, mean, variance))

    def activations(self, x: Tensor, training: bool = False) -> Tensor:
        """What the maximum is taken of, for whoever wants to look at it.

        Takes the memory that the layer saves, and leaves the moving statistics alone.

        Arguments:
            x, training: see `call`.

        Returns:
            Tensor B x N x units, of the dtype of `x`.
        """
        linear = ops.matmul(x, self.kernel) + self.bias
        bn = self.bn
        mean, variance = moments(linear) if training else (bn.moving_mean, bn.moving_variance)
        return ops.relu(bn.normalise(linear, mean, variance))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """B x units."""
        return (input_shape[0], self.units)
