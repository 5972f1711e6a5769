"""One step of training under MirroredStrategy on two logical CPUs, told as a line of JSON.

A process of its own, for TensorFlow divides its devices up only once.
"""

import json

import keras
import numpy as np
import tensorflow as tf

from tf2_native.distribution import Distribution
from tf2_native.layers import BatchNormalization, OrthogonalityRegularizer


@keras.saving.register_keras_serializable(package="tests")
class Penalty(keras.layers.Layer):
    """Passes matrices on, and adds their penalty to the loss as a T-Net does."""

    def call(self, x):
        self.add_loss(OrthogonalityRegularizer()(x))
        return x


def main() -> None:
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    x = np.random.default_rng(0).normal(size=(4, 3, 3)).astype("float32")
    with Distribution("mirrored").scope(batch_size=4):
        points = keras.Input((3, 3))
        norm = BatchNormalization(momentum=0.0)
        model = keras.Model(points, Penalty()(norm(points)))
        model.compile("sgd", loss=keras.losses.MeanSquaredError())
        model.optimizer.learning_rate = 0.0
        loss = model.fit(x, x, batch_size=4, shuffle=False, verbose=0).history["loss"][0]
        copies = tf.distribute.get_strategy().experimental_local_results(norm.moving_variance.value)
    found = {"loss": loss, "variances": [copy.numpy().tolist() for copy in copies]}
    found["saved"] = np.asarray(norm.moving_variance).tolist()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
