"""Train a PointNet part segmenter: python train_part_seg.py --model part_seg"""
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
parser.add_argument('--model', default='part_seg', help='Model name: part_seg or pointnet_seg, which is not told the category [default: part_seg]')
parser.add_argument('--data_dir', default=os.path.join(BASE_DIR, 'data/hdf5_data'), help='Folder in the ShapeNet part HDF5 format')
parser.add_argument('--log_dir', default='log', help='Log dir [default: log]')
parser.add_argument('--num_point', type=int, default=2048, help='Point number [256/512/1024/2048] [default: 2048]')
parser.add_argument('--max_epoch', type=int, default=200, help='Epochs to run [default: 200]')
parser.add_argument('--batch_size', type=int, default=32, help='Batch size during training [default: 32]')
parser.add_argument('--learning_rate', type=float, default=0.001, help='Initial learning rate [default: 0.001]')
parser.add_argument('--momentum', type=float, default=0.9, help='Momentum of the momentum optimizer [default: 0.9]')
parser.add_argument('--optimizer', default='adam', help='adam or momentum [default: adam]')
parser.add_argument('--decay_step', type=int, help='Clouds between two stairs of the learning rate [default: 337620, pointnet_seg: 200000]')
parser.add_argument('--decay_rate', type=float, help='Factor of a stair of the learning rate [default: 0.5, pointnet_seg: 0.7]')
parser.add_argument('--seed', type=int, help='Seed of Python, NumPy and TensorFlow [default: a new one each time]')
FLAGS = parser.parse_args()

# Clouds between two stairs of the learning rate, its factor, and as many stairs of it make one of
# bn decay. 16881 clouds are the training set and the validation set.
SCHEDULES = {'part_seg': (16881 * 20, 0.5, 2),
             'pointnet_seg': (200000, 0.7, 1)}
DECAY_STEP, DECAY_RATE, BN_STAIRS = SCHEDULES[FLAGS.model]

BATCH_SIZE = FLAGS.batch_size
NUM_POINT = FLAGS.num_point
MAX_EPOCH = FLAGS.max_epoch
BASE_LEARNING_RATE = FLAGS.learning_rate
GPU_INDEX = FLAGS.gpu
MOMENTUM = FLAGS.momentum
OPTIMIZER = FLAGS.optimizer
if FLAGS.decay_step is not None:
    DECAY_STEP = FLAGS.decay_step
if FLAGS.decay_rate is not None:
    DECAY_RATE = FLAGS.decay_rate
DATA_DIR = FLAGS.data_dir
LOG_DIR = FLAGS.log_dir
SEED = FLAGS.seed
LOG_FOUT = None

MODEL = importlib.import_module(FLAGS.model)
NUM_CLASSES = MODEL.NUM_CLASSES
TAKES_CATEGORY = FLAGS.model == 'part_seg'

BN_INIT_DECAY = 0.5
BN_DECAY_DECAY_RATE = 0.5
BN_DECAY_DECAY_STEP = float(DECAY_STEP * BN_STAIRS)
BN_DECAY_CLIP = 0.99


def log_string(out_str):
    if LOG_FOUT is not None:
        LOG_FOUT.write(out_str + '\n')
        LOG_FOUT.flush()
    print(out_str)


def get_learning_rate(batch):
    """A staircase by clouds seen, with a floor."""
    learning_rate = tf.compat.v1.train.exponential_decay(
        BASE_LEARNING_RATE,   # at the start
        batch * BATCH_SIZE,   # clouds seen so far
        DECAY_STEP,
        DECAY_RATE,
        staircase=True)
    learning_rate = tf.maximum(learning_rate, 0.00001)
    return learning_rate


def get_bn_decay(batch):
    """Decay of the moving averages: 0.5 at first, nearer to one at every stair."""
    bn_momentum = tf.compat.v1.train.exponential_decay(
        BN_INIT_DECAY,
        batch * BATCH_SIZE,
        BN_DECAY_DECAY_STEP,
        BN_DECAY_DECAY_RATE,
        staircase=True)
    bn_decay = tf.minimum(BN_DECAY_CLIP, 1 - bn_momentum)
    return bn_decay


def get_optimizer(learning_rate):
    if OPTIMIZER == 'momentum':
        return tf.compat.v1.train.MomentumOptimizer(learning_rate, momentum=MOMENTUM)
    elif OPTIMIZER == 'adam':
        return tf.compat.v1.train.AdamOptimizer(learning_rate)
    raise ValueError('--optimizer is adam or momentum, not %s' % OPTIMIZER)


def get_network(is_training_pl, bn_decay):
    """Placeholders, part logits and loss, in a dict."""
    if not TAKES_CATEGORY:
        pointclouds_pl, seg_pl = MODEL.placeholder_inputs(BATCH_SIZE, NUM_POINT)
        pred, end_points = MODEL.get_model(pointclouds_pl, is_training_pl, bn_decay=bn_decay)
        loss = MODEL.get_loss(pred, seg_pl, end_points)
        return {'pointclouds_pl': pointclouds_pl, 'seg_pl': seg_pl, 'pred': pred, 'loss': loss}

    pointclouds_pl, input_label_pl, labels_pl, seg_pl = MODEL.placeholder_inputs(BATCH_SIZE, NUM_POINT)
    label_pred, pred, end_points = MODEL.get_model(
        pointclouds_pl, input_label_pl, is_training_pl, bn_decay=bn_decay)
    # All weight on the parts: the category is given, and its head learns nothing.
    loss, label_loss, seg_loss = MODEL.get_loss(label_pred, pred, labels_pl, seg_pl, 1.0, end_points)
    tf.compat.v1.summary.scalar('label_loss', label_loss)
    tf.compat.v1.summary.scalar('seg_loss', seg_loss)
    return {'pointclouds_pl': pointclouds_pl,
            'input_label_pl': input_label_pl,
            'labels_pl': labels_pl,
            'seg_pl': seg_pl,
            'pred': pred,
            'loss': loss}


def get_feed_dict(ops, data, label, seg, is_training):
    feed_dict = {ops['pointclouds_pl']: data,
                 ops['seg_pl']: seg,
                 ops['is_training_pl']: is_training}
    if TAKES_CATEGORY:
        feed_dict[ops['input_label_pl']] = convert_label_to_one_hot(label)
        feed_dict[ops['labels_pl']] = label
    return feed_dict


def convert_label_to_one_hot(label):
    one_hot = np.zeros((len(label), MODEL.NUM_CATEGORIES))
    for i in range(len(label)):
        one_hot[i, label[i]] = 1
    return one_hot


def train():
    random.seed(SEED)
    np.random.seed(SEED)
    with tf.Graph().as_default():
        tf.compat.v1.set_random_seed(SEED)
        with tf.device('/gpu:' + str(GPU_INDEX)):
            is_training_pl = tf.compat.v1.placeholder(tf.bool, shape=())

            # minimize() counts steps in `batch`, and both schedules follow it.
            batch = tf.Variable(0)
            bn_decay = get_bn_decay(batch)
            tf.compat.v1.summary.scalar('bn_decay', bn_decay)

            ops = get_network(is_training_pl, bn_decay)
            tf.compat.v1.summary.scalar('loss', ops['loss'])

            correct = tf.equal(tf.argmax(ops['pred'], 2), tf.cast(ops['seg_pl'], dtype=tf.int64))
            accuracy = tf.reduce_sum(tf.cast(correct, tf.float32)) / float(BATCH_SIZE * NUM_POINT)
            tf.compat.v1.summary.scalar('accuracy', accuracy)

            learning_rate = get_learning_rate(batch)
            tf.compat.v1.summary.scalar('learning_rate', learning_rate)
            train_op = get_optimizer(learning_rate).minimize(ops['loss'], global_step=batch)

            saver = tf.compat.v1.train.Saver()

        config = tf.compat.v1.ConfigProto()
        config.gpu_options.allow_growth = True
        config.allow_soft_placement = True
        config.log_device_placement = False
        sess = tf.compat.v1.Session(config=config)

        merged = tf.compat.v1.summary.merge_all()
        train_writer = tf.compat.v1.summary.FileWriter(os.path.join(LOG_DIR, 'train'), sess.graph)
        test_writer = tf.compat.v1.summary.FileWriter(os.path.join(LOG_DIR, 'test'))

        sess.run(tf.compat.v1.global_variables_initializer())

        ops['is_training_pl'] = is_training_pl
        ops['train_op'] = train_op
        ops['merged'] = merged
        ops['step'] = batch

        for epoch in range(MAX_EPOCH):
            log_string('**** EPOCH %03d ****' % (epoch))
            sys.stdout.flush()

            train_one_epoch(sess, ops, train_writer)
            eval_one_epoch(sess, ops, test_writer)

            if epoch % 10 == 0 or epoch == MAX_EPOCH - 1:
                save_path = saver.save(sess, os.path.join(LOG_DIR, 'model.ckpt'))
                log_string('Model saved in file: %s' % save_path)


def train_one_epoch(sess, ops, train_writer):
    """One pass over the training files, in a new order, full batches only; nothing is augmented."""
    train_files = provider.localDataFiles(DATA_DIR, 'train_hdf5_file_list.txt')
    train_file_idxs = np.arange(0, len(train_files))
    np.random.shuffle(train_file_idxs)

    for fn in range(len(train_files)):
        log_string('----' + str(fn) + '-----')
        current_data, current_label, current_seg = provider.loadDataFileWithSeg(train_files[train_file_idxs[fn]])
        current_data, current_label, order = provider.shuffle_data(current_data, np.squeeze(current_label, axis=1))
        current_data = current_data[:, 0:NUM_POINT, :]
        current_seg = current_seg[order, 0:NUM_POINT]

        file_size = current_data.shape[0]
        num_batches = file_size // BATCH_SIZE

        total_correct = 0
        total_seen = 0
        loss_sum = 0

        for batch_idx in range(num_batches):
            start_idx = batch_idx * BATCH_SIZE
            end_idx = (batch_idx + 1) * BATCH_SIZE

            feed_dict = get_feed_dict(ops,
                                      current_data[start_idx:end_idx, :, :],
                                      current_label[start_idx:end_idx],
                                      current_seg[start_idx:end_idx, :],
                                      True)
            summary, step, _, loss_val, pred_val = sess.run(
                [ops['merged'], ops['step'], ops['train_op'], ops['loss'], ops['pred']],
                feed_dict=feed_dict)
            train_writer.add_summary(summary, step)
            pred_val = np.argmax(pred_val, 2)
            correct = np.sum(pred_val == current_seg[start_idx:end_idx, :])
            total_correct += correct
            total_seen += BATCH_SIZE * NUM_POINT
            loss_sum += loss_val

        if num_batches > 0:
            log_string('mean loss: %f' % (loss_sum / float(num_batches)))
            log_string('accuracy: %f' % (total_correct / float(total_seen)))


def eval_one_epoch(sess, ops, test_writer):
    """One pass over the validation files, in order and as they are, full batches only."""
    total_correct = 0
    total_seen = 0
    loss_sum = 0
    category_names, _ = provider.loadParts(DATA_DIR)
    total_seen_category = [0 for _ in category_names]
    total_correct_category = [0 for _ in category_names]

    test_files = provider.localDataFiles(DATA_DIR, 'val_hdf5_file_list.txt')
    for fn in range(len(test_files)):
        log_string('----' + str(fn) + '-----')
        current_data, current_label, current_seg = provider.loadDataFileWithSeg(test_files[fn])
        current_data = current_data[:, 0:NUM_POINT, :]
        current_label = np.squeeze(current_label, axis=1)
        current_seg = current_seg[:, 0:NUM_POINT]

        file_size = current_data.shape[0]
        num_batches = file_size // BATCH_SIZE

        for batch_idx in range(num_batches):
            start_idx = batch_idx * BATCH_SIZE
            end_idx = (batch_idx + 1) * BATCH_SIZE

            feed_dict = get_feed_dict(ops,
                                      current_data[start_idx:end_idx, :, :],
                                      current_label[start_idx:end_idx],
                                      current_seg[start_idx:end_idx, :],
                                      False)
            summary, step, loss_val, pred_val = sess.run(
                [ops['merged'], ops['step'], ops['loss'], ops['pred']], feed_dict=feed_dict)
            test_writer.add_summary(summary, step)
            pred_val = np.argmax(pred_val, 2)
            correct = (pred_val == current_seg[start_idx:end_idx, :])
            total_correct += np.sum(correct)
            total_seen += BATCH_SIZE * NUM_POINT
            loss_sum += (loss_val * BATCH_SIZE)
            for i in range(start_idx, end_idx):
                c = current_label[i]
                total_seen_category[c] += NUM_POINT
                total_correct_category[c] += np.sum(correct[i - start_idx])

    seen = [c for c in range(len(category_names)) if total_seen_category[c] > 0]
    mean_loss = loss_sum / float(total_seen / NUM_POINT)
    accuracy = total_correct / float(total_seen)
    category_accuracies = [total_correct_category[c] / float(total_seen_category[c]) for c in seen]
    log_string('eval mean loss: %f' % mean_loss)
    log_string('eval accuracy: %f' % accuracy)
    log_string('eval avg category acc: %f' % np.mean(category_accuracies))
    for c, category_accuracy in zip(seen, category_accuracies):
        log_string('%10s:\t%0.3f' % (category_names[c], category_accuracy))
    return mean_loss, accuracy, np.mean(category_accuracies)


if __name__ == '__main__':
    if not os.path.exists(LOG_DIR):
        os.makedirs(LOG_DIR)
    LOG_FOUT = open(os.path.join(LOG_DIR, 'log_train.txt'), 'w')
    LOG_FOUT.write(str(FLAGS) + '\n')
    train()
    LOG_FOUT.close()
