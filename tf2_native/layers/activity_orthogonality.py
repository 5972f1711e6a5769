"""The orthogonality penalties of the shape segmenter: as published, and as it was meant.

Both are activity regularisers of the layer that predicts the transforms, flattened. Keras divides
what they return by the batch size, whatever the layer and whatever the mode.
"""

import keras
from keras import ops

from tf2_native.tensor import Tensor


class _ActivityOrthogonality(keras.regularizers.Regularizer):
    """weight * sum((P - I)^2) over products P, K x K, of transforms.

    Arguments:
        size: K, rows and columns of a transform.
        weight: the factor in front.
    """

    def __init__(self, size: int, weight: float = 0.001) -> None:
        self.size = size
        self.weight = weight

    def __call__(self, x: Tensor) -> Tensor:
        """Evaluates the penalty.

        Arguments:
            x: flattened transforms, B x K^2.

        Returns:
            Scalar tensor, of the dtype of `x`.
        """
        products = self._products(ops.reshape(x, (-1, self.size, self.size)))
        residual = products - ops.eye(self.size, dtype=products.dtype)
        return self.weight * ops.sum(ops.square(residual))

    def _products(self, transforms: Tensor) -> Tensor:
        """From transforms, B x K x K, to the matrices held against the identity, M x K x K."""
        raise NotImplementedError

    def get_config(self) -> dict[str, float]:
        """The constructor's arguments; the published class named a class that does not exist."""
        return {"size": self.size, "weight": self.weight}


@keras.saving.register_keras_serializable(package="tf2_native")
class MixedOrthogonality(_ActivityOrthogonality):
    """The penalty as published, which multiplies the transforms of different clouds.

    `tensordot(x, x, axes=(2, 2))` pairs the rows of all clouds, not those of each cloud: its entry
    [b, i, c, j] is the product of row i of cloud b and row j of cloud c. Cut into K x K matrices in
    memory order, B * B of them, these entries are held against an identity that has nothing to do
    with them unless B is 1.

    So it makes transforms small, not orthogonal. At B = 32, K = 128 and weight 0.001, what Keras
    adds to the loss is 8.13 where every transform is the identity and 4.10 where every one is zero.
    With the 0.10 that a 3 x 3 transform of zeros adds, this is of the size of the training loss
    near 4.6 that was published.

    Time and memory grow with the square of the batch size.
    """

    def _products(self, transforms: Tensor) -> Tensor:
        products = ops.tensordot(transforms, transforms, axes=(2, 2))
        return ops.reshape(products, (-1, self.size, self.size))


@keras.saving.register_keras_serializable(package="tf2_native")
class PerCloudOrthogonality(_ActivityOrthogonality):
    """The penalty as it was meant: A A^T of each cloud's own transform (arXiv 1612.00593, eq. 2).

    Weight and division by the batch size stay the published ones, so the loss gets the mean over
    the clouds of 0.001 * sum((A A^T - I)^2).
    """

    def _products(self, transforms: Tensor) -> Tensor:
        return ops.matmul(transforms, ops.swapaxes(transforms, 1, 2))
