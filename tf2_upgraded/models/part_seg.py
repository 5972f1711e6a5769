"""PointNet segmentation of shapes into parts, told the shape's category (arXiv 1612.00593)."""
import os
import sys

import numpy as np
import tensorflow as tf

BASE_DIR = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(BASE_DIR, '../utils'))
import tf_util

NUM_CATEGORIES = 16
NUM_CLASSES = 50


def placeholder_inputs(batch_size, num_point):
    """Placeholders of a batch.

    Returns:
        B x N x 3 points, B x 16 one-hot categories, B categories, B x N parts
    """
    pointclouds_pl = tf.compat.v1.placeholder(tf.float32, shape=(batch_size, num_point, 3))
    input_label_pl = tf.compat.v1.placeholder(tf.float32, shape=(batch_size, NUM_CATEGORIES))
    labels_pl = tf.compat.v1.placeholder(tf.int32, shape=(batch_size))
    seg_pl = tf.compat.v1.placeholder(tf.int32, shape=(batch_size, num_point))
    return pointclouds_pl, input_label_pl, labels_pl, seg_pl


def input_transform_net(point_cloud, is_training, bn_decay=None, K=3):
    """Predict the alignment of the raw points: B x N x 3 to B x 3 x K."""
    batch_size = point_cloud.get_shape()[0]
    num_point = point_cloud.get_shape()[1]

    input_image = tf.expand_dims(point_cloud, -1)
    net = tf_util.conv2d(input_image, 64, [1, 3], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv1', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv3', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 1024, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv4', bn_decay=bn_decay)
    net = tf_util.max_pool2d(net, [num_point, 1], scope='tmaxpool')

    net = tf.reshape(net, [batch_size, -1])
    net = tf_util.fully_connected(net, 128, bn=True, is_training=is_training,
                                  scope='tfc1', bn_decay=bn_decay)
    net = tf_util.fully_connected(net, 128, bn=True, is_training=is_training,
                                  scope='tfc2', bn_decay=bn_decay)

    with tf.compat.v1.variable_scope('transform_XYZ') as sc:
        assert K == 3
        weights = tf.compat.v1.get_variable('weights', [128, 3 * K],
                                  initializer=tf.compat.v1.constant_initializer(0.0), dtype=tf.float32)
        biases = tf.compat.v1.get_variable('biases', [3 * K],
                                 initializer=tf.compat.v1.constant_initializer(0.0), dtype=tf.float32)
        biases = biases + tf.constant(np.eye(3).flatten(), dtype=tf.float32)
        transform = tf.matmul(net, weights)
        transform = tf.nn.bias_add(transform, biases)

    return tf.reshape(transform, [batch_size, 3, K])


def feature_transform_net(inputs, is_training, bn_decay=None, K=128):
    """Predict the alignment of K-dimensional point features: B x N x 1 x K to B x K x K."""
    batch_size = inputs.get_shape()[0]
    num_point = inputs.get_shape()[1]

    net = tf_util.conv2d(inputs, 256, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv1', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 1024, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='tconv2', bn_decay=bn_decay)
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


def get_model(point_cloud, input_label, is_training, bn_decay=None):
    """Build the network.

    Args:
        point_cloud: B x N x 3 points
        input_label: B x 16 one-hot categories

    Returns:
        B x 16 category logits, B x N x 50 part logits, and a dict with the
        feature transform (B x 128 x 128) as `transform`
    """
    batch_size = point_cloud.get_shape()[0]
    num_point = point_cloud.get_shape()[1]
    end_points = {}

    with tf.compat.v1.variable_scope('transform_net1') as sc:
        transform = input_transform_net(point_cloud, is_training, bn_decay, K=3)
    point_cloud_transformed = tf.matmul(point_cloud, transform)
    input_image = tf.expand_dims(point_cloud_transformed, -1)

    out1 = tf_util.conv2d(input_image, 64, [1, 3], padding='VALID', bn=True,
                          is_training=is_training, scope='conv1', bn_decay=bn_decay)
    out2 = tf_util.conv2d(out1, 128, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='conv2', bn_decay=bn_decay)
    out3 = tf_util.conv2d(out2, 128, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='conv3', bn_decay=bn_decay)

    with tf.compat.v1.variable_scope('transform_net2') as sc:
        transform = feature_transform_net(out3, is_training, bn_decay, K=128)
    end_points['transform'] = transform
    net_transformed = tf.matmul(tf.squeeze(out3, axis=[2]), transform)
    net_transformed = tf.expand_dims(net_transformed, [2])

    out4 = tf_util.conv2d(net_transformed, 512, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='conv4', bn_decay=bn_decay)
    out5 = tf_util.conv2d(out4, 2048, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='conv5', bn_decay=bn_decay)
    out_max = tf_util.max_pool2d(out5, [num_point, 1], scope='maxpool')

    # The category, guessed from the global feature.
    net = tf.reshape(out_max, [batch_size, -1])
    net = tf_util.fully_connected(net, 256, bn=True, is_training=is_training,
                                  scope='cla/fc1', bn_decay=bn_decay)
    net = tf_util.fully_connected(net, 256, bn=True, is_training=is_training,
                                  scope='cla/fc2', bn_decay=bn_decay)
    net = tf_util.dropout(net, keep_prob=0.7, is_training=is_training, scope='cla/dp1')
    net = tf_util.fully_connected(net, NUM_CATEGORIES, activation_fn=None, scope='cla/fc3')

    # The parts, from all that is known of a point, its cloud, and the category as given.
    one_hot_label_expand = tf.reshape(input_label, [batch_size, 1, 1, NUM_CATEGORIES])
    out_max = tf.concat([out_max, one_hot_label_expand], 3)
    expand = tf.tile(out_max, [1, num_point, 1, 1])
    concat = tf.concat([expand, out1, out2, out3, out4, out5], 3)

    net2 = tf_util.conv2d(concat, 256, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='seg/conv1', bn_decay=bn_decay)
    net2 = tf_util.dropout(net2, keep_prob=0.8, is_training=is_training, scope='seg/dp1')
    net2 = tf_util.conv2d(net2, 256, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='seg/conv2', bn_decay=bn_decay)
    net2 = tf_util.dropout(net2, keep_prob=0.8, is_training=is_training, scope='seg/dp2')
    net2 = tf_util.conv2d(net2, 128, [1, 1], padding='VALID', bn=True,
                          is_training=is_training, scope='seg/conv3', bn_decay=bn_decay)
    net2 = tf_util.conv2d(net2, NUM_CLASSES, [1, 1], padding='VALID',
                          activation_fn=None, scope='seg/conv4')
    net2 = tf.reshape(net2, [batch_size, num_point, NUM_CLASSES])

    return net, net2, end_points


def get_loss(l_pred, seg_pred, label, seg, weight, end_points, reg_weight=0.001):
    """Both cross-entropies, and a pull of the feature transform towards orthogonality.

    Args:
        l_pred: B x 16 category logits
        seg_pred: B x N x 50 part logits
        label: B categories
        seg: B x N parts
        weight: of the parts; the category has the rest of 1
        reg_weight: weight of half the squared distance of A A^T from the
            identity, summed over the whole batch

    Returns:
        the loss, its category term and its part term
    """
    label_loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(logits=l_pred, labels=label))
    per_instance_seg_loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(logits=seg_pred, labels=seg), axis=1)
    seg_loss = tf.reduce_mean(per_instance_seg_loss)

    transform = end_points['transform']
    K = transform.get_shape()[1]
    mat_diff = tf.matmul(transform, tf.transpose(transform, perm=[0, 2, 1]))
    mat_diff -= tf.constant(np.eye(K), dtype=tf.float32)
    mat_diff_loss = tf.nn.l2_loss(mat_diff)

    total_loss = weight * seg_loss + (1 - weight) * label_loss + mat_diff_loss * reg_weight
    return total_loss, label_loss, seg_loss


if __name__ == '__main__':
    with tf.Graph().as_default():
        print(get_model(tf.zeros((32, 2048, 3)), tf.zeros((32, NUM_CATEGORIES)), tf.constant(True)))
