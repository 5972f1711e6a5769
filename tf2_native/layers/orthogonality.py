"""The penalty that keeps a feature transform close to a rotation."""

import keras
from keras import ops

from tf2_native.tensor import Tensor


@keras.saving.register_keras_serializable(package="tf2_native")
class OrthogonalityRegularizer(keras.regularizers.Regularizer):
    """weight * sum((A A^T - I)^2) / 2 over the whole batch (arXiv 1612.00593, equation 2).

    TF1 summed over the batch without dividing by its size, and its `l2_loss` halves. Hand this to
    a layer that passes it on through `add_loss`, never to `activity_regularizer`: Keras divides
    that by the batch size.

    Arguments:
        weight: the factor in front.
    """

    def __init__(self, weight: float = 0.001) -> None:
        self.weight = weight

    def __call__(self, x: Tensor) -> Tensor:
        """Evaluates the penalty.

        Arguments:
            x: transforms, B x K x K.

        Returns:
            Scalar tensor, of the dtype of `x`; float32 for one of half precision, in which the sum
            would drown.
        """
        # Not `result_type` with float32: off TensorFlow it makes float32 of float64.
        if keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16"):
            x = ops.cast(x, "float32")
        gram = ops.matmul(x, ops.swapaxes(x, 1, 2))
        residual = gram - ops.eye(x.shape[-1], dtype=x.dtype)
        return self.weight * ops.sum(ops.square(residual)) / 2

    def get_config(self) -> dict[str, float]:
        """The constructor's arguments."""
        return {"weight": self.weight}
