"""The shape segmenter of keras.io, as published and as it was meant.

The network that keras.io shows under "Point cloud segmentation with PointNet" has no TensorFlow 1.x
ancestor. It follows the part segmentation network of arXiv 1612.00593 (its figure 9), but for one
category, and so without the category's input: two T-Nets, and a head that reads the outputs of
five layers beside the global feature. Layers are called as published, and so are the variables,
`<layer>/<weight>`.

One thing that both variants do better is not a matter of taste: the global feature is multiplied
once a cloud, not once a point. As published, the max over the points also held only for clouds of
the size that the network was built for; here, clouds may have any number of points.
"""

import keras

from tf2_native.layers import (
    BatchNormalization,
    ConcatenatedConv1D,
    FlatIdentity,
    MaxOverPoints,
    MixedOrthogonality,
    PerCloudOrthogonality,
)
from tf2_native.layers.batch_norm import Momentum
from tf2_native.tensor import Tensor

# As published. With no share of the old average kept, the "moving" statistics are those of the last
# training batch, and the network is evaluated with what one batch happened to have. Validation
# losses were published that jump from 5 to 1617 and back.
PUBLISHED_MOMENTUM = 0.0

# As it was meant: Keras' default, and where PointNet's own schedule ends. One epoch as published
# has 93 batches, so the average remembers about one epoch.
CORRECTED_MOMENTUM = 0.99


def shape_seg(*, num_classes: int, num_points: int | None, bn_momentum: Momentum) -> keras.Model:
    """The network as published, whose regulariser mixes clouds: see `MixedOrthogonality`.

    Arguments:
        num_classes: number of classes, "none of these" included.
        num_points: points per cloud; None for any number.
        bn_momentum: of every batch normalisation; `PUBLISHED_MOMENTUM` as published.

    Returns:
        Model from `points` B x N x 3 to probabilities B x N x num_classes.
    """
    network = _ShapeSegmenter(MixedOrthogonality, bn_momentum)
    return network.model("shape_seg", num_classes, num_points)


def shape_seg_corrected(
    *, num_classes: int, num_points: int | None, bn_momentum: Momentum
) -> keras.Model:
    """The network as it was meant, each cloud regularised on its own: see `PerCloudOrthogonality`.

    Arguments:
        num_classes: number of classes, "none of these" included.
        num_points: points per cloud; None for any number.
        bn_momentum: of every batch normalisation; `CORRECTED_MOMENTUM` as meant.

    Returns:
        Model from `points` B x N x 3 to probabilities B x N x num_classes.
    """
    network = _ShapeSegmenter(PerCloudOrthogonality, bn_momentum)
    return network.model("shape_seg_corrected", num_classes, num_points)


class _ShapeSegmenter:
    """Builds the network; what its variants differ in is handed to the constructor.

    Arguments:
        regularizer: from the size of a transform to its penalty.
        bn_momentum: of every batch normalisation.
    """

    def __init__(
        self,
        regularizer: type[MixedOrthogonality] | type[PerCloudOrthogonality],
        bn_momentum: Momentum,
    ) -> None:
        self.regularizer = regularizer
        self.bn_momentum = bn_momentum
        self.full_precision = keras.config.dtype_policy().variable_dtype

    def model(self, name: str, num_classes: int, num_points: int | None) -> keras.Model:
        points = keras.Input((num_points, 3), name="points")
        features = self._features(points)
        x = ConcatenatedConv1D(128, name="segmentation_features_conv")(features)
        x = self._normalised(x, "segmentation_features")
        # In mixed precision, float16 would make the small probabilities zero.
        probabilities = keras.layers.Conv1D(
            num_classes,
            1,
            activation="softmax",
            dtype=self.full_precision,
            name="segmentation_head",
        )(x)
        return keras.Model(points, probabilities, name=name)

    def _features(self, points: Tensor) -> list[Tensor]:
        """What the head reads: five features of each point, and the global one, B x 2048."""
        aligned = self._align(points, "input_transformation_block")
        features_64 = self._conv(aligned, 64, "features_64")
        features_128_1 = self._conv(features_64, 128, "features_128_1")
        features_128_2 = self._conv(features_128_1, 128, "features_128_2")
        transformed = self._align(features_128_2, "transformed_features")
        features_512 = self._conv(transformed, 512, "features_512")
        features_2048 = self._conv(features_512, 2048, "pre_maxpool_block")
        # Published as a pooling layer, which hands the gradient to the first of equal maxima.
        cloud = MaxOverPoints(name="global_features")(features_2048)
        return [features_64, features_128_1, features_128_2, transformed, features_512, cloud]

    def _align(self, x: Tensor, name: str) -> Tensor:
        """Multiplies each point's features by a matrix that a T-Net predicts for its cloud."""
        size = x.shape[-1]
        net = x
        for number, units in ((1, 64), (2, 128), (3, 1024)):
            net = self._conv(net, units, f"{name}_{number}")
        net = keras.layers.GlobalMaxPooling1D(name=f"{name}_max")(net)
        for number, units in ((1, 512), (2, 256)):
            net = self._dense(net, units, f"{name}_{number}_1")
        # Unlike the TF1 networks', this layer holds the identity in its bias, where weight updates
        # reach it; and both transforms are regularised, the 3 x 3 one too. In mixed precision, the
        # penalty's sum of squares would overflow float16.
        transform = keras.layers.Dense(
            size**2,
            kernel_initializer="zeros",
            bias_initializer=FlatIdentity(),
            activity_regularizer=self.regularizer(size),
            dtype=self.full_precision,
            name=f"{name}_final",
        )(net)
        transform = keras.layers.Reshape((size, size), name=f"{name}_matrix")(transform)
        return keras.ops.matmul(x, transform)

    def _conv(self, x: Tensor, units: int, name: str) -> Tensor:
        """A shared MLP of one layer."""
        return self._normalised(keras.layers.Conv1D(units, 1, name=f"{name}_conv")(x), name)

    def _dense(self, x: Tensor, units: int, name: str) -> Tensor:
        return self._normalised(keras.layers.Dense(units, name=f"{name}_dense")(x), name)

    def _normalised(self, x: Tensor, name: str) -> Tensor:
        x = BatchNormalization(
            self.bn_momentum, moving_variance_initializer="ones", name=f"{name}_batch_norm"
        )(x)
        return keras.layers.Activation("relu", name=f"{name}_relu")(x)
