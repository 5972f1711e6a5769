"""PointNet segmentation with input and feature transforms (arXiv 1612.00593)."""
import os
import sys

import numpy as np
import tensorflow as tf

BASE_DIR = os.path.dirname(os.path.abspath(__file__))
sys.path.append(BASE_DIR)
sys.path.append(os.path.join(BASE_DIR, '../utils'))
import tf_util
from transform_nets import input_transform_net, feature_transform_net

NUM_CLASSES = 50


def placeholder_inputs(batch_size, num_point):
    """Placeholders of a batch: B x N x 3 points and B x N labels."""
    pointclouds_pl = tf.compat.v1.placeholder(tf.float32, shape=(batch_size, num_point, 3))
    labels_pl = tf.compat.v1.placeholder(tf.int32, shape=(batch_size, num_point))
    return pointclouds_pl, labels_pl


def get_model(point_cloud, is_training, bn_decay=None):
    """Build the network: B x N x 3 points to B x N x 50 logits.

    Returns:
        logits, and a dict with the feature transform (B x 64 x 64) as `transform`
    """
    num_point = point_cloud.get_shape()[1]
    end_points = {}

    with tf.compat.v1.variable_scope('transform_net1') as sc:
        transform = input_transform_net(point_cloud, is_training, bn_decay, K=3)
    point_cloud_transformed = tf.matmul(point_cloud, transform)
    input_image = tf.expand_dims(point_cloud_transformed, -1)

    net = tf_util.conv2d(input_image, 64, [1, 3], padding='VALID', bn=True,
                         is_training=is_training, scope='conv1', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 64, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv2', bn_decay=bn_decay)

    with tf.compat.v1.variable_scope('transform_net2') as sc:
        transform = feature_transform_net(net, is_training, bn_decay, K=64)
    end_points['transform'] = transform
    net_transformed = tf.matmul(tf.squeeze(net, axis=[2]), transform)
    point_feat = tf.expand_dims(net_transformed, [2])

    net = tf_util.conv2d(point_feat, 64, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv3', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv4', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 1024, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv5', bn_decay=bn_decay)
    global_feat = tf_util.max_pool2d(net, [num_point, 1], scope='maxpool')

    # Every point sees its own feature and the whole cloud's.
    global_feat_expand = tf.tile(global_feat, [1, num_point, 1, 1])
    concat_feat = tf.concat([point_feat, global_feat_expand], 3)

    net = tf_util.conv2d(concat_feat, 512, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv6', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 256, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv7', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv8', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv9', bn_decay=bn_decay)
    net = tf_util.conv2d(net, NUM_CLASSES, [1, 1], padding='VALID',
                         activation_fn=None, scope='conv10')
    net = tf.squeeze(net, [2])

    return net, end_points


def get_loss(pred, label, end_points, reg_weight=0.001):
    """Cross-entropy over all points, and a pull of the feature transform towards orthogonality.

    Args:
        pred: B x N x 50 logits
        label: B x N labels
        reg_weight: weight of half the squared distance of A A^T from the
            identity, summed over the whole batch
    """
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=pred, labels=label)
    classify_loss = tf.reduce_mean(loss)
    tf.compat.v1.summary.scalar('classify loss', classify_loss)

    transform = end_points['transform']
    K = transform.get_shape()[1]
    mat_diff = tf.matmul(transform, tf.transpose(transform, perm=[0, 2, 1]))
    mat_diff -= tf.constant(np.eye(K), dtype=tf.float32)
    mat_diff_loss = tf.nn.l2_loss(mat_diff)
    tf.compat.v1.summary.scalar('mat_loss', mat_diff_loss)

    return classify_loss + mat_diff_loss * reg_weight


if __name__ == '__main__':
    with tf.Graph().as_default():
        print(get_model(tf.zeros((32, 1024, 3)), tf.constant(True)))
