"""Evaluate a trained part segmenter: python evaluate_part_seg.py --model_path log/model.ckpt"""
import argparse
import glob
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
parser.add_argument('--model', default='part_seg', help='Model name: part_seg or pointnet_seg, which is not told the category [default: part_seg]')
parser.add_argument('--data_dir', default=os.path.join(BASE_DIR, 'data/hdf5_data'), help='Folder in the ShapeNet part HDF5 format')
parser.add_argument('--batch_size', type=int, default=1, help='Batch size during evaluation; a batch that does not fill is dropped [default: 1]')
parser.add_argument('--num_point', type=int, default=2048, help='Points the network sees; smaller clouds are repeated [default: 2048]')
parser.add_argument('--model_path', default='log/model.ckpt', help='Checkpoint to evaluate [default: log/model.ckpt]')
parser.add_argument('--dump_dir', default='dump', help='Folder of the log and of predictions.h5 [default: dump]')
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
TAKES_CATEGORY = FLAGS.model == 'part_seg'


def log_string(out_str):
    if LOG_FOUT is not None:
        LOG_FOUT.write(out_str + '\n')
        LOG_FOUT.flush()
    print(out_str)


def evaluate():
    with tf.Graph().as_default():
        with tf.device('/gpu:' + str(GPU_INDEX)):
            is_training_pl = tf.placeholder(tf.bool, shape=())
            if TAKES_CATEGORY:
                pointclouds_pl, input_label_pl, _, _ = MODEL.placeholder_inputs(BATCH_SIZE, NUM_POINT)
                _, pred, _ = MODEL.get_model(pointclouds_pl, input_label_pl, is_training_pl)
            else:
                pointclouds_pl, _ = MODEL.placeholder_inputs(BATCH_SIZE, NUM_POINT)
                pred, _ = MODEL.get_model(pointclouds_pl, is_training_pl)
            saver = tf.train.Saver()

        config = tf.ConfigProto()
        config.gpu_options.allow_growth = True
        config.allow_soft_placement = True
        sess = tf.Session(config=config)

        saver.restore(sess, MODEL_PATH)
        log_string('Model restored.')

        ops = {'pointclouds_pl': pointclouds_pl,
               'is_training_pl': is_training_pl,
               'pred': pred}
        if TAKES_CATEGORY:
            ops['input_label_pl'] = input_label_pl
        return eval_one_epoch(sess, ops)


def get_test_files():
    """The listed test files, or all that are called so: the published folder has no list of them."""
    if os.path.exists(os.path.join(DATA_DIR, 'test_hdf5_file_list.txt')):
        return provider.localDataFiles(DATA_DIR, 'test_hdf5_file_list.txt')
    return sorted(glob.glob(os.path.join(DATA_DIR, 'ply_data_test*.h5')))


def prepare(data):
    """Clouds of a batch as the network wants them: centred, of radius 1, NUM_POINT points each."""
    prepared = np.zeros((BATCH_SIZE, NUM_POINT, 3))
    for i in range(BATCH_SIZE):
        prepared[i, ...] = provider.repeat_points(provider.normalize_point_cloud(data[i, ...]), NUM_POINT)
    return prepared


def convert_label_to_one_hot(label):
    one_hot = np.zeros((len(label), MODEL.NUM_CATEGORIES))
    for i in range(len(label)):
        one_hot[i, label[i]] = 1
    return one_hot


def choose_part(logits, parts):
    """The best of the category's parts for every point: the others are pushed below the least."""
    logits = np.copy(logits)
    others = [l for l in range(NUM_CLASSES) if l not in parts]
    logits[:, others] = np.min(logits) - 1000
    return np.argmax(logits, 1)


def get_shape_iou(pred_seg, seg, parts):
    """Mean over the category's parts of intersection over union; a part that is nowhere counts 1."""
    part_ious = []
    for l in parts:
        union = np.sum((pred_seg == l) | (seg == l))
        intersection = np.sum((pred_seg == l) & (seg == l))
        part_ious.append(1.0 if union == 0 else intersection / float(union))
    return np.mean(part_ious)


def eval_one_epoch(sess, ops):
    """Accuracy and IoU over the test files."""
    category_names, category_parts = provider.loadParts(DATA_DIR)
    total_correct = 0
    total_seen = 0
    shape_ious = [[] for _ in category_names]

    test_files = get_test_files()
    for fn in range(len(test_files)):
        log_string('----' + str(fn) + '----')
        current_data, current_label, current_seg = provider.loadDataFileWithSeg(test_files[fn])
        current_data = current_data[:, 0:NUM_POINT, :]
        current_label = np.squeeze(current_label, axis=1)
        current_seg = current_seg[:, 0:NUM_POINT]
        ori_point_num = current_data.shape[1]

        file_size = current_data.shape[0]
        num_batches = file_size // BATCH_SIZE

        for batch_idx in range(num_batches):
            start_idx = batch_idx * BATCH_SIZE
            end_idx = (batch_idx + 1) * BATCH_SIZE

            feed_dict = {ops['pointclouds_pl']: prepare(current_data[start_idx:end_idx, :, :]),
                         ops['is_training_pl']: False}
            if TAKES_CATEGORY:
                feed_dict[ops['input_label_pl']] = convert_label_to_one_hot(current_label[start_idx:end_idx])
            pred_val = sess.run(ops['pred'], feed_dict=feed_dict)
            pred_val = pred_val[:, 0:ori_point_num, :]
            if PRED_FOUT is not None:
                PRED_FOUT.add(logits=pred_val,
                              labels=current_seg[start_idx:end_idx, :].astype(np.int32),
                              category=current_label[start_idx:end_idx].astype(np.int32))

            for i in range(start_idx, end_idx):
                c = current_label[i]
                pred_seg = choose_part(pred_val[i - start_idx, ...], category_parts[c])
                total_correct += np.sum(pred_seg == current_seg[i, :])
                total_seen += ori_point_num
                shape_ious[c].append(get_shape_iou(pred_seg, current_seg[i, :], category_parts[c]))

    accuracy = total_correct / float(total_seen)
    mean_iou = np.mean(np.concatenate(shape_ious))
    seen = [c for c in range(len(category_names)) if len(shape_ious[c]) > 0]
    category_ious = [np.mean(shape_ious[c]) for c in seen]
    log_string('eval accuracy: %f' % accuracy)
    log_string('eval mean IoU over shapes: %f' % mean_iou)
    log_string('eval mean IoU over categories: %f' % np.mean(category_ious))
    for c, category_iou in zip(seen, category_ious):
        log_string('%10s:\t%0.3f\t(%d shapes)' % (category_names[c], category_iou, len(shape_ious[c])))
    return accuracy, mean_iou, np.mean(category_ious)


if __name__ == '__main__':
    if not os.path.exists(DUMP_DIR):
        os.makedirs(DUMP_DIR)
    LOG_FOUT = open(os.path.join(DUMP_DIR, 'log_evaluate.txt'), 'w')
    LOG_FOUT.write(str(FLAGS) + '\n')
    PRED_FOUT = provider.PredictionFile(os.path.join(DUMP_DIR, 'predictions.h5'))
    evaluate()
    PRED_FOUT.close()
    LOG_FOUT.close()
