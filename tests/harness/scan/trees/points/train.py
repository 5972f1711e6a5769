import argparse
import os
import sys
import time
import socket
import importlib
import numpy as np
import tensorflow as tf
sys.path.append(os.path.dirname(os.path.abspath(__file__)))
from data import provider

parser = argparse.ArgumentParser()
parser.add_argument('--batch_size', type=int, default=4)
parser.add_argument('--num_point', type=int, default=16)
parser.add_argument('--log_dir', default='log')
FLAGS = parser.parse_args([])

MODEL = importlib.import_module('model')
HOSTNAME = socket.gethostname()
LOG_FOUT = open('log_train.txt', 'w')


def log_string(out_str):
    LOG_FOUT.write(out_str + '\n')
    LOG_FOUT.flush()
    print(out_str)


def get_learning_rate(batch):
    rate = tf.compat.v1.train.exponential_decay(0.001, batch * FLAGS.batch_size, 200, 0.7, staircase=True)
    rate = tf.maximum(rate, 0.00001)
    return rate


def train():
    with tf.Graph().as_default():
        with tf.device('/cpu:0'):
            points, labels = MODEL.placeholder_inputs(FLAGS.batch_size, FLAGS.num_point)
            is_training_pl = tf.compat.v1.placeholder(tf.bool, shape=())
            batch = tf.Variable(0)
            pred, end_points = MODEL.get_model(points, is_training_pl)
            loss = MODEL.get_loss(pred, labels, end_points)
            correct = tf.equal(tf.argmax(pred, 1), tf.cast(labels, dtype=tf.int64))
            accuracy = tf.reduce_sum(tf.cast(correct, tf.float32)) / float(FLAGS.batch_size)
            tf.summary.scalar('accuracy', accuracy)
            learning_rate = get_learning_rate(batch)
            optimizer = tf.compat.v1.train.AdamOptimizer(learning_rate)
            train_op = optimizer.minimize(loss, global_step=batch)
            saver = tf.compat.v1.train.Saver()
        config = tf.compat.v1.ConfigProto()
        config.gpu_options.allow_growth = True
        sess = tf.compat.v1.Session(config=config)
        merged = tf.compat.v1.summary.merge_all()
        writer = tf.compat.v1.summary.FileWriter(os.path.join(FLAGS.log_dir, 'train'), sess.graph)
        sess.run(tf.compat.v1.global_variables_initializer(), {is_training_pl: True})
        for start, end in provider.batches(8, FLAGS.batch_size):
            data = np.random.rand(8, FLAGS.num_point, 3)
            feed = {points: provider.rotate(data[start:end]), labels: np.zeros(end - start, np.int32), is_training_pl: True}
            step, summary, _, value = sess.run([batch, merged, train_op, loss], feed_dict=feed)
            writer.add_summary(summary, step)
        now = time.clock()
        log_string('mean loss: %f' % value)
        log_string('at %f' % now)
        save_path = saver.save(sess, os.path.join(FLAGS.log_dir, 'model.ckpt'))
        log_string(save_path)


if __name__ == '__main__':
    train()
