"""Train a PointNet classifier: python train.py --model pointnet_cls"""
import argparse
import importlib
import os
import random
import sys

import numpy as np
import tensorflow as tf

BASE_DIR = os.path.dirname(os.path.abspath(__file__))
sys.path.append(BASE_DIR)
sys.path.append(os.path.join(BASE_DIR, 'models'))
sys.path.append(os.path.join(BASE_DIR, 'utils'))
import provider

parser = argparse.ArgumentParser()
parser.add_argument('--gpu', type=int, default=0, help='GPU to use [default: GPU 0]')
parser.add_argument('--model', default='pointnet_cls', help='Model name: pointnet_cls or pointnet_cls_basic [default: pointnet_cls]')
parser.add_argument('--data_dir', default=os.path.join(BASE_DIR, 'data/modelnet40_ply_hdf5_2048'), help='Folder in the ModelNet40 HDF5 format')
parser.add_argument('--log_dir', default='log', help='Log dir [default: log]')
parser.add_argument('--num_point', type=int, default=1024, help='Point number [256/512/1024/2048] [default: 1024]')
parser.add_argument('--max_epoch', type=int, default=250, help='Epochs to run [default: 250]')
parser.add_argument('--batch_size', type=int, default=32, help='Batch size during training [default: 32]')
parser.add_argument('--learning_rate', type=float, default=0.001, help='Initial learning rate [default: 0.001]')
parser.add_argument('--momentum', type=float, default=0.9, help='Momentum of the momentum optimizer [default: 0.9]')
parser.add_argument('--optimizer', default='adam', help='adam or momentum [default: adam]')
parser.add_argument('--decay_step', type=int, default=200000, help='Clouds between two stairs of the schedules [default: 200000]')
parser.add_argument('--decay_rate', type=float, default=0.7, help='Factor of a stair of the learning rate [default: 0.7]')
parser.add_argument('--seed', type=int, help='Seed of Python, NumPy and TensorFlow [default: a new one each time]')
FLAGS = parser.parse_args()

BATCH_SIZE = FLAGS.batch_size
NUM_POINT = FLAGS.num_point
MAX_EPOCH = FLAGS.max_epoch
BASE_LEARNING_RATE = FLAGS.learning_rate
GPU_INDEX = FLAGS.gpu
MOMENTUM = FLAGS.momentum
OPTIMIZER = FLAGS.optimizer
DECAY_STEP = FLAGS.decay_step
DECAY_RATE = FLAGS.decay_rate
DATA_DIR = FLAGS.data_dir
LOG_DIR = FLAGS.log_dir
SEED = FLAGS.seed
LOG_FOUT = None

MODEL = importlib.import_module(FLAGS.model)
NUM_CLASSES = MODEL.NUM_CLASSES

BN_INIT_DECAY = 0.5
BN_DECAY_DECAY_RATE = 0.5
BN_DECAY_DECAY_STEP = float(DECAY_STEP)
BN_DECAY_CLIP = 0.99


def log_string(out_str):
    if LOG_FOUT is not None:
        LOG_FOUT.write(out_str + '\n')
        LOG_FOUT.flush()
    print(out_str)


def get_learning_rate(batch):
    """A staircase by clouds seen, with a floor."""
    learning_rate = tf.train.exponential_decay(
        BASE_LEARNING_RATE,   # at the start
        batch * BATCH_SIZE,   # clouds seen so far
        DECAY_STEP,
        DECAY_RATE,
        staircase=True)
    learning_rate = tf.maximum(learning_rate, 0.00001)
    return learning_rate


def get_bn_decay(batch):
    """Decay of the moving averages: 0.5 at first, nearer to one at every stair."""
    bn_momentum = tf.train.exponential_decay(
        BN_INIT_DECAY,
        batch * BATCH_SIZE,
        BN_DECAY_DECAY_STEP,
        BN_DECAY_DECAY_RATE,
        staircase=True)
    bn_decay = tf.minimum(BN_DECAY_CLIP, 1 - bn_momentum)
    return bn_decay


def get_optimizer(learning_rate):
    if OPTIMIZER == 'momentum':
        return tf.train.MomentumOptimizer(learning_rate, momentum=MOMENTUM)
    elif OPTIMIZER == 'adam':
        return tf.train.AdamOptimizer(learning_rate)
    raise ValueError('--optimizer is adam or momentum, not %s' % OPTIMIZER)


def train():
    random.seed(SEED)
    np.random.seed(SEED)
    with tf.Graph().as_default():
        tf.set_random_seed(SEED)
        with tf.device('/gpu:' + str(GPU_INDEX)):
            pointclouds_pl, labels_pl = MODEL.placeholder_inputs(BATCH_SIZE, NUM_POINT)
            is_training_pl = tf.placeholder(tf.bool, shape=())

            # minimize() counts steps in `batch`, and both schedules follow it.
            batch = tf.Variable(0)
            bn_decay = get_bn_decay(batch)
            tf.summary.scalar('bn_decay', bn_decay)

            pred, end_points = MODEL.get_model(pointclouds_pl, is_training_pl, bn_decay=bn_decay)
            loss = MODEL.get_loss(pred, labels_pl, end_points)
            tf.summary.scalar('loss', loss)

            correct = tf.equal(tf.argmax(pred, 1), tf.to_int64(labels_pl))
            accuracy = tf.reduce_sum(tf.cast(correct, tf.float32)) / float(BATCH_SIZE)
            tf.summary.scalar('accuracy', accuracy)

            learning_rate = get_learning_rate(batch)
            tf.summary.scalar('learning_rate', learning_rate)
            train_op = get_optimizer(learning_rate).minimize(loss, global_step=batch)

            saver = tf.train.Saver()

        config = tf.ConfigProto()
        config.gpu_options.allow_growth = True
        config.allow_soft_placement = True
        config.log_device_placement = False
        sess = tf.Session(config=config)

        merged = tf.summary.merge_all()
        train_writer = tf.summary.FileWriter(os.path.join(LOG_DIR, 'train'), sess.graph)
        test_writer = tf.summary.FileWriter(os.path.join(LOG_DIR, 'test'))

        sess.run(tf.global_variables_initializer())

        ops = {'pointclouds_pl': pointclouds_pl,
               'labels_pl': labels_pl,
               'is_training_pl': is_training_pl,
               'pred': pred,
               'loss': loss,
               'train_op': train_op,
               'merged': merged,
               'step': batch}

        for epoch in range(MAX_EPOCH):
            log_string('**** EPOCH %03d ****' % (epoch))
            sys.stdout.flush()

            train_one_epoch(sess, ops, train_writer)
            eval_one_epoch(sess, ops, test_writer)

            if epoch % 10 == 0 or epoch == MAX_EPOCH - 1:
                save_path = saver.save(sess, os.path.join(LOG_DIR, 'model.ckpt'))
                log_string('Model saved in file: %s' % save_path)


def train_one_epoch(sess, ops, train_writer):
    """One pass over the training files, in a new order, full batches only."""
    train_files = provider.localDataFiles(DATA_DIR, 'train_files.txt')
    train_file_idxs = np.arange(0, len(train_files))
    np.random.shuffle(train_file_idxs)

    for fn in range(len(train_files)):
        log_string('----' + str(fn) + '-----')
        current_data, current_label = provider.loadDataFile(train_files[train_file_idxs[fn]])
        current_data = current_data[:, 0:NUM_POINT, :]
        current_data, current_label, _ = provider.shuffle_data(current_data, np.squeeze(current_label, axis=1))

        file_size = current_data.shape[0]
        num_batches = file_size // BATCH_SIZE

        total_correct = 0
        total_seen = 0
        loss_sum = 0

        for batch_idx in range(num_batches):
            start_idx = batch_idx * BATCH_SIZE
            end_idx = (batch_idx + 1) * BATCH_SIZE

            rotated_data = provider.rotate_point_cloud(current_data[start_idx:end_idx, :, :])
            jittered_data = provider.jitter_point_cloud(rotated_data)
            feed_dict = {ops['pointclouds_pl']: jittered_data,
                         ops['labels_pl']: current_label[start_idx:end_idx],
                         ops['is_training_pl']: True}
            summary, step, _, loss_val, pred_val = sess.run(
                [ops['merged'], ops['step'], ops['train_op'], ops['loss'], ops['pred']],
                feed_dict=feed_dict)
            train_writer.add_summary(summary, step)
            pred_val = np.argmax(pred_val, 1)
            correct = np.sum(pred_val == current_label[start_idx:end_idx])
            total_correct += correct
            total_seen += BATCH_SIZE
            loss_sum += loss_val

        if num_batches > 0:
            log_string('mean loss: %f' % (loss_sum / float(num_batches)))
            log_string('accuracy: %f' % (total_correct / float(total_seen)))


def eval_one_epoch(sess, ops, test_writer):
    """One pass over the test files, in order and as they are, full batches only."""
    total_correct = 0
    total_seen = 0
    loss_sum = 0
    total_seen_class = [0 for _ in range(NUM_CLASSES)]
    total_correct_class = [0 for _ in range(NUM_CLASSES)]

    test_files = provider.localDataFiles(DATA_DIR, 'test_files.txt')
    for fn in range(len(test_files)):
        log_string('----' + str(fn) + '-----')
        current_data, current_label = provider.loadDataFile(test_files[fn])
        current_data = current_data[:, 0:NUM_POINT, :]
        current_label = np.squeeze(current_label, axis=1)

        file_size = current_data.shape[0]
        num_batches = file_size // BATCH_SIZE

        for batch_idx in range(num_batches):
            start_idx = batch_idx * BATCH_SIZE
            end_idx = (batch_idx + 1) * BATCH_SIZE

            feed_dict = {ops['pointclouds_pl']: current_data[start_idx:end_idx, :, :],
                         ops['labels_pl']: current_label[start_idx:end_idx],
                         ops['is_training_pl']: False}
            summary, step, loss_val, pred_val = sess.run(
                [ops['merged'], ops['step'], ops['loss'], ops['pred']], feed_dict=feed_dict)
            test_writer.add_summary(summary, step)
            pred_val = np.argmax(pred_val, 1)
            correct = np.sum(pred_val == current_label[start_idx:end_idx])
            total_correct += correct
            total_seen += BATCH_SIZE
            loss_sum += (loss_val * BATCH_SIZE)
            for i in range(start_idx, end_idx):
                l = current_label[i]
                total_seen_class[l] += 1
                total_correct_class[l] += (pred_val[i - start_idx] == l)

    seen = [l for l in range(NUM_CLASSES) if total_seen_class[l] > 0]
    mean_loss = loss_sum / float(total_seen)
    accuracy = total_correct / float(total_seen)
    class_accuracy = np.mean([total_correct_class[l] / float(total_seen_class[l]) for l in seen])
    log_string('eval mean loss: %f' % mean_loss)
    log_string('eval accuracy: %f' % accuracy)
    log_string('eval avg class acc: %f' % class_accuracy)
    return mean_loss, accuracy, class_accuracy


if __name__ == '__main__':
    if not os.path.exists(LOG_DIR):
        os.makedirs(LOG_DIR)
    LOG_FOUT = open(os.path.join(LOG_DIR, 'log_train.txt'), 'w')
    LOG_FOUT.write(str(FLAGS) + '\n')
    train()
    LOG_FOUT.close()
