"""An LSTM that classifies sequences, in the rnn_cell idiom of TensorFlow 1.x."""

import tensorflow as tf


class BasicLSTMCell:
    def __init__(self, input_size, num_units, forget_bias):
        self.output_size, self.forget_bias = num_units, forget_bias
        self.state_size = num_units, num_units
        with tf.compat.v1.variable_scope("rnn/basic_lstm_cell"):
            self.kernel = tf.compat.v1.get_variable(
                "kernel", [input_size + num_units, 4 * num_units]
            )
            self.bias = tf.compat.v1.get_variable(
                "bias", [4 * num_units], initializer=tf.zeros_initializer()
            )

    def zero_state(self, batch_size, dtype):
        return tuple(tf.zeros([batch_size, size], dtype) for size in self.state_size)

    def __call__(self, inputs, state, scope=None):
        c, h = state
        gates = tf.matmul(tf.concat([inputs, h], 1), self.kernel) + self.bias
        i, j, f, o = tf.split(gates, 4, axis=1)
        c = c * tf.sigmoid(f + self.forget_bias) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return h, (c, h)


def build(num_units=16, num_classes=5, learning_rate=0.05):
    x = tf.compat.v1.placeholder(tf.float32, [None, 12, 6], name="x")
    y = tf.compat.v1.placeholder(tf.int32, [None], name="y")

    cell = BasicLSTMCell(x.shape[-1], num_units, forget_bias=1.0)
    outputs, state = tf.compat.v1.nn.dynamic_rnn(cell, x, dtype=tf.float32)

    weights = tf.compat.v1.get_variable(
        "softmax_w", [num_units, num_classes], initializer=tf.compat.v1.truncated_normal_initializer(stddev=0.1)
    )
    biases = tf.compat.v1.get_variable("softmax_b", [num_classes], initializer=tf.compat.v1.zeros_initializer())
    logits = tf.matmul(outputs[:, -1, :], weights) + biases

    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits), name="loss"
    )
    train_op = tf.compat.v1.train.GradientDescentOptimizer(learning_rate).minimize(loss, name="train_op")
    return logits, loss, train_op
