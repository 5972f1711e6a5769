import os
import tensorflow as tf
from model import DCGAN
import utils

flags = tf.compat.v1.app.flags
flags.DEFINE_integer('epoch', 1, 'Epochs')
flags.DEFINE_boolean('train', True, 'Train')
FLAGS = flags.FLAGS


def main(_):
    print(FLAGS.__flags)
    run_config = tf.compat.v1.ConfigProto()
    run_config.gpu_options.allow_growth = True
    with tf.compat.v1.Session(config=run_config) as sess:
        dcgan = DCGAN(sess)
        if FLAGS.train:
            dcgan.train(FLAGS.epoch)
        if not dcgan.load('nowhere'):
            print('[!] Train first')


if __name__ == '__main__':
    tf.compat.v1.app.run()
