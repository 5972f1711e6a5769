"""The same network in Keras 3."""

import keras
from keras import layers


def build(num_units=16, num_classes=5):
    x = keras.Input([12, 6], name="x")
    # TensorFlow 1 adds the forget bias of 1 as it runs; here it is part of the bias, which has to
    # be one more than the original's when weights are taken over.
    state = layers.LSTM(num_units, name="lstm")(x)
    return keras.Model(x, layers.Dense(num_classes, name="softmax")(state), name="lstm_classifier")
