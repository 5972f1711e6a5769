"""Many HDF5 files of clouds as one array on disk, read a batch at a time.

An HDF5 virtual dataset says where in which file each cloud lies; nothing is copied, and reading
some clouds unpacks their chunks alone. So a set of any size takes the memory of one batch.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from harness.datasets.clouds import Clouds
from harness.datasets.errors import DatasetError


class VirtualClouds:
    """The clouds of several files in their order, to be read by index; a context manager.

    Arguments:
        paths: HDF5 files with `data` and `label`, and with `normal` and `pid` if all have them.

    Raises:
        DatasetError: a file is missing, truncated, not HDF5, lacks a dataset, or holds clouds of
            another type or number of points than the first.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        # HDF5 fills what a missing source would have held with zeros, so all is looked at first.
        layouts = [_layout_of(path) for path in paths]
        if not paths:
            raise DatasetError("no files to read; give at least one")
        for path, layout in zip(paths, layouts, strict=True):
            _check_fits(path, layout, paths[0], layouts[0])
        self._folder = tempfile.TemporaryDirectory(prefix="harness-virtual-")
        index = Path(self._folder.name) / "index.h5"
        _write_index(index, paths, layouts)
        self._file = h5py.File(index, "r")

    def __enter__(self) -> VirtualClouds:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._folder.cleanup()

    def __len__(self) -> int:
        return int(self._file["data"].shape[0])

    @property
    def num_points(self) -> int:
        """Points a cloud."""
        return int(self._file["data"].shape[1])

    def labels(self) -> npt.NDArray[np.int32]:
        """The class of every cloud, int32, n: small enough to hold, and needed to draw batches."""
        return np.asarray(self._file["label"]).reshape(len(self)).astype(np.int32)

    def read(self, index: Sequence[int] | npt.NDArray[np.integer]) -> Clouds:
        """The clouds at `index`, in its order; an entry may occur more than once.

        Raises:
            DatasetError: an entry is not the number of a cloud.
        """
        wanted = np.asarray(index, dtype=np.int64)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < len(self):
            raise DatasetError(
                f"asked for clouds {wanted.min()} .. {wanted.max()}, but there are {len(self)}"
            )
        # HDF5 reads in ascending order, each once.
        ascending, back = np.unique(wanted, return_inverse=True)
        arrays = {name: np.asarray(self._file[name][ascending])[back] for name in self._file}
        parts = arrays.get("pid")
        return Clouds(
            points=arrays["data"],
            labels=arrays["label"].reshape(-1).astype(np.int32),
            normals=arrays.get("normal"),
            parts=None if parts is None else parts.astype(np.int32),
        )


_REQUIRED = ("data", "label")
_OPTIONAL = ("normal", "pid")

_Layout = dict[str, tuple[np.dtype[Any], tuple[int, ...]]]


def _layout_of(path: Path) -> _Layout:
    """Type and shape of each dataset of a file."""
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; put it there or take it off the list")
    try:
        with h5py.File(path, "r") as file:
            for name in _REQUIRED:
                if not isinstance(file.get(name), h5py.Dataset):
                    raise DatasetError(f"{path}: has no dataset '{name}'; write the file again")
            present = [name for name in (*_REQUIRED, *_OPTIONAL) if name in file]
            return {name: (file[name].dtype, file[name].shape) for name in present}
    except OSError as error:
        raise DatasetError(
            f"{path}: truncated or not an HDF5 file; fetch or write it again"
        ) from error


def _check_fits(path: Path, layout: _Layout, first: Path, expected: _Layout) -> None:
    n = layout["data"][1][0]
    for name, (dtype, shape) in layout.items():
        if shape[0] != n:
            raise DatasetError(
                f"{path}: 'data' holds {n} clouds but '{name}' {shape[0]}; write the file again"
            )
        if name not in expected:
            continue
        other_type, other_shape = expected[name]
        if dtype != other_type or shape[1:] != other_shape[1:]:
            raise DatasetError(
                f"{path}: '{name}' is {dtype} {shape[1:]} a cloud, but {other_type} "
                f"{other_shape[1:]} in {first.name}; write them alike"
            )


def _write_index(index: Path, paths: Sequence[Path], layouts: Sequence[_Layout]) -> None:
    total = sum(layout["data"][1][0] for layout in layouts)
    common = [name for name in layouts[0] if all(name in layout for layout in layouts)]
    with h5py.File(index, "w") as file:
        for name in common:
            dtype, shape = layouts[0][name]
            virtual = h5py.VirtualLayout(shape=(total, *shape[1:]), dtype=dtype)
            start = 0
            for path, layout in zip(paths, layouts, strict=True):
                n = layout[name][1][0]
                source = h5py.VirtualSource(path.resolve(), name, shape=layout[name][1])
                virtual[start : start + n] = source
                start += n
            file.create_virtual_dataset(name, virtual)
