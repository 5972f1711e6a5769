"""Starting values that Keras has no name for."""

from math import isqrt

import keras

from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class ImageGlorotUniform(keras.initializers.GlorotUniform):
    """Glorot-uniform over a `[1, C, 1, units]` image kernel, returned as `[C, units]`.

    The TF1 networks read a cloud as an image, N high and C wide, with one channel, and their first
    layer is a convolution as wide as the image. Glorot counts the width on both sides: fan in C,
    fan out C * units. For C = 3 and 64 units the limit is sqrt(6 / 195) = 0.175, where a dense
    kernel of the same numbers would get sqrt(6 / 67) = 0.299.
    """

    def __call__(self, shape: tuple[int, int], dtype: str | None = None) -> Tensor:
        """Draws a kernel.

        Arguments:
            shape: (C, units).
            dtype: floating dtype; Keras' default float where left out.

        Returns:
            Tensor [C, units].
        """
        channels, units = shape
        image = super().__call__((1, channels, 1, units), dtype=dtype)
        return keras.ops.reshape(image, shape)


@keras.saving.register_keras_serializable(package="tf2_native")
class FlatIdentity(keras.initializers.Initializer):
    """The identity matrix, its rows end to end: the bias of a layer that predicts transforms."""

    def __call__(self, shape: tuple[int], dtype: str | None = None) -> Tensor:
        """Makes the vector.

        Arguments:
            shape: (K^2,).
            dtype: floating dtype; Keras' default float where left out.

        Returns:
            Tensor [K^2].
        """
        identity = keras.ops.eye(isqrt(shape[0]), dtype=dtype or keras.config.floatx())
        return keras.ops.reshape(identity, shape)
