"""Cross-entropy of predictions that are probabilities already."""

import keras
import numpy as np
from keras import ops

from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class ProbabilityCrossEntropy(keras.losses.Loss):
    """Mean of -log(probability of the true class), the same on every backend.

    Over one-hot labels this is `keras.losses.CategoricalCrossentropy()` as TensorFlow runs it: it
    finds the logits behind a softmax, and goes by those. On JAX and PyTorch Keras has only the
    probabilities, and clips them to [1e-7, 1 - 1e-7], beyond which a point teaches nothing. Here
    they are kept from zero alone, by the smallest normal number.
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Evaluates the loss of each prediction.

        Arguments:
            y_true: class indices, any dtype, shape [...].
            y_pred: probabilities, [..., classes].

        Returns:
            Tensor [...], of the dtype of `y_pred`.
        """
        index = ops.expand_dims(ops.cast(y_true, "int32"), -1)
        chosen = ops.take_along_axis(y_pred, index, axis=-1)[..., 0]
        dtype = keras.backend.standardize_dtype(y_pred.dtype)
        smallest = ops.convert_to_tensor(np.finfo(dtype).tiny, dtype=dtype)
        return -ops.log(ops.maximum(chosen, smallest))
