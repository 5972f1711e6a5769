"""A small image classifier in tf.contrib.slim with batch norm, as 2017 wrote it."""

import tensorflow as tf
import tf_slim as slim


def batch_norm(x, decay, epsilon, scale, is_training):
    channels = x.shape[-1:]
    with tf.compat.v1.variable_scope("BatchNorm"):
        beta = slim.model_variable("beta", channels, initializer=tf.zeros_initializer())
        gamma = slim.model_variable("gamma", channels, initializer=tf.ones_initializer())
        moving_mean = slim.model_variable(
            "moving_mean", channels, initializer=tf.zeros_initializer(), trainable=False
        )
        moving_variance = slim.model_variable(
            "moving_variance", channels, initializer=tf.ones_initializer(), trainable=False
        )
        outputs, mean, variance = tf.cond(
            is_training,
            lambda: tf.compat.v1.nn.fused_batch_norm(x, gamma, beta, epsilon=epsilon),
            lambda: tf.compat.v1.nn.fused_batch_norm(
                x, gamma, beta, moving_mean, moving_variance, epsilon, is_training=False
            ),
        )
        rate = tf.cond(is_training, lambda: 1.0 - decay, lambda: 0.0)
        for average, value in ((moving_mean, mean), (moving_variance, variance)):
            update = tf.compat.v1.assign_sub(average, (average - value) * rate)
            tf.compat.v1.add_to_collection(tf.compat.v1.GraphKeys.UPDATE_OPS, update)
    return outputs


def arg_scope(is_training, weight_decay=5e-4, batch_norm_decay=0.9):
    batch_norm_params = {
        "decay": batch_norm_decay,
        "epsilon": 1e-3,
        "scale": True,
        "is_training": is_training,
    }
    with slim.arg_scope(
        [slim.conv2d],
        weights_regularizer=tf.keras.regularizers.l2(0.5 * (weight_decay)),
        normalizer_fn=batch_norm,
        normalizer_params=batch_norm_params,
    ) as scope:
        return scope


def network(images, num_classes, is_training):
    with tf.compat.v1.variable_scope("SmallNet"):
        with slim.arg_scope(arg_scope(is_training)):
            net = slim.conv2d(images, 16, [3, 3], scope="conv1")
            net = slim.conv2d(net, 16, [3, 3], stride=2, scope="conv2")
            net = slim.conv2d(net, 32, [3, 3], stride=2, scope="conv3")
        net = tf.reduce_mean(net, [1, 2], name="global_pool")
        return slim.fully_connected(net, num_classes, activation_fn=None, scope="logits")


def build(num_classes=10, batch_size=8):
    images = tf.compat.v1.placeholder(tf.float32, [batch_size, 16, 16, 3], name="images")
    labels = tf.compat.v1.placeholder(tf.int32, [batch_size], name="labels")
    is_training = tf.compat.v1.placeholder(tf.bool, [], name="is_training")
    logits = network(images, num_classes, is_training)

    slim.losses.sparse_softmax_cross_entropy(logits, labels)
    loss = slim.losses.get_total_loss()
    optimizer = tf.compat.v1.train.MomentumOptimizer(0.01, 0.9)
    train_op = slim.learning.create_train_op(loss, optimizer)
    return {"logits": logits, "loss": loss, "train_op": train_op}
