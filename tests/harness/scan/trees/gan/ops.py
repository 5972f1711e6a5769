import math
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops

try:
    image_summary = tf.image_summary
    histogram_summary = tf.histogram_summary
    SummaryWriter = tf.train.SummaryWriter
except:
    image_summary = tf.summary.image
    histogram_summary = tf.summary.histogram
    SummaryWriter = tf.compat.v1.summary.FileWriter


class batch_norm(object):
    def __init__(self, epsilon=1e-5, momentum=0.9, name='batch_norm'):
        with tf.compat.v1.variable_scope(name):
            self.epsilon = epsilon
            self.momentum = momentum
            self.name = name

    def __call__(self, x, train=True):
        return tf.contrib.layers.batch_norm(x, decay=self.momentum, updates_collections=None, epsilon=self.epsilon, scale=True, is_training=train, scope=self.name)


def conv2d(input_, output_dim, k_h=5, k_w=5, d_h=2, d_w=2, stddev=0.02, name='conv2d'):
    with tf.compat.v1.variable_scope(name):
        w = tf.compat.v1.get_variable('w', [k_h, k_w, input_.get_shape()[-1], output_dim], initializer=tf.compat.v1.truncated_normal_initializer(stddev=stddev))
        conv = tf.nn.conv2d(input_, filters=w, strides=[1, d_h, d_w, 1], padding='SAME')
        biases = tf.compat.v1.get_variable('biases', [output_dim], initializer=tf.compat.v1.constant_initializer(0.0))
        conv = tf.reshape(tf.nn.bias_add(conv, biases), conv.get_shape())
        return conv


def deconv2d(input_, output_shape, k=5, d=2, stddev=0.02, name='deconv2d'):
    with tf.compat.v1.variable_scope(name):
        w = tf.compat.v1.get_variable('w', [k, k, output_shape[-1], input_.get_shape()[-1]], initializer=tf.compat.v1.random_normal_initializer(stddev=stddev))
        return tf.nn.conv2d_transpose(input_, w, output_shape=output_shape, strides=[1, d, d, 1])


def lrelu(x, leak=0.2, name='lrelu'):
    return tf.maximum(x, leak * x)


def linear(input_, output_size, scope=None, stddev=0.02):
    shape = input_.get_shape().as_list()
    with tf.compat.v1.variable_scope(scope or 'Linear'):
        matrix = tf.compat.v1.get_variable('Matrix', [shape[1], output_size], tf.float32, tf.compat.v1.random_normal_initializer(stddev=stddev))
        bias = tf.compat.v1.get_variable('bias', [output_size], initializer=tf.compat.v1.constant_initializer(0.0))
        return tf.matmul(input_, matrix) + bias


def minibatch_discrimination(x, kernels=3):
    n = tf.shape(x)[0]
    m = tf.layers.dense(x, kernels, name="mbd")
    mask = 1.0 - tf.linalg.band_part(tf.ones([4, 4]), 0, 0)
    diff = tf.abs(tf.expand_dims(m, 1) - tf.expand_dims(m, 0))
    total = tf.reduce_sum(diff, 2) * tf.cast(mask, dtype=tf.float32)
    return tf.concat([x, total], axis=1)
