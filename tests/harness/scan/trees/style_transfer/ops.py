import tensorflow as tf
from tensorflow.contrib.framework import add_arg_scope

WEIGHTS_INIT_STD = .1


def lrelu(x, leak=0.2, name='lrelu'):
    with tf.compat.v1.variable_scope(name):
        return 0.5 * (1 + leak) * x + 0.5 * (1 - leak) * tf.abs(x)


def instance_norm(x, name='instance_norm', eps=1e-3):
    with tf.compat.v1.variable_scope(name):
        depth = x.get_shape()[3].value
        scale = tf.compat.v1.get_variable('scale', [depth],
                                initializer=tf.compat.v1.random_normal_initializer(1.0, 0.02))
        shift = tf.compat.v1.get_variable('shift', [depth],
                                initializer=tf.compat.v1.zeros_initializer())
        mean, var = tf.nn.moments(x, [1, 2], keepdims=True)
        return scale * (x - mean) / tf.sqrt(var + eps) + shift


def batch_norm(x, train=True, name='batch_norm'):
    return tf.contrib.layers.batch_norm(x, decay=0.9, updates_collections=None,
                                        epsilon=1e-5, scale=True,
                                        is_training=train, scope=name)


@add_arg_scope
def conv(x, num_out, ksize=3, stride=1, relu=True, name='conv'):
    with tf.compat.v1.variable_scope(name):
        num_in = x.get_shape().as_list()[-1]
        w = tf.compat.v1.get_variable('w', [ksize, ksize, num_in, num_out],
                            initializer=tf.compat.v1.truncated_normal_initializer(stddev=WEIGHTS_INIT_STD, seed=1))
        out = tf.nn.conv2d(x, filters=w, strides=[1, stride, stride, 1], padding='SAME')
        out = instance_norm(out)
        if relu:
            out = tf.nn.relu(out)
        return out


def conv_bias(x, num_out, ksize=4, stride=2, name='conv_bias'):
    with tf.compat.v1.variable_scope(name):
        w = tf.compat.v1.get_variable('w', [ksize, ksize, x.get_shape()[-1], num_out],
                            initializer=tf.compat.v1.keras.initializers.VarianceScaling(scale=1.0, mode="fan_avg", distribution="uniform"))
        b = tf.compat.v1.get_variable('b', [num_out], initializer=tf.compat.v1.constant_initializer(0.0))
        out = tf.nn.conv2d(x, filters=w, strides=[1, stride, stride, 1], padding='SAME')
        return tf.reshape(tf.nn.bias_add(out, b), tf.shape(out))


def deconv(x, num_out, ksize=3, stride=2, name='deconv'):
    with tf.compat.v1.variable_scope(name):
        batch, rows, cols, num_in = [i.value for i in x.get_shape()]
        new_shape = [batch, int(rows * stride), int(cols * stride), num_out]
        w = tf.compat.v1.get_variable('w', [ksize, ksize, num_out, num_in],
                            initializer=tf.compat.v1.random_normal_initializer(stddev=0.02))
        out = tf.nn.conv2d_transpose(x, w, tf.stack(new_shape), [1, stride, stride, 1],
                                     padding='SAME')
        out.set_shape(new_shape)
        return tf.nn.relu(instance_norm(out))


def resize_conv(x, num_out, name='resize_conv'):
    with tf.compat.v1.variable_scope(name):
        h, w = x.get_shape().as_list()[1:3]
        up = tf.image.resize(x, [h * 2, w * 2],
                                    method=tf.image.ResizeMethod.NEAREST_NEIGHBOR)
        return conv(up, num_out, ksize=3, stride=1)


def residual(x, ksize=3, name='residual'):
    with tf.compat.v1.variable_scope(name):
        num = x.shape[-1].value
        tmp = conv(x, num, ksize, 1, name='a')
        return x + conv(tmp, num, ksize, 1, relu=False, name='b')


def linear(x, num_out, name='linear'):
    flat = tf.contrib.layers.flatten(x)
    return tf.layers.dense(flat, num_out, name=name)


def tv_loss(img):
    shape = img.get_shape().as_list()
    y = tf.nn.l2_loss(img[:, 1:, :, :] - img[:, :shape[1] - 1, :, :])
    x = tf.nn.l2_loss(img[:, :, 1:, :] - img[:, :, :shape[2] - 1, :])
    return 2 * (x + y) / shape[0]
