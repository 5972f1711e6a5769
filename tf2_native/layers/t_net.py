"""The T-Net: a small PointNet that predicts a matrix to align points or features with."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from tf2_native.layers.batch_norm import Momentum
from tf2_native.layers.formulation import Formulation
from tf2_native.layers.shared_mlp import SharedMLP
from tf2_native.layers.shared_mlp_max import SharedMLPMax
from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class TNet(keras.layers.Layer):
    """Predicts one size x size matrix per cloud (arXiv 1612.00593, section 4.2 and appendix C).

    A shared MLP, the maximum over the points, fully connected layers, and a linear layer whose
    output is added to the identity. That layer starts at zero, so that every transform starts as
    the identity; like TF1 it stores the *offset* from the identity.

    Each sublayer is an attribute under its TF1 scope: `tconv1`, ..., `tfc2`, and `transform_XYZ`
    (size 3) or `transform_feat` (any other).

    Arguments:
        size: rows and columns of the matrix.
        point_widths: name and width of each layer before the maximum, in order.
        cloud_widths: name and width of each layer after it.
        input_initializer: for the first kernel, which differs where it reads raw points.
        bn_momentum: see `BatchNormalization`.
        formulation: of its shared MLPs and fully connected layers; see `SharedMLP`.
        regularizer: from the matrices, B x size x size, to a scalar, added to the loss as it is.
        **kwargs: for `keras.layers.Layer`.
    """

    def __init__(
        self,
        size: int,
        *,
        point_widths: Mapping[str, int],
        cloud_widths: Mapping[str, int],
        input_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        bn_momentum: Momentum = 0.9,
        formulation: Formulation = "fast",
        regularizer: keras.regularizers.Regularizer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.point_widths = dict(point_widths)
        self.cloud_widths = dict(cloud_widths)
        self.output_name = "transform_XYZ" if size == 3 else "transform_feat"
        self.input_initializer = keras.initializers.get(input_initializer)
        self.bn_momentum = bn_momentum
        self.formulation = formulation
        self.regularizer = keras.regularizers.get(regularizer)
        self._create_sublayers()

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the variables of the sublayers, from B x N x C on."""
        shape = input_shape
        for name, units in self.point_widths.items():
            getattr(self, name).build(shape)
            shape = (*shape[:-1], units)
        shape = (shape[0], shape[-1])
        for name, units in self.cloud_widths.items():
            getattr(self, name).build(shape)
            shape = (*shape[:-1], units)
        getattr(self, self.output_name).build(shape)

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Predicts the matrices.

        Arguments:
            x: points or features, B x N x C, floating.
            training: whether batch normalisation uses, and averages, the batch's moments.

        Returns:
            Tensor B x size x size, of the dtype of `x`; points are multiplied on its left.
        """
        for name in (*self.point_widths, *self.cloud_widths):
            x = getattr(self, name)(x, training=training)
        offset = getattr(self, self.output_name)(x)
        offset = ops.reshape(offset, (-1, self.size, self.size))
        transform = offset + ops.eye(self.size, dtype=offset.dtype)
        if self.regularizer is not None:
            self.add_loss(self.regularizer(transform))
        return transform

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """B x size x size."""
        return (input_shape[0], self.size, self.size)

    @property
    def sublayers(self) -> list[keras.layers.Layer]:
        """The sublayers that own variables, from input to output."""
        names = [*self.point_widths, *self.cloud_widths, self.output_name]
        return [getattr(self, name) for name in names]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, objects serialised."""
        return {
            **super().get_config(),
            "size": self.size,
            "point_widths": dict(self.point_widths),
            "cloud_widths": dict(self.cloud_widths),
            "input_initializer": keras.initializers.serialize(self.input_initializer),
            "bn_momentum": keras.saving.serialize_keras_object(self.bn_momentum),
            "formulation": self.formulation,
            "regularizer": keras.regularizers.serialize(self.regularizer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TNet":
        """The inverse of `get_config`."""
        bn_momentum = keras.saving.deserialize_keras_object(config["bn_momentum"])
        return cls(**{**config, "bn_momentum": bn_momentum})

    def _create_sublayers(self) -> None:
        first, *_, last = self.point_widths
        for name, units in {**self.point_widths, **self.cloud_widths}.items():
            options: dict[str, Any] = {
                "bn_momentum": self.bn_momentum,
                "formulation": self.formulation,
                "dtype": self.dtype_policy,
            }
            if name == first:
                options["kernel_initializer"] = self.input_initializer
            layer = SharedMLPMax if name == last else SharedMLP
            setattr(self, name, layer(units, name=name, **options))
        output = keras.layers.Dense(
            self.size**2,
            kernel_initializer="zeros",
            bias_initializer="zeros",
            dtype=self.dtype_policy,
            name=self.output_name,
        )
        setattr(self, self.output_name, output)
