"""A small image classifier in tf.contrib.slim with batch norm, as 2017 wrote it."""

import tensorflow as tf
import tensorflow.contrib.slim as slim


def arg_scope(is_training, weight_decay=5e-4, batch_norm_decay=0.9):
    batch_norm_params = {
        "decay": batch_norm_decay,
        "epsilon": 1e-3,
        "scale": True,
        "is_training": is_training,
    }
    with slim.arg_scope(
        [slim.conv2d],
        weights_regularizer=slim.l2_regularizer(weight_decay),
        normalizer_fn=slim.batch_norm,
        normalizer_params=batch_norm_params,
    ) as scope:
        return scope


def network(images, num_classes, is_training):
    with tf.variable_scope("SmallNet"):
        with slim.arg_scope(arg_scope(is_training)):
            net = slim.conv2d(images, 16, [3, 3], scope="conv1")
            net = slim.conv2d(net, 16, [3, 3], stride=2, scope="conv2")
            net = slim.conv2d(net, 32, [3, 3], stride=2, scope="conv3")
        net = tf.reduce_mean(net, [1, 2], name="global_pool")
        return slim.fully_connected(net, num_classes, activation_fn=None, scope="logits")


def build(num_classes=10, batch_size=8):
    images = tf.placeholder(tf.float32, [batch_size, 16, 16, 3], name="images")
    labels = tf.placeholder(tf.int32, [batch_size], name="labels")
    is_training = tf.placeholder(tf.bool, [], name="is_training")
    logits = network(images, num_classes, is_training)

    slim.losses.sparse_softmax_cross_entropy(logits, labels)
    loss = slim.losses.get_total_loss()
    optimizer = tf.train.MomentumOptimizer(0.01, 0.9)
    train_op = slim.learning.create_train_op(loss, optimizer)
    return {"logits": logits, "loss": loss, "train_op": train_op}
