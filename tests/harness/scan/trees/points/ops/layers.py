""" Wrappers around convolutions with batch norm and weight decay. """
import tensorflow as tf


def variable_on_cpu(name, shape, initializer, use_fp16=False):
    with tf.device('/cpu:0'):
        dtype = tf.float16 if use_fp16 else tf.float32
        var = tf.compat.v1.get_variable(name, shape, initializer=initializer, dtype=dtype)
    return var


def variable_with_decay(name, shape, stddev, wd, use_xavier=True):
    if use_xavier:
        initializer = tf.compat.v1.keras.initializers.VarianceScaling(scale=1.0, mode="fan_avg", distribution="uniform")
    else:
        initializer = tf.compat.v1.truncated_normal_initializer(stddev=stddev)
    var = variable_on_cpu(name, shape, initializer)
    if wd is not None:
        weight_decay = tf.multiply(tf.nn.l2_loss(var), wd, name='weight_loss')
        tf.compat.v1.add_to_collection('losses', weight_decay)
    return var


def conv2d(inputs, num_output_channels, kernel_size, scope, stride=[1, 1], padding='SAME',
           wd=0.0, activation_fn=tf.nn.relu, bn=False, bn_decay=None, is_training=None):
    with tf.compat.v1.variable_scope(scope) as sc:
        kernel_h, kernel_w = kernel_size
        num_in = inputs.get_shape()[-1].value
        kernel = variable_with_decay('weights', [kernel_h, kernel_w, num_in, num_output_channels], 1e-3, wd)
        stride_h, stride_w = stride
        outputs = tf.nn.conv2d(inputs, filters=kernel, strides=[1, stride_h, stride_w, 1], padding=padding)
        biases = variable_on_cpu('biases', [num_output_channels], tf.compat.v1.constant_initializer(0.0))
        outputs = tf.nn.bias_add(outputs, biases)
        if bn:
            outputs = batch_norm(outputs, is_training, [0, 1, 2], 'bn', bn_decay)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return outputs


def fully_connected(inputs, num_outputs, scope, activation_fn=tf.nn.relu, is_training=None):
    with tf.compat.v1.variable_scope(scope):
        width = inputs.get_shape()[-1]
        shape = [width.value, num_outputs]
        w = variable_with_decay('weights', shape, 1e-3, None, use_xavier=False)
        b = variable_on_cpu('biases', [num_outputs], tf.compat.v1.constant_initializer(0.0))
        b += 0.01
        out = tf.compat.v1.nn.xw_plus_b(inputs, w, b)
        if activation_fn is not None:
            out = activation_fn(out)
        return out


def batch_norm(inputs, is_training, moments_dims, scope, bn_decay):
    with tf.compat.v1.variable_scope(scope):
        channels = inputs.get_shape()[-1].value
        beta = tf.Variable(tf.constant(0.0, shape=[channels]), name='beta', trainable=True)
        gamma = tf.Variable(tf.constant(1.0, shape=[channels]), name='gamma', trainable=True)
        mean, var = tf.nn.moments(inputs, moments_dims, name='moments')
        decay = bn_decay if bn_decay is not None else 0.9
        ema = tf.train.ExponentialMovingAverage(decay=decay)
        apply_op = tf.cond(is_training, lambda: ema.apply([mean, var]), lambda: tf.no_op())

        def update():
            with tf.control_dependencies([apply_op]):
                return tf.identity(mean), tf.identity(var)
        m, v = tf.cond(is_training, update, lambda: (ema.average(mean), ema.average(var)))
        return tf.nn.batch_normalization(inputs, m, v, beta, gamma, 1e-3)


def dropout(inputs, is_training, scope, keep_prob=0.5, noise_shape=None):
    with tf.compat.v1.variable_scope(scope):
        return tf.cond(is_training,
                       lambda: tf.nn.dropout(inputs, noise_shape, rate=1 - (keep_prob)),
                       lambda: inputs)
