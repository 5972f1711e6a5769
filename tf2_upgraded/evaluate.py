"""Evaluate a trained classifier: python evaluate.py --model_path log/model.ckpt"""
import argparse
import importlib
import os
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
parser.add_argument('--batch_size', type=int, default=4, help='Batch size during evaluation [default: 4]')
parser.add_argument('--num_point', type=int, default=1024, help='Point number [256/512/1024/2048] [default: 1024]')
parser.add_argument('--model_path', default='log/model.ckpt', help='Checkpoint to evaluate [default: log/model.ckpt]')
parser.add_argument('--dump_dir', default='dump', help='Folder of the log and of predictions.h5 [default: dump]')
parser.add_argument('--num_votes', type=int, default=1, help='Classify under this many rotations and sum the logits [default: 1]')
FLAGS = parser.parse_args()

BATCH_SIZE = FLAGS.batch_size
NUM_POINT = FLAGS.num_point
MODEL_PATH = FLAGS.model_path
GPU_INDEX = FLAGS.gpu
DATA_DIR = FLAGS.data_dir
DUMP_DIR = FLAGS.dump_dir
LOG_FOUT = None
PRED_FOUT = None

MODEL = importlib.import_module(FLAGS.model)
NUM_CLASSES = MODEL.NUM_CLASSES


def log_string(out_str):
    if LOG_FOUT is not None:
        LOG_FOUT.write(out_str + '\n')
        LOG_FOUT.flush()
    print(out_str)


def evaluate(num_votes):
    with tf.Graph().as_default():
        with tf.device('/gpu:' + str(GPU_INDEX)):
            pointclouds_pl, labels_pl = MODEL.placeholder_inputs(BATCH_SIZE, NUM_POINT)
            is_training_pl = tf.compat.v1.placeholder(tf.bool, shape=())
            pred, end_points = MODEL.get_model(pointclouds_pl, is_training_pl)
            loss = MODEL.get_loss(pred, labels_pl, end_points)
            saver = tf.compat.v1.train.Saver()

        config = tf.compat.v1.ConfigProto()
        config.gpu_options.allow_growth = True
        config.allow_soft_placement = True
        sess = tf.compat.v1.Session(config=config)

        saver.restore(sess, MODEL_PATH)
        log_string('Model restored.')

        ops = {'pointclouds_pl': pointclouds_pl,
               'labels_pl': labels_pl,
               'is_training_pl': is_training_pl,
               'pred': pred,
               'loss': loss}
        return eval_one_epoch(sess, ops, num_votes)


def eval_one_epoch(sess, ops, num_votes=1):
    """Accuracy over the test files, each cloud seen under num_votes rotations."""
    total_correct = 0
    total_seen = 0
    loss_sum = 0
    total_seen_class = [0 for _ in range(NUM_CLASSES)]
    total_correct_class = [0 for _ in range(NUM_CLASSES)]
    shape_names = [line.rstrip() for line in open(os.path.join(DATA_DIR, 'shape_names.txt'))]

    test_files = provider.localDataFiles(DATA_DIR, 'test_files.txt')
    for fn in range(len(test_files)):
        log_string('----' + str(fn) + '----')
        current_data, current_label = provider.loadDataFile(test_files[fn])
        current_data = current_data[:, 0:NUM_POINT, :]
        current_label = np.squeeze(current_label, axis=1)

        file_size = current_data.shape[0]
        num_batches = file_size // BATCH_SIZE

        for batch_idx in range(num_batches):
            start_idx = batch_idx * BATCH_SIZE
            end_idx = (batch_idx + 1) * BATCH_SIZE

            batch_loss_sum = 0
            batch_pred_sum = np.zeros((BATCH_SIZE, NUM_CLASSES))
            for vote_idx in range(num_votes):
                rotated_data = provider.rotate_point_cloud_by_angle(
                    current_data[start_idx:end_idx, :, :],
                    vote_idx / float(num_votes) * np.pi * 2)
                feed_dict = {ops['pointclouds_pl']: rotated_data,
                             ops['labels_pl']: current_label[start_idx:end_idx],
                             ops['is_training_pl']: False}
                loss_val, pred_val = sess.run([ops['loss'], ops['pred']], feed_dict=feed_dict)
                batch_pred_sum += pred_val
                batch_loss_sum += (loss_val * BATCH_SIZE / float(num_votes))
            if PRED_FOUT is not None:
                PRED_FOUT.add(logits=batch_pred_sum.astype(np.float32),
                              labels=current_label[start_idx:end_idx].astype(np.int32))
            pred_val = np.argmax(batch_pred_sum, 1)
            correct = np.sum(pred_val == current_label[start_idx:end_idx])
            total_correct += correct
            total_seen += BATCH_SIZE
            loss_sum += batch_loss_sum
            for i in range(start_idx, end_idx):
                l = current_label[i]
                total_seen_class[l] += 1
                total_correct_class[l] += (pred_val[i - start_idx] == l)

    seen = [l for l in range(NUM_CLASSES) if total_seen_class[l] > 0]
    mean_loss = loss_sum / float(total_seen)
    accuracy = total_correct / float(total_seen)
    class_accuracies = [total_correct_class[l] / float(total_seen_class[l]) for l in seen]
    log_string('eval mean loss: %f' % mean_loss)
    log_string('eval accuracy: %f' % accuracy)
    log_string('eval avg class acc: %f' % np.mean(class_accuracies))
    for l, class_accuracy in zip(seen, class_accuracies):
        log_string('%10s:\t%0.3f' % (shape_names[l], class_accuracy))
    return mean_loss, accuracy, np.mean(class_accuracies)


if __name__ == '__main__':
    if not os.path.exists(DUMP_DIR):
        os.makedirs(DUMP_DIR)
    LOG_FOUT = open(os.path.join(DUMP_DIR, 'log_evaluate.txt'), 'w')
    LOG_FOUT.write(str(FLAGS) + '\n')
    PRED_FOUT = provider.PredictionFile(os.path.join(DUMP_DIR, 'predictions.h5'))
    evaluate(num_votes=FLAGS.num_votes)
    PRED_FOUT.close()
    LOG_FOUT.close()
