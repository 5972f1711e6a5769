"""An LSTM that classifies sequences, in the rnn_cell idiom of TensorFlow 1.x."""

import tensorflow as tf


def build(num_units=16, num_classes=5, learning_rate=0.05):
    x = tf.placeholder(tf.float32, [None, 12, 6], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")

    cell = tf.nn.rnn_cell.BasicLSTMCell(num_units, forget_bias=1.0)
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)

    weights = tf.get_variable(
        "softmax_w", [num_units, num_classes], initializer=tf.truncated_normal_initializer(stddev=0.1)
    )
    biases = tf.get_variable("softmax_b", [num_classes], initializer=tf.zeros_initializer())
    logits = tf.matmul(outputs[:, -1, :], weights) + biases

    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits), name="loss"
    )
    train_op = tf.train.GradientDescentOptimizer(learning_rate).minimize(loss, name="train_op")
    return logits, loss, train_op
