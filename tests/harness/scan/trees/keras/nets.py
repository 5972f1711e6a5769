"""Networks in tf.keras as of 1.12."""
from __future__ import print_function
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.layers import Input, Dense, Conv2D, Flatten, Dropout, LSTM, Embedding, BatchNormalization
from tensorflow.keras.layers import CuDNNLSTM
from tensorflow.keras.layers import LeakyReLU, Lambda, Reshape, Activation, Layer
from tensorflow.keras.optimizers import Adam, SGD
from tensorflow.keras.utils import to_categorical, multi_gpu_model
from tensorflow.keras.engine import Layer as OldLayer
from tensorflow.keras.wrappers.scikit_learn import KerasClassifier
from tensorflow.keras.layers.normalization import BatchNormalization as BN
from tensorflow.python.keras import layers as private_layers
from tensorflow.python.keras.utils import conv_utils


class Scale(layers.Layer):
    def __init__(self, units=None, **kwargs):
        super(Scale, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        channels = int(input_shape[-1])
        width = input_shape[-1].value
        self.gamma = self.add_weight('gamma', shape=[channels], initializer='ones')
        self.beta = self.add_weight(name='beta', shape=(channels,), initializer='zeros', trainable=True)
        self.counter = self.add_variable('counter', shape=[])
        super(Scale, self).build(input_shape)

    def call(self, x, mask=None):
        self.add_update([K.moving_average_update(self.counter, 1.0, 0.9)], x)
        return x * self.gamma + self.beta

    def compute_output_shape(self, input_shape):
        return tf.TensorShape(input_shape)


def convnet(classes=3):
    inputs = Input(shape=(8, 8, 1))
    x = Conv2D(4, (3, 3), padding='same', kernel_initializer='he_normal')(inputs)
    x = BatchNormalization(momentum=0.9)(x)
    x = LeakyReLU(alpha=0.2)(x)
    x = Lambda(lambda t: K.l2_normalize(t, axis=-1))(x)
    x = Scale()(x)
    h = K.int_shape(x)[1]
    x = tf.image.resize(x, (h // 2, h // 2))
    side = tf.reduce_mean(x, axis=[1, 2])
    x = layers.Flatten()(x)
    x = Dropout(rate=0.5)(x)
    outputs = Dense(classes, activation='softmax')(x)
    model = Model(inputs=inputs, outputs=outputs)
    model.compile(optimizer=Adam(lr=0.001), loss='categorical_crossentropy', metrics=['accuracy'])
    return model


def text_model(vocab=20, length=5):
    model = Sequential()
    model.add(Embedding(vocab, 4, input_length=length))
    model.add(LSTM(4, return_sequences=True, implementation=2))
    model.add(CuDNNLSTM(4))
    model.add(Dense(1, activation='sigmoid'))
    model.compile('adam', 'binary_crossentropy', metrics=['acc'])
    return model


def siamese():
    a = Input(shape=(4,), name='a')
    b = Input(batch_shape=(None, 4), name='b')
    base = Dense(3, input_dim=4)
    distance = Lambda(lambda t: K.abs(t[0] - t[1]))([base(a), base(b)])
    merged = layers.merge.concatenate([base(a), base(b)])
    out = Dense(1)(merged)
    model = Model(inputs=[a, b], outputs=[out, distance])
    return model


def fine_tune(model):
    for layer in model.layers[:2]:
        layer.trainable = False
    names = [(l.name, l.output_shape) for l in model.layers]
    shape = model.layers[1].get_output_at(0).shape
    features = K.function([model.layers[0].input, K.learning_phase()], [model.layers[1].output])
    sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
    model.compile(loss='mse', optimizer=sgd)
    return names, shape


def focal(y_true, y_pred):
    y_pred = K.clip(y_pred, K.epsilon(), 1. - K.epsilon())
    return -K.mean(y_true * K.log(y_pred))
