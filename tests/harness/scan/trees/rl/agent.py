import os
import time
import random
import numpy as np
import tensorflow as tf
from tqdm_lite import trange
from common.replay import ReplayMemory, Segment, spec, describe
from common.ops import conv2d, linear, flatten, clipped_error


class Env(object):
    action_size = 3

    def reset(self):
        return np.zeros((8, 8, 2), np.float32)

    def step(self, action):
        return np.random.rand(8, 8, 2).astype(np.float32), 1.0, False, {}


class Agent(object):
    def __init__(self, sess, env):
        self.sess = sess
        self.env = env
        self.memory = ReplayMemory(100)
        self.w = {}
        self.t_w = {}
        self.learning_rate = 0.00025
        with tf.compat.v1.variable_scope('step'):
            self.step_op = tf.Variable(0, trainable=False, name='step')
            self.step_input = tf.compat.v1.placeholder('int32', None, name='step_input')
            self.step_assign_op = self.step_op.assign(self.step_input)
        self.build_dqn()

    def build_dqn(self):
        initializer = tf.compat.v1.truncated_normal_initializer(0, 0.02)
        with tf.compat.v1.variable_scope('prediction'):
            self.s_t = tf.compat.v1.placeholder('float32', [None, 8, 8, 2], name='s_t')
            self.l1, self.w['l1_w'], self.w['l1_b'] = conv2d(self.s_t, 4, [3, 3], 1, name='l1')
            flat = flatten(self.l1)
            self.value, self.w['q_w'], self.w['q_b'] = linear(flat, self.env.action_size, name='q')
            self.q_action = tf.argmax(self.value, axis=1)
            averages = tf.reduce_mean(self.value, 0)
            q_summary = [tf.summary.histogram('q/%s' % i, averages[i]) for i in xrange(self.env.action_size)]
            self.q_summary = tf.compat.v1.summary.merge(q_summary, 'q_summary')
        with tf.compat.v1.variable_scope('optimizer'):
            self.target_q_t = tf.compat.v1.placeholder('float32', [None], name='target_q_t')
            self.action = tf.compat.v1.placeholder('int64', [None], name='action')
            one_hot = tf.one_hot(self.action, self.env.action_size, 1.0, 0.0, name='action_one_hot')
            q_acted = tf.reduce_sum(self.value * one_hot, axis=1, name='q_acted')
            self.delta = self.target_q_t - q_acted
            self.loss = tf.reduce_mean(tf.compat.v1.where(tf.abs(self.delta) < 1.0, tf.square(self.delta), tf.abs(self.delta)), name='loss')
            self.optim = tf.compat.v1.train.RMSPropOptimizer(self.learning_rate, momentum=0.95, epsilon=0.01).minimize(self.loss)
        with tf.compat.v1.variable_scope('pred_to_target'):
            self.t_w_assign_op = {}
            for name in self.w.keys():
                width = self.w[name].get_shape()[-1]
                self.t_w_assign_op[name] = self.w[name].assign(self.w[name] * 1.0)
        tf.compat.v1.initialize_all_variables().run()
        self._saver = tf.compat.v1.train.Saver(self.w.values() + [self.step_op], max_to_keep=30)

    def predict(self, s_t):
        return self.q_action.eval({self.s_t: [s_t]})[0]

    def train(self):
        state = self.env.reset()
        start = self.step_op.eval()
        for step in trange(start, 3):
            action = self.predict(state)
            state, reward, terminal, _ = self.env.step(action)
            self.memory.append(state, action, reward)
        states, actions, rewards = self.memory.sample(2)
        q_t, loss, _ = self.sess.run([self.value, self.loss, self.optim], {self.s_t: states, self.action: actions, self.target_q_t: rewards})
        self.step_assign_op.eval({self.step_input: 3})
        self.memory.sum_of([Segment(1), Segment(2)])
        self.memory.weights(0.5)
        spec(conv2d)
        describe(ValueError('x'))
        self._saver.save(self.sess, 'a.ckpt', global_step=self.step_op)
        with open('log.txt', 'w') as f:
            print >>f, 'loss', loss


def main(_):
    gpu_options = tf.compat.v1.GPUOptions(per_process_gpu_memory_fraction=0.5)
    with tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(gpu_options=gpu_options)) as sess:
        agent = Agent(sess, Env())
        agent.train()


if __name__ == '__main__':
    tf.compat.v1.app.run()
