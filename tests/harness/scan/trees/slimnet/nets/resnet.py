"""A small residual network in slim."""
import collections
import tensorflow as tf

slim = tf.contrib.slim


class Block(collections.namedtuple('Block', ['scope', 'unit_fn', 'args'])):
    'A residual block.'


def arg_scope(weight_decay=0.0001, is_training=True):
    batch_norm_params = {
        'is_training': is_training,
        'decay': 0.997,
        'updates_collections': tf.compat.v1.GraphKeys.UPDATE_OPS,
    }
    regularizer = tf.keras.regularizers.l2(0.5 * (weight_decay))
    with slim.arg_scope([slim.conv2d], weights_regularizer=regularizer, normalizer_params=batch_norm_params) as sc:
        return sc


def unit(inputs, depth, stride):
    depth_in = slim.utils.last_dimension(inputs.get_shape(), min_rank=4)
    if depth == depth_in:
        shortcut = inputs
    else:
        shortcut = tf.layers.conv2d(inputs, depth, 1, strides=stride, padding='same')
    residual = tf.pad(inputs, [[0, 0], [1, 1], [1, 1], [0, 0]])
    residual = slim.conv2d(residual, depth, 3, stride=stride, padding='VALID')
    return tf.nn.relu(shortcut + residual)


def resnet(images, num_classes, blocks=(16,)):
    height, width = images.shape[1].value, images.shape[2].value
    assert height == width
    filters = tf.Variable(tf.random.truncated_normal([3, 3, images.shape[3].value, 8], stddev=0.1))
    net = tf.nn.conv2d(images, filters=filters, strides=[1, 1, 1, 1], padding='SAME')
    net = tf.nn.max_pool2d(input=net, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')
    for block in [Block('b%d' % i, unit, (d, 1)) for i, d in enumerate(blocks)]:
        net = block.unit_fn(net, *block.args)
    net = tf.reduce_mean(net, [1, 2], keepdims=True)
    net = tf.squeeze(net, [1, 2])
    w = tf.compat.v1.get_variable('logits_w', [net.get_shape().as_list()[-1], num_classes])
    return tf.matmul(net, w)
