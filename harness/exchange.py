"""Named arrays on disk: weights, batches and traces as HDF5 files.

Everything that crosses a process is one of these files, so this module is read by every runtime,
TensorFlow 1.15's Python 3.7 included: Python 3.7 syntax, NumPy 1.18, h5py 2.10.
"""

import os
import tempfile

import h5py
import numpy as np

NOISE = "noise"  # attribute of a trace's dataset: rounding noise of the array, same unit


class ExchangeError(ValueError):
    """A file that cannot be used as it is: one line saying which, why, and what to do."""


def read_arrays(path):
    """Read every dataset of a file.

    Arguments:
        path: an HDF5 file.

    Returns:
        Dictionary from dataset path ("conv1/weights") to array, in file order.

    Raises:
        ExchangeError: there is no such file, or it is truncated or not HDF5 at all.
    """
    return read(path)[0]


def read(path):
    """Read every dataset of a file, its attributes, and the noise recorded with its datasets.

    Arguments:
        path: an HDF5 file.

    Returns:
        (arrays, attributes, noise): two dictionaries by dataset path, and one of file attributes
        between them.

    Raises:
        ExchangeError: there is no such file, it is truncated or not HDF5 at all, or a dataset has
            neither shape nor values.
    """
    if not os.path.isfile(path):
        raise ExchangeError("%s: no such file" % path)
    arrays, noise = {}, {}

    def visit(name, node):
        if isinstance(node, h5py.Dataset):
            if node.shape is None:
                raise ExchangeError("%s: dataset %s holds nothing" % (path, name))
            arrays[name] = node[()]
            if NOISE in node.attrs:
                noise[name] = float(node.attrs[NOISE])

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
            attributes = {key: _plain(value) for key, value in file.attrs.items()}
    except (OSError, RuntimeError, KeyError) as error:
        raise ExchangeError(
            "%s: truncated or not an HDF5 file (%s); write it again" % (path, _first_line(error))
        )
    return arrays, attributes, noise


def write(path, arrays, attributes=None, noise=None):
    """Write named arrays, whole or not at all.

    Arguments:
        path: the file to write; replaced if it exists.
        arrays: dictionary from dataset path to array.
        attributes: attributes of the file.
        noise: dictionary from dataset path to the array's rounding noise.

    Raises:
        ExchangeError: the folder does not exist or cannot be written to.
    """
    with replacing(path) as temporary:
        with h5py.File(temporary, "w") as file:
            for name, array in arrays.items():
                dataset = file.create_dataset(name, data=np.asarray(array))
                if noise and name in noise:
                    dataset.attrs[NOISE] = noise[name]
            for key, value in (attributes or {}).items():
                file.attrs[key] = value


class replacing(object):
    """Context manager: a temporary name beside `path`, renamed to it if the body succeeds."""

    def __init__(self, path):
        self.path = os.path.abspath(str(path))
        self.temporary = None

    def __enter__(self):
        folder, name = os.path.split(self.path)
        try:
            handle, self.temporary = tempfile.mkstemp(prefix="." + name + ".", dir=folder)
        except OSError as error:
            raise ExchangeError("%s: cannot be written (%s)" % (self.path, error.strerror))
        os.close(handle)
        # mkstemp makes private files; what is published here should be readable as usual.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(self.temporary, 0o666 & ~umask)
        return self.temporary

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            os.unlink(self.temporary)
            return
        try:
            os.replace(self.temporary, self.path)
        except OSError as error:
            os.unlink(self.temporary)
            raise ExchangeError("%s: cannot be written (%s)" % (self.path, error.strerror))


def under(arrays, group):
    """The arrays of one group, without the group's name: under(trace, "gradients")."""
    prefix = group + "/"
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}


def grouped(group, arrays):
    """The inverse of `under`."""
    return {group + "/" + name: array for name, array in arrays.items()}


def _plain(value):
    return value.decode() if isinstance(value, bytes) else value


def _first_line(error):
    return str(error).strip().split("\n")[0]
