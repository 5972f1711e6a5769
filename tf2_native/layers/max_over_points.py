"""The symmetric function that makes PointNet blind to the order of the points."""

from typing import Any

import keras
from keras import ops

from tf2_native.layers import fast
from tf2_native.layers.formulation import Formulation, known
from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class MaxOverPoints(keras.layers.Layer):
    """Largest value of each channel over the points (arXiv 1612.00593, section 4.2).

    Where several points tie, the gradient goes to the first, as TF1's max-pool op sent it; that of
    `ops.max` would be shared out. Ties are common: clouds repeat points, and ReLU makes zeros.

    Arguments:
        formulation: see `SharedMLP`.
        **kwargs: for `keras.layers.Layer`.
    """

    def __init__(self, *, formulation: Formulation = "fast", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.formulation = known(formulation)

    def call(self, x: Tensor) -> Tensor:
        """Takes the maximum.

        Arguments:
            x: B x N x C.

        Returns:
            Tensor B x C, of the dtype of `x`.
        """
        if self.formulation == "fast":
            return fast.maximum_over_points(x)
        # `argmax` and `take_along_axis` would say the same; as a comparison and two reductions,
        # which compilers fuse, it takes a quarter of the time.
        count = ops.shape(x)[1]
        positions = ops.arange(count, dtype="int32")[None, :, None]
        smaller = x < ops.max(x, axis=1, keepdims=True)
        first = ops.min(ops.where(smaller, count, positions), axis=1, keepdims=True)
        return ops.sum(ops.where(positions == first, x, 0), axis=1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "formulation": self.formulation}
