"""The same network in Keras 3, with the two habits of TensorFlow 1 that are easily lost."""

import keras
from keras import layers, ops, regularizers


class FusedBatchNormalization(layers.BatchNormalization):
    """Batch norm as TensorFlow's fused kernel does it.

    The batch is normalised by its biased variance, but the moving average gets the unbiased one:
    n / (n - 1) of it. Keras' own layer averages the biased one.
    """

    def _moments(self, inputs, mask):
        mean, variance = super()._moments(inputs, mask)
        count = ops.cast(ops.size(inputs) // ops.shape(inputs)[-1], variance.dtype)
        self.missing = variance / (count - 1)
        return mean, variance

    def call(self, inputs, training=None, mask=None):
        outputs = super().call(inputs, training=training, mask=mask)
        if training and self.trainable:
            added = (1 - self.momentum) * self.missing
            self.moving_variance.assign(self.moving_variance + added)
        return outputs


def convolution(x, filters, strides, name, normalization):
    x = layers.Conv2D(
        filters,
        3,
        strides,
        padding="same",
        use_bias=False,
        # slim's l2_regularizer is tf.nn.l2_loss, which halves the sum of squares.
        kernel_regularizer=regularizers.L2(5e-4 / 2),
        name=name,
    )(x)
    x = normalization(name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def build(num_classes=10, normalization=None):
    def batch_norm(name):
        return FusedBatchNormalization(momentum=0.9, epsilon=1e-3, name=name)

    normalization = normalization or batch_norm
    images = keras.Input([16, 16, 3], name="images")
    x = convolution(images, 16, 1, "conv1", normalization)
    x = convolution(x, 16, 2, "conv2", normalization)
    x = convolution(x, 32, 2, "conv3", normalization)
    x = layers.GlobalAveragePooling2D(name="global_pool")(x)
    logits = layers.Dense(num_classes, name="logits")(x)
    return keras.Model(images, logits, name="small_net")
