"""Point clouds from HDF5 files, and their augmentation, one cloud at a time."""
import os

import h5py
import numpy as np


def shuffle_data(data, labels):
    """Shuffle clouds and labels alike.

    Args:
        data: B x N x ... array
        labels: B x ... array

    Returns:
        shuffled data, shuffled labels, the order
    """
    idx = np.arange(len(labels))
    np.random.shuffle(idx)
    return data[idx, ...], labels[idx], idx


def rotate_point_cloud(batch_data):
    """Turn each cloud about the up axis (y) by an angle of its own.

    Args:
        batch_data: B x N x 3 array

    Returns:
        B x N x 3 float32 array
    """
    rotated_data = np.zeros(batch_data.shape, dtype=np.float32)
    for k in range(batch_data.shape[0]):
        rotation_angle = np.random.uniform() * 2 * np.pi
        rotated_data[k, ...] = _turn(batch_data[k, ...], rotation_angle)
    return rotated_data


def rotate_point_cloud_by_angle(batch_data, rotation_angle):
    """Turn every cloud of a B x N x 3 batch about y by the same angle (radians)."""
    rotated_data = np.zeros(batch_data.shape, dtype=np.float32)
    for k in range(batch_data.shape[0]):
        rotated_data[k, ...] = _turn(batch_data[k, ...], rotation_angle)
    return rotated_data


def _turn(shape_pc, angle):
    cosval = np.cos(angle)
    sinval = np.sin(angle)
    rotation_matrix = np.array([[cosval, 0, sinval],
                                [0, 1, 0],
                                [-sinval, 0, cosval]])
    return np.dot(shape_pc.reshape((-1, 3)), rotation_matrix)


def jitter_point_cloud(batch_data, sigma=0.01, clip=0.05):
    """Move every point a little: Gaussian noise, clipped, per coordinate."""
    B, N, C = batch_data.shape
    assert clip > 0
    jittered_data = np.clip(sigma * np.random.randn(B, N, C), -1 * clip, clip)
    jittered_data += batch_data
    return jittered_data


def getDataFiles(list_filename):
    """The paths in a list file, one a line."""
    return [line.rstrip() for line in open(list_filename)]


def load_h5(h5_filename):
    """The `data` (n x 2048 x 3) and `label` (n x 1) arrays of a file."""
    f = h5py.File(h5_filename, 'r')
    data = f['data'][:]
    label = f['label'][:]
    return (data, label)


def loadDataFile(filename):
    return load_h5(filename)


def localDataFiles(data_dir, list_name):
    """The files of a list that lie in data_dir, whatever folder the list says."""
    files = getDataFiles(os.path.join(data_dir, list_name))
    return [os.path.join(data_dir, os.path.basename(name)) for name in files]
