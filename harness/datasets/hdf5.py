"""Reads one HDF5 file of clouds, turning every way it can be damaged into one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from harness.datasets.clouds import Clouds
from harness.datasets.errors import DatasetError


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
    """Writes `data` float32, `label` uint8 n x 1, and `normal` and `pid` uint8 where known."""
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=clouds.points, **COMPRESSED)
        file.create_dataset("label", data=clouds.labels.astype(np.uint8)[:, None], **COMPRESSED)
        if clouds.normals is not None:
            file.create_dataset("normal", data=clouds.normals, **COMPRESSED)
        if clouds.parts is not None:
            file.create_dataset("pid", data=clouds.parts.astype(np.uint8), **COMPRESSED)


COMPRESSED = {"compression": "gzip", "compression_opts": 1}


def _read(file: h5py.File, name: str, path: Path) -> npt.NDArray[Any]:
    if not isinstance(file.get(name), h5py.Dataset):
        raise DatasetError(f"{path}: has no dataset '{name}'; write the file again")
    return np.asarray(file[name])


def _as_int32(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Widens integers; leaves anything else to be refused for what it is."""
    return array.astype(np.int32) if np.issubdtype(array.dtype, np.integer) else array


def _flat(labels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The files store labels n x 1; some copies store n."""
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels
