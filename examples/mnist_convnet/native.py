"""The same network in Keras 3."""

import keras
from keras import layers


def build():
    images = keras.Input([28, 28, 1], name="images")
    x = layers.Conv2D(16, 5, padding="same", activation="relu", name="conv1")(images)
    x = layers.MaxPooling2D(2, name="pool1")(x)
    x = layers.Conv2D(32, 5, padding="same", activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(2, name="pool2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(64, activation="relu", name="fc1")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    return keras.Model(images, layers.Dense(10, name="logits")(x), name="mnist_convnet")


def optimizer():
    # TensorFlow 1's epsilon; Keras' default is 1e-7.
    return keras.optimizers.Adam(1e-3, epsilon=1e-8)
