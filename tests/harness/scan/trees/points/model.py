import tensorflow as tf
from ops import layers
from ops.grouping import pairwise_distance, knn, group_point, pool, sample_random


def placeholder_inputs(batch_size, num_point):
    pointclouds = tf.compat.v1.placeholder(tf.float32, shape=(batch_size, num_point, 3))
    labels = tf.compat.v1.placeholder(tf.int32, shape=(batch_size))
    return pointclouds, labels


def get_model(point_cloud, is_training, bn_decay=None):
    end_points = {}
    batch_size = point_cloud.get_shape()[0].value
    num_point = point_cloud.get_shape()[1].value
    centres = sample_random(point_cloud, num_point // 2)
    _, idx = knn(pairwise_distance(centres, point_cloud), k=4)
    grouped = group_point(point_cloud, idx)
    net = layers.conv2d(grouped, 8, [1, 1], 'conv1', padding='VALID', bn=True, bn_decay=bn_decay, is_training=is_training)
    net = pool(net)
    net = tf.squeeze(net, axis=[2])
    net = tf.reduce_max(net, axis=1)
    net = layers.fully_connected(net, 16, scope='fc1', is_training=is_training)
    net = layers.dropout(net, is_training, scope='dp1', keep_prob=0.7)
    net = layers.fully_connected(net, 4, activation_fn=None, scope='fc2')
    end_points['features'] = net
    return net, end_points


def get_loss(pred, label, end_points):
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=pred, labels=label)
    classify_loss = tf.reduce_mean(loss)
    tf.summary.scalar('classify loss', classify_loss)
    tf.compat.v1.add_to_collection('losses', classify_loss)
    return tf.add_n(tf.compat.v1.get_collection('losses'), name='total_loss')
