"""Asynchronous training with parameter servers."""
import sys
import tensorflow as tf
from common.ops import global_norm_variable

flags = tf.compat.v1.app.flags
flags.DEFINE_string('job_name', 'worker', 'ps or worker')
flags.DEFINE_integer('task_index', 0, 'index')


def cluster(hosts):
    spec = tf.train.ClusterSpec({'worker': hosts})
    server = tf.distribute.Server(spec, job_name='worker', task_index=0)
    return spec, server


def build(spec, server, hooks=()):
    with tf.device(tf.compat.v1.train.replica_device_setter(worker_device='/job:worker/task:0', cluster=spec)):
        x = tf.random.normal([4, 3])
        w = tf.compat.v1.get_variable('w', [3, 1])
        global_step = tf.contrib.framework.get_or_create_global_step()
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w)))
        opt = tf.compat.v1.train.AdamOptimizer(0.01)
        sync = tf.compat.v1.train.SyncReplicasOptimizer(opt, replicas_to_aggregate=1, total_num_replicas=1)
        train_op = sync.minimize(loss, global_step=global_step)
    hooks = [tf.compat.v1.train.StopAtStepHook(last_step=2)]
    return train_op, hooks, global_step


def run():
    spec, server = cluster(['localhost:0'])
    with tf.Graph().as_default():
        bump, total = global_norm_variable()
        train_op, hooks, step = build(spec, server)
        step = tf.compat.v1.assign_add(step, 1)
        with tf.compat.v1.train.MonitoredTrainingSession(hooks=hooks) as sess:
            while not sess.should_stop():
                sess.run([train_op, step])


def supervised():
    with tf.Graph().as_default():
        v = tf.Variable(1.0)
        sv = tf.compat.v1.train.Supervisor(logdir='sv', summary_op=None)
        with sv.managed_session() as sess:
            sess.run(v)


def towers(n):
    losses = []
    for i in range(n):
        with tf.device('/cpu:0'), tf.compat.v1.name_scope('tower_%d' % i):
            x = tf.ones([2, 2])
            losses.append(tf.reduce_sum(x))
    grads = tf.add_n(losses) / n
    tf.compat.v1.get_default_graph().finalize()
    return grads
