"""PointNet segmentation of indoor scenes, from nine channels a point (arXiv 1612.00593)."""
import os
import sys

import tensorflow as tf

BASE_DIR = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(BASE_DIR, '../utils'))
import tf_util

NUM_CLASSES = 13


def placeholder_inputs(batch_size, num_point):
    """Placeholders of a batch: B x N x 9 points and B x N labels."""
    pointclouds_pl = tf.compat.v1.placeholder(tf.float32, shape=(batch_size, num_point, 9))
    labels_pl = tf.compat.v1.placeholder(tf.int32, shape=(batch_size, num_point))
    return pointclouds_pl, labels_pl


def get_model(point_cloud, is_training, bn_decay=None):
    """Build the network: B x N x 9 points to B x N x 13 logits.

    The channels are x, y, z in the block, r, g, b, and x, y, z in the room.
    """
    batch_size = point_cloud.get_shape()[0]
    num_point = point_cloud.get_shape()[1]
    end_points = {}

    input_image = tf.expand_dims(point_cloud, -1)
    net = tf_util.conv2d(input_image, 64, [1, 9], padding='VALID', bn=True,
                         is_training=is_training, scope='conv1', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 64, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv2', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 64, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv3', bn_decay=bn_decay)
    net = tf_util.conv2d(net, 128, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv4', bn_decay=bn_decay)
    points_feat = tf_util.conv2d(net, 1024, [1, 1], padding='VALID', bn=True,
                                 is_training=is_training, scope='conv5', bn_decay=bn_decay)

    pc_feat = tf_util.max_pool2d(points_feat, [num_point, 1], scope='maxpool')
    pc_feat = tf.reshape(pc_feat, [batch_size, -1])
    pc_feat = tf_util.fully_connected(pc_feat, 256, bn=True, is_training=is_training,
                                      scope='fc1', bn_decay=bn_decay)
    pc_feat = tf_util.fully_connected(pc_feat, 128, bn=True, is_training=is_training,
                                      scope='fc2', bn_decay=bn_decay)

    pc_feat_expand = tf.tile(tf.reshape(pc_feat, [batch_size, 1, 1, -1]), [1, num_point, 1, 1])
    concat_feat = tf.concat([points_feat, pc_feat_expand], 3)

    net = tf_util.conv2d(concat_feat, 512, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv6')
    net = tf_util.conv2d(net, 256, [1, 1], padding='VALID', bn=True,
                         is_training=is_training, scope='conv7')
    net = tf_util.dropout(net, keep_prob=0.7, is_training=is_training, scope='dp1')
    net = tf_util.conv2d(net, NUM_CLASSES, [1, 1], padding='VALID',
                         activation_fn=None, scope='conv8')
    net = tf.squeeze(net, [2])

    return net, end_points


def get_loss(pred, label, end_points):
    """Mean cross-entropy of B x N x 13 logits against B x N labels."""
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=pred, labels=label)
    classify_loss = tf.reduce_mean(loss)
    tf.compat.v1.summary.scalar('classify loss', classify_loss)
    return classify_loss


if __name__ == '__main__':
    with tf.Graph().as_default():
        print(get_model(tf.zeros((24, 4096, 9)), tf.constant(True)))
