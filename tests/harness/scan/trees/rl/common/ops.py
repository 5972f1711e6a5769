import numpy as np
import tensorflow as tf
import tensorflow.contrib.layers as layers
from tensorflow.contrib.framework import arg_scope, add_arg_scope
from functools import reduce


def conv2d(x, output_dim, kernel, stride, data_format='NHWC', name='conv2d'):
    with tf.compat.v1.variable_scope(name):
        shape = [kernel[0], kernel[1], x.get_shape()[-1], output_dim]
        w = tf.compat.v1.get_variable('w', shape, tf.float32, initializer=tf.compat.v1.keras.initializers.VarianceScaling(scale=2.0))
        conv = tf.nn.conv2d(x, filters=w, strides=[1, stride, stride, 1], padding='VALID', data_format=data_format)
        b = tf.compat.v1.get_variable('biases', [output_dim], initializer=tf.compat.v1.constant_initializer(0.0))
        out = tf.nn.bias_add(conv, b, data_format)
        return tf.nn.relu(out), w, b


def linear(x, size, stddev=0.02, bias_start=0.0, activation_fn=None, name='linear'):
    shape = x.get_shape().as_list()
    with tf.compat.v1.variable_scope(name):
        w = tf.compat.v1.get_variable('Matrix', [shape[1], size], tf.float32, tf.compat.v1.random_normal_initializer(stddev=stddev))
        b = tf.compat.v1.get_variable('bias', [size], initializer=tf.compat.v1.constant_initializer(bias_start))
        out = tf.nn.bias_add(tf.matmul(x, w), b)
        return (activation_fn(out) if activation_fn is not None else out), w, b


def flatten(x):
    shape = x.get_shape().as_list()
    return tf.reshape(x, [-1, reduce(lambda a, b: a * b, shape[1:])])


def old_flatten(x):
    return layers.flatten(x)


def clipped_error(x):
    return tf.select(tf.abs(x) < 1.0, 0.5 * tf.square(x), tf.abs(x) - 0.5)


def legacy(x, y):
    a = tf.mul(x, y)
    b = tf.sub(x, y)
    c = tf.pack([a, b])
    d = tf.concat(0, [a, b])
    e, f = tf.split(0, 2, d)
    g = tf.batch_matmul(tf.expand_dims(x, 0), tf.expand_dims(y, 0))
    h = tf.reduce_sum(c, axis=1)
    i = tf.argmax(x, 1)
    return h, i, g, e, f


def global_norm_variable():
    step = tf.Variable(0, trainable=False, name='step')
    count = 0
    count += 1
    bump = step.assign_add(1)
    total = step + count
    total += 1
    return bump, total
