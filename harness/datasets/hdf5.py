"""HDF5 files of clouds: written a split at a time, and every way one can be damaged named."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from harness.datasets.clouds import Clouds, check_clouds
from harness.datasets.errors import DatasetError

CLOUDS_PER_FILE = 2048

# Labels and parts are stored as uint8.
MAX_LABELS = 256


def read_clouds(path: Path) -> Clouds:
    """The datasets `data` and `label` of a file, and `normal` and `pid` where it has them.

    Types and shapes are passed on as they are, for `check_clouds` to judge; only the integer
    types and the `n x 1` of the labels are brought to the form used in memory.

    Raises:
        DatasetError: the file is missing, truncated, not HDF5, or lacks a dataset.
    """
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; put it there or take it off the list")
    try:
        with h5py.File(path, "r") as file:
            return Clouds(
                points=_read(file, "data", path),
                labels=_flat(_as_int32(_read(file, "label", path))),
                normals=_read(file, "normal", path) if "normal" in file else None,
                parts=_as_int32(_read(file, "pid", path)) if "pid" in file else None,
            )
    except OSError as error:
        raise DatasetError(
            f"{path}: truncated or not an HDF5 file; fetch or write it again"
        ) from error


def write_clouds(path: Path, clouds: Clouds) -> None:
    """Writes `data` float32, `label` uint8 n x 1, and `normal` and `pid` uint8 where known.

    A cloud is a chunk of its own, so that reading one leaves its neighbours packed.
    """
    arrays = {"data": clouds.points, "normal": clouds.normals, "pid": clouds.parts}
    with h5py.File(path, "w") as file:
        file.create_dataset("label", data=clouds.labels.astype(np.uint8)[:, None], **COMPRESSED)
        for name, array in arrays.items():
            if array is not None:
                dtype = np.uint8 if name == "pid" else np.float32
                chunk = (1, *array.shape[1:])
                file.create_dataset(name, data=array, dtype=dtype, chunks=chunk, **COMPRESSED)


def write_split(folder: Path, split: str, pieces: Iterable[Clouds], num_classes: int) -> list[str]:
    """Writes `ply_data_<split>0.h5` and so on, at most 2,048 clouds each.

    Returns:
        The names of the files.

    Raises:
        DatasetError: no clouds, or clouds that `check_clouds` refuses.
    """
    names: list[str] = []
    for piece in pieces:
        for clouds in piece.slices(CLOUDS_PER_FILE):
            name = f"ply_data_{split}{len(names)}.h5"
            check_clouds(clouds, name, num_classes)
            _check_parts(clouds, name)
            write_clouds(folder / name, clouds)
            names.append(name)
    if not names:
        raise DatasetError(f"{folder}: the {split} split has no clouds; give it at least one")
    return names


COMPRESSED = {"compression": "gzip", "compression_opts": 1}


def _check_parts(clouds: Clouds, name: str) -> None:
    parts = clouds.parts
    if parts is not None and not 0 <= parts.min() <= parts.max() < MAX_LABELS:
        raise DatasetError(f"{name}: parts run to {parts.max()}; a byte holds 0 .. 255")


def _read(file: h5py.File, name: str, path: Path) -> npt.NDArray[Any]:
    dataset = file.get(name)
    # An empty dataspace has no shape either.
    if not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
        raise DatasetError(f"{path}: has no dataset '{name}'; write the file again")
    return np.asarray(dataset)


def _as_int32(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Integers that fit; anything else is left to be refused for what it is."""
    if not np.issubdtype(array.dtype, np.integer):
        return array
    fits = np.iinfo(np.int32)
    if array.size and not fits.min <= array.min() <= array.max() <= fits.max:
        return array
    return array.astype(np.int32)


def _flat(labels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The files store labels n x 1; some copies store n."""
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
