import os
import pickle
import h5py
import numpy as np
import string

LETTERS = string.letters[:3]


def shuffle_data(data, labels):
    idx = np.arange(len(labels))
    np.random.shuffle(idx)
    return data[idx, ...], labels[idx], idx


def rotate(batch):
    rotated = np.zeros(batch.shape, dtype=np.float32)
    for k in xrange(batch.shape[0]):
        angle = np.random.uniform() * 2 * np.pi
        c, s = np.cos(angle), np.sin(angle)
        m = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        rotated[k, ...] = np.dot(batch[k, ...].reshape((-1, 3)), m)
    return rotated


def load_h5(path):
    f = h5py.File(path, 'r')
    data = f['data'][:]
    label = f['label'].value
    f.close()
    return data, label


def load_pickle(path):
    with open(path, 'rb') as handle:
        content = pickle.load(handle)
    return content


def class_weights(labels, num_classes):
    counts = np.zeros(num_classes, dtype=np.float)
    for l in labels.astype(np.int):
        counts[l] += 1
    mask = (counts > 0).astype(np.bool)
    total = np.product(counts[mask].shape)
    return counts / max(total, 1)


def names(table):
    out = {}
    for key, value in table.iteritems():
        out[value] = key
    if out.has_key('chair'):
        out.pop('chair')
    ordered = out.keys()
    ordered.sort()
    first = out.values()[0]
    pairs = range(3) + [9]
    return ordered, first, pairs


def batches(n, size):
    count = n / size
    for i in range(count):
        yield i * size, (i + 1) * size
