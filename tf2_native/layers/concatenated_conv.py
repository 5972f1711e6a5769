"""A 1 x 1 convolution over several features of a point, some of which its whole cloud shares."""

from collections.abc import Sequence
from typing import Any

import keras

from tf2_native.layers.concatenation import concatenated_product
from tf2_native.tensor import Tensor

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="tf2_native")
class ConcatenatedConv1D(keras.layers.Layer):
    """`keras.layers.Conv1D(units, 1)` over the concatenation of its inputs, which is never made.

    See `concatenated_product`. The kernel stays one variable [1, C, units], C being the sum of the
    inputs' channels.

    Arguments:
        units: number of output channels.
        **kwargs: for `keras.layers.Layer`.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Creates `kernel` [1, C, units], Glorot-uniform, and `bias` [units], zero.

        Arguments:
            input_shape: of each input, B x N x C_i or B x C_i.
        """
        self.input_shapes = [tuple(shape) for shape in input_shape]
        channels = sum(shape[-1] or 0 for shape in input_shape)
        self.kernel = self.add_weight(
            shape=(1, channels, self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x: Sequence[Tensor]) -> Tensor:
        """Applies the layer.

        Arguments:
            x: features in the order of the kernel's rows: of points, B x N x C_i, or of clouds,
                B x C_i; at least one of points.

        Returns:
            Tensor B x N x units.
        """
        return concatenated_product(x, self.kernel[0]) + self.bias

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """B x N x units."""
        of_points = next(shape for shape in input_shape if len(shape) == 3)
        return (*of_points[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "units": self.units}
