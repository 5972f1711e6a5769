"""DCGAN."""
from __future__ import division
import os
import time
import math
from glob import glob
import tensorflow as tf
import numpy as np
from six.moves import xrange

from ops import *
from utils import *


def conv_out_size_same(size, stride):
    return int(math.ceil(float(size) / float(stride)))


class DCGAN(object):
    def __init__(self, sess, input_height=16, batch_size=4, z_dim=8, gf_dim=4, df_dim=4, c_dim=1, checkpoint_dir='checkpoint'):
        self.sess = sess
        self.input_height = input_height
        self.batch_size = batch_size
        self.z_dim = z_dim
        self.gf_dim = gf_dim
        self.df_dim = df_dim
        self.c_dim = c_dim
        self.d_bn1 = batch_norm(name='d_bn1')
        self.checkpoint_dir = checkpoint_dir
        self.build_model()

    def build_model(self):
        shape = [self.batch_size, self.input_height, self.input_height, self.c_dim]
        self.inputs = tf.compat.v1.placeholder(tf.float32, shape, name='real_images')
        self.z = tf.compat.v1.placeholder(tf.float32, [self.batch_size, self.z_dim], name='z')
        self.z_sum = histogram_summary('z', self.z)
        self.G = self.generator(self.z)
        self.D, self.D_logits = self.discriminator(self.inputs, reuse=False)
        self.D_, self.D_logits_ = self.discriminator(self.G, reuse=True)

        def sigmoid_cross_entropy(x, y):
            try:
                return tf.nn.sigmoid_cross_entropy_with_logits(logits=x, labels=y)
            except:
                return tf.nn.sigmoid_cross_entropy_with_logits(logits=x, targets=y)
        self.d_loss_real = tf.reduce_mean(sigmoid_cross_entropy(self.D_logits, tf.ones_like(self.D)))
        self.d_loss_fake = tf.reduce_mean(sigmoid_cross_entropy(self.D_logits_, tf.zeros_like(self.D_)))
        self.g_loss = tf.reduce_mean(sigmoid_cross_entropy(self.D_logits_, tf.ones_like(self.D_)))
        self.d_loss = self.d_loss_real + self.d_loss_fake
        self.gp = self.gradient_penalty()
        t_vars = tf.compat.v1.trainable_variables()
        self.d_vars = [var for var in t_vars if 'd_' in var.name]
        self.g_vars = [var for var in t_vars if 'g_' in var.name]
        self.saver = tf.compat.v1.train.Saver()

    def gradient_penalty(self):
        alpha = tf.random.uniform([self.batch_size, 1, 1, 1], 0., 1.)
        mixed = self.inputs + alpha * (self.G - self.inputs)
        _, logits = self.discriminator(mixed, reuse=True)
        grads = tf.gradients(logits, [mixed])[0]
        slopes = tf.sqrt(tf.reduce_sum(tf.square(grads), axis=[1, 2, 3]))
        return tf.reduce_mean((slopes - 1.) ** 2)

    def train(self, epochs=1):
        d_optim = tf.compat.v1.train.AdamOptimizer(2e-4, beta1=0.5).minimize(self.d_loss, var_list=self.d_vars)
        g_optim = tf.compat.v1.train.AdamOptimizer(2e-4, beta1=0.5) \
            .minimize(self.g_loss, var_list=self.g_vars)
        try:
            tf.compat.v1.global_variables_initializer().run()
        except AttributeError:
            tf.compat.v1.initialize_all_variables().run()
        self.writer = SummaryWriter('./logs', self.sess.graph)
        for epoch in xrange(epochs):
            batch_z = np.random.uniform(-1, 1, [self.batch_size, self.z_dim]).astype(np.float32)
            _, errD = self.sess.run([d_optim, self.d_loss], feed_dict={self.z: batch_z, self.inputs: np.zeros((4, 16, 16, 1))})
            errG = self.g_loss.eval({self.z: batch_z, self.inputs: np.zeros((4, 16, 16, 1))})
            print('Epoch: [%2d] d_loss: %.8f, g_loss: %.8f' % (epoch, errD, errG))
        self.save(self.checkpoint_dir, 1)

    def discriminator(self, image, y=None, reuse=False):
        with tf.compat.v1.variable_scope('discriminator') as scope:
            if reuse:
                scope.reuse_variables()
            h0 = lrelu(conv2d(image, self.df_dim, name='d_h0_conv'))
            h1 = lrelu(self.d_bn1(conv2d(h0, self.df_dim * 2, name='d_h1_conv')))
            h2 = linear(tf.reshape(h1, [self.batch_size, -1]), 1, 'd_h2_lin')
            return tf.nn.sigmoid(h2), h2

    def generator(self, z):
        with tf.compat.v1.variable_scope('generator') as scope:
            s = self.input_height
            s2 = conv_out_size_same(s, 2)
            z_ = linear(z, self.gf_dim * s2 * s2, 'g_h0_lin')
            h0 = tf.reshape(z_, [-1, s2, s2, self.gf_dim])
            h1 = deconv2d(tf.nn.relu(h0), [self.batch_size, s, s, self.c_dim], name='g_h1')
            return tf.nn.tanh(h1)

    @property
    def model_dir(self):
        return '{}_{}'.format('set', self.batch_size)

    def save(self, checkpoint_dir, step):
        checkpoint_dir = os.path.join(checkpoint_dir, self.model_dir)
        if not os.path.exists(checkpoint_dir):
            os.makedirs(checkpoint_dir)
        self.saver.save(self.sess, os.path.join(checkpoint_dir, 'DCGAN.model'), global_step=step)

    def load(self, checkpoint_dir):
        ckpt = tf.train.get_checkpoint_state(checkpoint_dir)
        if ckpt and ckpt.model_checkpoint_path:
            self.saver.restore(self.sess, ckpt.model_checkpoint_path)
            return True
        return False
