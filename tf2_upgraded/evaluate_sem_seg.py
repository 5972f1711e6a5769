"""Evaluate a segmenter of indoor scenes: python evaluate_sem_seg.py --model_path log/model.ckpt --test_area 6"""
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
parser.add_argument('--model', default='sem_seg', help='Model name [default: sem_seg]')
parser.add_argument('--data_dir', default=os.path.join(BASE_DIR, 'data/indoor3d_sem_seg_hdf5_data'), help='Folder of blocks in the S3DIS HDF5 format; published figures are of blocks 1 m apart')
parser.add_argument('--batch_size', type=int, default=1, help='Batch size during evaluation; a batch that does not fill is dropped [default: 1]')
parser.add_argument('--num_point', type=int, default=4096, help='Point number [default: 4096]')
parser.add_argument('--model_path', default='log/model.ckpt', help='Checkpoint to evaluate [default: log/model.ckpt]')
parser.add_argument('--dump_dir', default='dump', help='Folder of the log and of predictions.h5 [default: dump]')
parser.add_argument('--test_area', type=int, default=6, help='Area to test on, 1-6: the one the model was not trained on [default: 6]')
FLAGS = parser.parse_args()

BATCH_SIZE = FLAGS.batch_size
NUM_POINT = FLAGS.num_point
MODEL_PATH = FLAGS.model_path
GPU_INDEX = FLAGS.gpu
DATA_DIR = FLAGS.data_dir
DUMP_DIR = FLAGS.dump_dir
TEST_AREA = FLAGS.test_area
LOG_FOUT = None
PRED_FOUT = None

MODEL = importlib.import_module(FLAGS.model)
NUM_CLASSES = MODEL.NUM_CLASSES
CLASS_NAMES = ['ceiling', 'floor', 'wall', 'beam', 'column', 'window', 'door', 'table', 'chair',
               'sofa', 'bookcase', 'board', 'clutter']


def log_string(out_str):
    if LOG_FOUT is not None:
        LOG_FOUT.write(out_str + '\n')
        LOG_FOUT.flush()
    print(out_str)


def evaluate():
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
        return eval_one_epoch(sess, ops)


def eval_one_epoch(sess, ops):
    """Accuracy and IoU over the blocks of the test area, from counts summed over all of them."""
    loss_sum = 0
    total_seen = 0
    total_correct = 0
    gt_classes = [0 for _ in range(NUM_CLASSES)]
    positive_classes = [0 for _ in range(NUM_CLASSES)]
    true_positive_classes = [0 for _ in range(NUM_CLASSES)]

    data, label = provider.loadBlocks(DATA_DIR)
    is_test = provider.inArea(DATA_DIR, TEST_AREA)
    current_data = data[is_test, 0:NUM_POINT, :]
    current_label = label[is_test, 0:NUM_POINT]

    file_size = current_data.shape[0]
    num_batches = file_size // BATCH_SIZE

    for batch_idx in range(num_batches):
        start_idx = batch_idx * BATCH_SIZE
        end_idx = (batch_idx + 1) * BATCH_SIZE

        batch_label = current_label[start_idx:end_idx, :]
        feed_dict = {ops['pointclouds_pl']: current_data[start_idx:end_idx, :, :],
                     ops['labels_pl']: batch_label,
                     ops['is_training_pl']: False}
        loss_val, pred_val = sess.run([ops['loss'], ops['pred']], feed_dict=feed_dict)
        if PRED_FOUT is not None:
            PRED_FOUT.add(logits=pred_val, labels=batch_label.astype(np.int32))
        pred_val = np.argmax(pred_val, 2)
        total_correct += np.sum(pred_val == batch_label)
        total_seen += BATCH_SIZE * NUM_POINT
        loss_sum += (loss_val * BATCH_SIZE)
        for l in range(NUM_CLASSES):
            gt_classes[l] += np.sum(batch_label == l)
            positive_classes[l] += np.sum(pred_val == l)
            true_positive_classes[l] += np.sum((pred_val == l) & (batch_label == l))

    mean_loss = loss_sum / float(total_seen / NUM_POINT)
    accuracy = total_correct / float(total_seen)
    unions = [gt_classes[l] + positive_classes[l] - true_positive_classes[l] for l in range(NUM_CLASSES)]
    seen = [l for l in range(NUM_CLASSES) if unions[l] > 0]
    ious = [true_positive_classes[l] / float(unions[l]) for l in seen]
    log_string('eval mean loss: %f' % mean_loss)
    log_string('eval accuracy: %f' % accuracy)
    log_string('eval mean IoU: %f' % np.mean(ious))
    for l, iou in zip(seen, ious):
        log_string('%10s:\t%0.3f\t(%d true, %d predicted, %d both)' % (
            CLASS_NAMES[l], iou, gt_classes[l], positive_classes[l], true_positive_classes[l]))
    return mean_loss, accuracy, np.mean(ious)


if __name__ == '__main__':
    if not os.path.exists(DUMP_DIR):
        os.makedirs(DUMP_DIR)
    LOG_FOUT = open(os.path.join(DUMP_DIR, 'log_evaluate.txt'), 'w')
    LOG_FOUT.write(str(FLAGS) + '\n')
    PRED_FOUT = provider.PredictionFile(os.path.join(DUMP_DIR, 'predictions.h5'))
    evaluate()
    PRED_FOUT.close()
    LOG_FOUT.close()
