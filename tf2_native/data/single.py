"""One cloud in a file of its own."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from tf2_native.errors import InputError


def read_cloud(path: Path, channels: int) -> NDArray[np.float32]:
    """The points of a file.

    Arguments:
        path: a `.npy` array, numbers in text (`.txt`, `.xyz`, `.pts`), the vertices of a `.ply`, or
            the dataset `data` of an `.h5` (of several clouds, the first).
        channels: numbers a point that are wanted, the first of those stored.

    Returns:
        float32, N x channels.

    Raises:
        InputError: the file cannot be read, or holds no such points.
    """
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise InputError(f"{path}: is no cloud by its name; there are {', '.join(_READERS)}")
    try:
        points = np.asarray(_READERS[suffix](path))
    except InputError:
        raise
    except Exception as error:  # Each library has its own; all mean that the file will not do.
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError(f"{path}: cannot be read ({reason})") from error
    points = points[0] if points.ndim == 3 and len(points) else points
    if points.ndim != 2 or not len(points) or points.shape[1] < channels:
        raise InputError(f"{path}: has shape {points.shape}, expected (points, {channels})")
    points = points[:, :channels].astype(np.float32)
    if not np.isfinite(points).all():
        raise InputError(f"{path}: holds NaN or infinite coordinates; clean the file")
    return points


def _text(path: Path) -> NDArray[Any]:
    return np.loadtxt(path, ndmin=2)


def _ply(path: Path) -> NDArray[Any]:
    import trimesh

    return np.asarray(trimesh.load(path, process=False).vertices)


def _hdf5(path: Path) -> NDArray[Any]:
    with h5py.File(path) as file:
        data = file["data"]
        first: NDArray[Any] = data[0] if data.ndim == 3 else data[()]
        return first


_READERS: MappingProxyType[str, Callable[[Path], NDArray[Any]]] = MappingProxyType(
    {".npy": np.load, ".txt": _text, ".xyz": _text, ".pts": _text, ".ply": _ply, ".h5": _hdf5}
)
