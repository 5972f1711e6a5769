"""A shared MLP over several features of a point, some of which its whole cloud shares."""

from collections.abc import Sequence

import keras

from tf2_native.layers.concatenation import concatenated_product
from tf2_native.layers.shared_mlp import SharedMLP
from tf2_native.tensor import Tensor

Shape = tuple[int | None, ...]


@keras.saving.register_keras_serializable(package="tf2_native")
class ConcatenatedMLP(SharedMLP):
    """`SharedMLP` over the concatenation of its inputs, which is never made.

    The TF1 networks tiled the global feature to every point, put it beside the point's own, and
    multiplied the lot by one kernel. Here it is multiplied once a cloud (see
    `concatenated_product`), which in `pointnet_seg` saves 94 % of the layer. The kernel stays one
    variable of the TF1 shape.

    Arguments: those of `SharedMLP`.
    """

    def build(self, input_shape: Sequence[Shape]) -> None:  # type: ignore[override]
        """Creates the variables for inputs of these shapes, each B x N x C or B x C."""
        self.input_shapes = [tuple(shape) for shape in input_shape]
        super().build((*self.input_shapes[0][:-1], sum(self.widths)))

    @property
    def widths(self) -> list[int]:
        """Channels of each input: the rows of the kernel that are its."""
        return [shape[-1] or 0 for shape in self.input_shapes]

    def call(self, x: Sequence[Tensor], training: bool = False) -> Tensor:
        """Applies the layer.

        Arguments:
            x: features in the order of the kernel's rows: of points, B x N x C, or of clouds,
                B x C; at least one of points.
            training: whether batch normalisation uses, and averages, the batch's moments.

        Returns:
            Tensor B x N x units.
        """
        return super().call(x, training=training)

    def product(self, x: Sequence[Tensor]) -> Tensor:
        """Sums the products of each input with its rows of the kernel."""
        return concatenated_product(x, self._short_kernel(), self.multiply)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """B x N x units."""
        of_points = next(shape for shape in input_shape if len(shape) == 3)
        return (*of_points[:-1], self.units)
