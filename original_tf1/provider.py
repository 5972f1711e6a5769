"""Point clouds from HDF5 files, their augmentation, one cloud at a time, and predictions to HDF5 files."""
import json
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


def normalize_point_cloud(pc):
    """Centre an N x 3 cloud and divide it by its furthest radius."""
    pc = pc - np.mean(pc, axis=0)
    return pc / np.max(np.sqrt(np.sum(pc ** 2, axis=1)))


def repeat_points(pc, num_point):
    """Go through the points of an N x ... cloud again until there are num_point of them."""
    return pc[np.arange(num_point) % len(pc), ...]


def getDataFiles(list_filename):
    """The paths in a list file, one a line."""
    return [line.rstrip() for line in open(list_filename)]


def load_h5(h5_filename):
    """The `data` (n x 2048 x 3) and `label` (n x 1) arrays of a file."""
    f = h5py.File(h5_filename, 'r')
    data = f['data'][:]
    label = f['label'][:]
    return (data, label)


def load_h5_seg(h5_filename):
    """The `data` (n x 2048 x 3), `label` (n x 1) and `pid` (n x 2048) arrays of a file."""
    f = h5py.File(h5_filename, 'r')
    data = f['data'][:]
    label = f['label'][:]
    seg = f['pid'][:]
    return (data, label, seg)


def loadDataFile(filename):
    return load_h5(filename)


def loadDataFileWithSeg(filename):
    return load_h5_seg(filename)


def localDataFiles(data_dir, list_name):
    """The files of a list that lie in data_dir, whatever folder the list says."""
    files = getDataFiles(os.path.join(data_dir, list_name))
    return [os.path.join(data_dir, os.path.basename(name)) for name in files]


def loadParts(data_dir):
    """The categories of a ShapeNet-part folder.

    Returns:
        their names in the order of the labels, and a list of its parts for each
    """
    lines = [line.split() for line in open(os.path.join(data_dir, 'all_object_categories.txt')) if line.strip()]
    names = [name for name, catid in lines]
    catids = [catid for name, catid in lines]
    parts = [[] for _ in names]
    for part, (catid, _) in enumerate(json.load(open(os.path.join(data_dir, 'overallid_to_catid_partid.json')))):
        parts[catids.index(catid)].append(part)
    return names, parts


def loadBlocks(data_dir):
    """All blocks of an S3DIS folder: n x 4096 x 9 data and n x 4096 labels."""
    blocks = [loadDataFile(name) for name in localDataFiles(data_dir, 'all_files.txt')]
    data = np.concatenate([data for data, label in blocks], 0)
    label = np.concatenate([label for data, label in blocks], 0)
    return data, label


def inArea(data_dir, area):
    """Which blocks of an S3DIS folder lie in an area: n booleans."""
    rooms = getDataFiles(os.path.join(data_dir, 'room_filelist.txt'))
    return np.array([room.startswith('Area_%d_' % area) for room in rooms])


class PredictionFile(object):
    """Predictions of an evaluation in an HDF5 file, which has its name once it is whole."""

    def __init__(self, filename):
        self.filename = filename
        self.partial = filename + '.partial'
        self.f = h5py.File(self.partial, 'w')

    def add(self, **arrays):
        """Append the arrays of a batch, each to the dataset of its name."""
        for name, array in arrays.items():
            if name not in self.f:
                self.f.create_dataset(name, data=array, maxshape=(None,) + array.shape[1:],
                                      chunks=array.shape)
            else:
                self.f[name].resize(len(self.f[name]) + len(array), axis=0)
                self.f[name][-len(array):] = array

    def close(self):
        self.f.close()
        os.rename(self.partial, self.filename)
