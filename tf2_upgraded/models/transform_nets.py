"""T-Nets: small PointNets that predict the matrix which aligns their input."""
import os
import sys

import numpy as np
import tensorflow as tf

BASE_DIR = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(BASE_DIR, '../utils'))
import tf_util


def input_transform_net(point_cloud, is_training, bn_decay=None, K=3):
    """Predict the alignment of the raw points.

    Args:
        point_cloud: B x N x 3 tensor

    Returns:
        B x 3 x K tensor
    """
    batch_size = point_cloud.get_shape()[0]
    num_point = point_cloud.get_shape()[1]

    input_image = tf.expand_dims(point_cloud, -1)
    net = tf_util.conv2d(input_image, 64, [1, 3], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv1', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv2', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 1024, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv3', bn_decay=bn_decay)
    net = tf_util.max_pool2d(net, [num_point, 1], scope='tmaxpool')

    net = tf.reshape(net, [batch_size, -1])
    net = tf_util.fully_connected(net, 512, bn=True, is_training=is_training,
                                  scope='tfc1', bn_decay=bn_decay)
    net = tf_util.fully_connected(net, 256, bn=True, is_training=is_training,
                                  scope='tfc2', bn_decay=bn_decay)

    with tf.compat.v1.variable_scope('transform_XYZ') as sc:
        assert K == 3
        weights = tf.compat.v1.get_variable('weights', [256, 3 * K],
                                  initializer=tf.compat.v1.constant_initializer(0.0), dtype=tf.float32)
        biases = tf.compat.v1.get_variable('biases', [3 * K],
                                 initializer=tf.compat.v1.constant_initializer(0.0), dtype=tf.float32)
        # Zero weights and an identity on top: the net starts by changing nothing.
        biases = biases + tf.constant(np.eye(3).flatten(), dtype=tf.float32)
        transform = tf.matmul(net, weights)
        transform = tf.nn.bias_add(transform, biases)

    return tf.reshape(transform, [batch_size, 3, K])


def feature_transform_net(inputs, is_training, bn_decay=None, K=64):
    """Predict the alignment of K-dimensional point features.

    Args:
        inputs: B x N x 1 x K tensor

    Returns:
        B x K x K tensor
    """
    batch_size = inputs.get_shape()[0]
    num_point = inputs.get_shape()[1]

    net = tf_util.conv2d(inputs, 64, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv1', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv2', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 1024, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv3', bn_decay=bn_decay)
    net = tf_util.max_pool2d(net, [num_point, 1], scope='tmaxpool')

    net = tf.reshape(net, [batch_size, -1])
    net = tf_util.fully_connected(net, 512, bn=True, is_training=is_training,
                                  scope='tfc1', bn_decay=bn_decay)
    net = tf_util.fully_connected(net, 256, bn=True, is_training=is_training,
                                  scope='tfc2', bn_decay=bn_decay)

    with tf.compat.v1.variable_scope('transform_feat') as sc:
        weights = tf.compat.v1.get_variable('weights', [256, K * K],
                                  initializer=tf.compat.v1.constant_initializer(0.0), dtype=tf.float32)
        biases = tf.compat.v1.get_variable('biases', [K * K],
                                 initializer=tf.compat.v1.constant_initializer(0.0), dtype=tf.float32)
        biases = biases + tf.constant(np.eye(K).flatten(), dtype=tf.float32)
        transform = tf.matmul(net, weights)
        transform = tf.nn.bias_add(transform, biases)

    return tf.reshape(transform, [batch_size, K, K])
