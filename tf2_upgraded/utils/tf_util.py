"""Layers of the PointNet family: wrappers around TensorFlow 1.x ops.

Every layer lives in a variable scope of its own and keeps its parameters
(`weights`, `biases`, `bn/beta`, `bn/gamma`) on the CPU, so that several GPU
towers could share them. Tensors are B x N x W x C images; a point cloud is an
image that is one pixel wide.
"""
import tensorflow as tf

BATCH_NORM_EPSILON = 1e-3
DEFAULT_BN_DECAY = 0.9


def _variable_on_cpu(name, shape, initializer, use_fp16=False):
    """Create (or reuse) a variable that is stored in host memory."""
    with tf.device('/cpu:0'):
        dtype = tf.float16 if use_fp16 else tf.float32
        return tf.compat.v1.get_variable(name, shape, initializer=initializer, dtype=dtype)


def _variable_with_weight_decay(name, shape, stddev, wd, use_xavier=True):
    """Create a kernel; with `wd`, add wd * |kernel|^2 / 2 to collection `losses`.

    Args:
        name: name of the variable within its scope
        shape: list of int
        stddev: standard deviation of the truncated normal, unless use_xavier
        wd: weight decay factor, or None for no decay at all
        use_xavier: draw from the Glorot uniform distribution instead
    """
    if use_xavier:
        initializer = tf.compat.v1.keras.initializers.VarianceScaling(scale=1.0, mode="fan_avg", distribution="uniform")
    else:
        initializer = tf.compat.v1.truncated_normal_initializer(stddev=stddev)
    var = _variable_on_cpu(name, shape, initializer)
    if wd is not None:
        weight_decay = tf.multiply(tf.nn.l2_loss(var), wd, name='weight_loss')
        tf.compat.v1.add_to_collection('losses', weight_decay)
    return var


def conv2d(inputs, num_output_channels, kernel_size, scope, stride=[1, 1],
           padding='SAME', use_xavier=True, stddev=1e-3, weight_decay=None,
           activation_fn=tf.nn.relu, bn=False, bn_decay=None, is_training=None):
    """2-D convolution, + biases, then (optionally) batch norm and activation.

    Args:
        inputs: B x H x W x C tensor
        num_output_channels: int
        kernel_size: [height, width]
        scope: name of the variable scope
        bn_decay: decay of the moving averages, float or scalar tensor
        is_training: scalar bool tensor, needed where bn is set

    Returns:
        B x H' x W' x num_output_channels tensor
    """
    with tf.compat.v1.variable_scope(scope) as sc:
        kernel_h, kernel_w = kernel_size
        num_in_channels = inputs.get_shape()[-1]
        kernel = _variable_with_weight_decay(
            'weights', shape=[kernel_h, kernel_w, num_in_channels, num_output_channels],
            use_xavier=use_xavier, stddev=stddev, wd=weight_decay)
        stride_h, stride_w = stride
        outputs = tf.nn.conv2d(inputs, filters=kernel, strides=[1, stride_h, stride_w, 1], padding=padding)
        biases = _variable_on_cpu('biases', [num_output_channels],
                                  tf.compat.v1.constant_initializer(0.0))
        outputs = tf.nn.bias_add(outputs, biases)
        if bn:
            outputs = batch_norm_for_conv2d(outputs, is_training, bn_decay=bn_decay, scope='bn')
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return outputs


def fully_connected(inputs, num_outputs, scope, use_xavier=True, stddev=1e-3,
                    weight_decay=None, activation_fn=tf.nn.relu, bn=False,
                    bn_decay=None, is_training=None):
    """Matrix product, + biases, then (optionally) batch norm and activation.

    Args:
        inputs: B x C tensor
        num_outputs: int

    Returns:
        B x num_outputs tensor
    """
    with tf.compat.v1.variable_scope(scope) as sc:
        num_input_units = inputs.get_shape()[-1]
        weights = _variable_with_weight_decay(
            'weights', shape=[num_input_units, num_outputs],
            use_xavier=use_xavier, stddev=stddev, wd=weight_decay)
        outputs = tf.matmul(inputs, weights)
        biases = _variable_on_cpu('biases', [num_outputs], tf.compat.v1.constant_initializer(0.0))
        outputs = tf.nn.bias_add(outputs, biases)
        if bn:
            outputs = batch_norm_for_fc(outputs, is_training, bn_decay, 'bn')
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return outputs


def max_pool2d(inputs, kernel_size, scope, stride=[2, 2], padding='VALID'):
    """Max pooling of a B x H x W x C tensor over windows of kernel_size."""
    with tf.compat.v1.variable_scope(scope) as sc:
        kernel_h, kernel_w = kernel_size
        stride_h, stride_w = stride
        return tf.nn.max_pool2d(input=inputs, ksize=[1, kernel_h, kernel_w, 1],
                              strides=[1, stride_h, stride_w, 1],
                              padding=padding, name=sc.name)


def batch_norm_template(inputs, is_training, scope, moments_dims, bn_decay):
    """Batch normalisation with hand-made moving averages.

    In training the moments of the batch are used, and an exponential moving
    average of them is kept up on the side; otherwise the averages are used.
    The averages start at zero and are not debiased.

    Args:
        inputs: tensor, channels last
        is_training: scalar bool tensor
        scope: name of the variable scope
        moments_dims: list of int, the axes to average over
        bn_decay: float or scalar tensor; None means 0.9

    Returns:
        tensor of the shape of inputs
    """
    with tf.compat.v1.variable_scope(scope) as sc:
        num_channels = inputs.get_shape()[-1]
        beta = tf.Variable(tf.constant(0.0, shape=[num_channels]), name='beta', trainable=True)
        gamma = tf.Variable(tf.constant(1.0, shape=[num_channels]), name='gamma', trainable=True)
        batch_mean, batch_var = tf.nn.moments(inputs, moments_dims, name='moments')
        decay = bn_decay if bn_decay is not None else DEFAULT_BN_DECAY
        ema = tf.train.ExponentialMovingAverage(decay=decay)
        # The average's variables are made here, in whichever branch is traced.
        ema_apply_op = tf.cond(is_training,
                               lambda: ema.apply([batch_mean, batch_var]),
                               lambda: tf.no_op())

        def moments_of_batch():
            with tf.control_dependencies([ema_apply_op]):
                return tf.identity(batch_mean), tf.identity(batch_var)

        def moments_of_past():
            return ema.average(batch_mean), ema.average(batch_var)

        mean, var = tf.cond(is_training, moments_of_batch, moments_of_past)
        return tf.nn.batch_normalization(inputs, mean, var, beta, gamma, BATCH_NORM_EPSILON)


def batch_norm_for_fc(inputs, is_training, bn_decay, scope):
    """Batch norm of B x C features."""
    return batch_norm_template(inputs, is_training, scope, [0], bn_decay)


def batch_norm_for_conv2d(inputs, is_training, bn_decay, scope):
    """Batch norm of a B x H x W x C image."""
    return batch_norm_template(inputs, is_training, scope, [0, 1, 2], bn_decay)


def dropout(inputs, is_training, scope, keep_prob=0.5, noise_shape=None):
    """Dropout that is the identity outside training; keep_prob is what stays."""
    with tf.compat.v1.variable_scope(scope) as sc:
        return tf.cond(is_training,
                       lambda: tf.nn.dropout(inputs, rate=1 - (keep_prob), noise_shape=noise_shape),
                       lambda: inputs)
