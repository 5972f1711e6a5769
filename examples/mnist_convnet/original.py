"""A convolutional network for MNIST, as the TensorFlow 1.x tutorials of 2017 wrote it."""

import tensorflow as tf


def build(learning_rate=1e-3):
    images = tf.placeholder(tf.float32, [None, 784], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    is_training = tf.placeholder(tf.bool, [], name="is_training")

    x = tf.reshape(images, [-1, 28, 28, 1])
    x = tf.layers.conv2d(x, 16, [5, 5], padding="same", activation=tf.nn.relu, name="conv1")
    x = tf.layers.max_pooling2d(x, [2, 2], strides=2, name="pool1")
    x = tf.layers.conv2d(x, 32, [5, 5], padding="same", activation=tf.nn.relu, name="conv2")
    x = tf.layers.max_pooling2d(x, [2, 2], strides=2, name="pool2")
    x = tf.reshape(x, [-1, 7 * 7 * 32])
    x = tf.layers.dense(x, 64, activation=tf.nn.relu, name="fc1")
    x = tf.layers.dropout(x, rate=0.4, training=is_training, name="dropout")
    logits = tf.layers.dense(x, 10, name="logits")

    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    train_op = tf.train.AdamOptimizer(learning_rate).minimize(loss)
    return {"logits": logits, "loss": loss, "train_op": train_op}
