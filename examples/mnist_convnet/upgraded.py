"""A convolutional network for MNIST, as the TensorFlow 1.x tutorials of 2017 wrote it."""

import tensorflow as tf


def conv2d(x, filters, size, padding, activation, name):
    with tf.compat.v1.variable_scope(name):
        kernel = tf.compat.v1.get_variable("kernel", size + [x.shape[-1], filters])
        bias = tf.compat.v1.get_variable("bias", [filters], initializer=tf.zeros_initializer())
        return activation(tf.nn.conv2d(x, kernel, 1, padding.upper()) + bias)


def max_pooling2d(x, size, strides, name):
    return tf.nn.max_pool2d(x, size, strides, "VALID", name=name)


def dense(x, units, name, activation=tf.identity):
    with tf.compat.v1.variable_scope(name):
        kernel = tf.compat.v1.get_variable("kernel", [x.shape[-1], units])
        bias = tf.compat.v1.get_variable("bias", [units], initializer=tf.zeros_initializer())
        return activation(tf.matmul(x, kernel) + bias)


def dropout(x, rate, training, name):
    return tf.cond(training, lambda: tf.nn.dropout(x, rate), lambda: x, name=name)


def build(learning_rate=1e-3):
    images = tf.compat.v1.placeholder(tf.float32, [None, 784], name="images")
    labels = tf.compat.v1.placeholder(tf.int64, [None], name="labels")
    is_training = tf.compat.v1.placeholder(tf.bool, [], name="is_training")

    x = tf.reshape(images, [-1, 28, 28, 1])
    x = conv2d(x, 16, [5, 5], padding="same", activation=tf.nn.relu, name="conv1")
    x = max_pooling2d(x, [2, 2], strides=2, name="pool1")
    x = conv2d(x, 32, [5, 5], padding="same", activation=tf.nn.relu, name="conv2")
    x = max_pooling2d(x, [2, 2], strides=2, name="pool2")
    x = tf.reshape(x, [-1, 7 * 7 * 32])
    x = dense(x, 64, activation=tf.nn.relu, name="fc1")
    x = dropout(x, rate=0.4, training=is_training, name="dropout")
    logits = dense(x, 10, name="logits")

    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    train_op = tf.compat.v1.train.AdamOptimizer(learning_rate).minimize(loss)
    return {"logits": logits, "loss": loss, "train_op": train_op}
