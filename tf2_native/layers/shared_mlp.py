"""The shared MLP: one linear layer, batch normalisation and ReLU, the same for every point."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from tf2_native.layers import fast
from tf2_native.layers.batch_norm import BatchNormalization, Momentum
from tf2_native.layers.formulation import Formulation, known
from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class SharedMLP(keras.layers.Layer):
    """relu(batch_norm(x @ kernel + bias)) over the last axis (arXiv 1612.00593, section 4.2).

    Over B x N x C this is the 1 x 1 convolution of the TF1 networks, over B x C their fully
    connected layer. In training, the batch normalisation takes the bias away again, and its
    gradient is zero. TF1 had one all the same, and moving statistics that lag behind let it show.

    Arguments:
        units: number of output channels.
        bn_momentum: see `BatchNormalization`.
        kernel_initializer: for `kernel` [C, units]; the bias starts at zero.
        formulation: "fast", or "plain" for one operation after the other, differentiated by the
            backend, as the thing to check against. The variables are the same, and the function.
            `docs/fast_layer.md` derives the fast one line by line.
        **kwargs: for `keras.layers.Layer`.
    """

    def __init__(
        self,
        units: int,
        *,
        bn_momentum: Momentum = 0.9,
        kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        formulation: Formulation = "fast",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.formulation = known(formulation)
        self.units = units
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bn = BatchNormalization(bn_momentum, dtype=self.dtype_policy, name="bn")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates `kernel` [C, units], `bias` [units] and the variables of `bn`."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer=self.kernel_initializer, name="kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.bn.build((*input_shape[:-1], self.units))

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Applies the layer.

        Arguments:
            x: ... x C, floating.
            training: whether batch normalisation uses, and averages, the batch's moments.

        Returns:
            Tensor ... x units, of the dtype of `x`.
        """
        if self.formulation == "plain" or not training:
            return ops.relu(self.bn(self.product(x) + self.bias, training=training))
        bn, bias = self.bn, self._exact(self.bias)
        y, mean, variance = fast.normalised_relu(
            self.product(x), bias, bn.gamma, bn.beta, bn.epsilon
        )
        bn.average(mean, variance)
        return y

    def product(self, x: Tensor) -> Tensor:
        """The product with the kernel: ... x C to ... x units."""
        return self.multiply(x, self._short_kernel())

    @property
    def multiply(self) -> Callable[[Tensor, Tensor], Tensor]:
        """The formulation's matrix product."""
        return fast.linear if self.formulation == "fast" else ops.matmul

    def _short_kernel(self) -> Tensor:
        """In the dtype of computation; Keras sees to that itself, but not in stateless calls."""
        return ops.cast(self.kernel, self.compute_dtype)

    def _exact(self, x: Tensor) -> Tensor:
        """In the dtype of the variables: in mixed precision, only products are made with less."""
        return ops.cast(x, self.variable_dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, objects serialised."""
        return {
            **super().get_config(),
            "units": self.units,
            "bn_momentum": keras.saving.serialize_keras_object(self.bn.momentum),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "formulation": self.formulation,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SharedMLP":
        """The inverse of `get_config`."""
        bn_momentum = keras.saving.deserialize_keras_object(config["bn_momentum"])
        return cls(**{**config, "bn_momentum": bn_momentum})
