from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import sys
from datetime import datetime
import numpy as np
import tensorflow as tf

import inputs
from nets import resnet

FLAGS = tf.compat.v1.app.flags.FLAGS
tf.compat.v1.app.flags.DEFINE_integer('batch_size', 4, 'Batch size.')
tf.compat.v1.app.flags.DEFINE_string('train_dir', 'train', 'Where to write.')
tf.compat.v1.app.flags.DEFINE_boolean('log_device_placement', False, 'Log placement.')
tf.compat.v1.app.flags.DEFINE_float('learning_rate', 0.01, 'Rate.')


def train(paths):
    global_step = tf.compat.v1.train.get_or_create_global_step()
    images, labels = inputs.inputs(paths, FLAGS.batch_size)
    resnet.arg_scope()
    logits = resnet.resnet(images, 3)
    loss = tf.compat.v1.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    total = tf.compat.v1.losses.get_total_loss()
    lr = tf.compat.v1.train.exponential_decay(FLAGS.learning_rate, global_step, 100, 0.9)
    opt = tf.compat.v1.train.MomentumOptimizer(lr, 0.9)
    grads = opt.compute_gradients(total)
    clipped = [(tf.clip_by_norm(g, 5.0), v) for g, v in grads]
    apply_op = opt.apply_gradients(clipped, global_step=global_step)
    for grad, var in grads:
        tf.summary.histogram(var.op.name + '/gradients', grad)
    averages = tf.train.ExponentialMovingAverage(0.99, global_step)
    maintain = averages.apply(tf.compat.v1.trainable_variables())
    update_ops = tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.UPDATE_OPS)
    with tf.control_dependencies(update_ops + [apply_op]):
        train_op = tf.no_op(name='train')
    saver = tf.compat.v1.train.Saver(tf.compat.v1.global_variables())
    init = tf.group(tf.compat.v1.global_variables_initializer(), tf.compat.v1.local_variables_initializer())
    sess = tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(log_device_placement=FLAGS.log_device_placement))
    sess.run(init)
    coord = tf.train.Coordinator()
    threads = tf.compat.v1.train.start_queue_runners(sess=sess, coord=coord)
    try:
        for step in range(2):
            _, value = sess.run([train_op, loss])
            assert not np.isnan(value), 'Model diverged with loss = NaN'
            print('%s: step %d, loss = %.2f' % (datetime.now(), step, value))
        saver.save(sess, 'train/model.ckpt', global_step=global_step)
    except tf.errors.OutOfRangeError:
        print('Done')
    finally:
        coord.request_stop()
    coord.join(threads)
    sess.close()


def evaluate(logits, labels):
    top_k = tf.nn.in_top_k(predictions=logits, targets=labels, k=1)
    correct = np.sum(top_k.eval())
    variables = slim_variables()
    return correct, variables


def slim_variables():
    return tf.contrib.framework.get_variables_to_restore()


def main(argv=None):
    inputs.write_records('a.tfrecord', 6)
    inputs.first_label('a.tfrecord')
    if tf.io.gfile.exists(FLAGS.train_dir):
        tf.io.gfile.rmtree(FLAGS.train_dir)
    tf.io.gfile.makedirs(FLAGS.train_dir)
    train(['a.tfrecord'])
    evaluate(tf.constant([[1.0, 2.0]]), tf.constant([1]))


if __name__ == '__main__':
    tf.compat.v1.app.run()
