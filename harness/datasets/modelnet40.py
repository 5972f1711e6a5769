"""ModelNet40's folder of HDF5 files: the layout in which every data set here is stored.

A folder holds `shape_names.txt` (a class a line, in the order of the labels), `train_files.txt`
and `test_files.txt` (a path a line), and the files they list, `ply_data_train0.h5` and so on, with
the datasets `data` and `label` and, where known, `normal` and `pid`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.clouds import Clouds, check_clouds
from harness.datasets.errors import DatasetError
from harness.datasets.folders import listed_files, read_list, write_list, written_whole
from harness.datasets.hdf5 import MAX_LABELS, read_clouds, write_split

SPLITS = ("train", "test")


@dataclass(frozen=True)
class Shard:
    """One file of a split.

    Attributes:
        path: the file read.
        clouds: its contents, checked.
    """

    path: Path
    clouds: Clouds

    @property
    def data(self) -> npt.NDArray[np.float32]:
        """Points, float32, n x P x 3."""
        return self.clouds.points

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """Classes, int32, n."""
        return self.clouds.labels


def read_shape_names(folder: Path) -> tuple[str, ...]:
    """The class names, in the order of the labels.

    Raises:
        DatasetError: the folder or its `shape_names.txt` is missing, or the list is empty.
    """
    return read_list(folder, "shape_names.txt")


def read_split(folder: Path, split: str) -> Iterator[Shard]:
    """The files of a split, in the order of its list, each checked as it is read.

    Arguments:
        folder: a folder in ModelNet40's layout.
        split: "train" or "test".

    Raises:
        DatasetError: at once for a missing folder, list or file; on reaching it for a file
            that is damaged or whose contents `check_clouds` refuses.
    """
    if split not in SPLITS:
        raise DatasetError(f"{folder}: no split '{split}'; choose one of {', '.join(SPLITS)}")
    num_classes = len(read_shape_names(folder))
    return (_read_shard(path, num_classes) for path in split_files(folder, split))


def split_files(folder: Path, split: str) -> list[Path]:
    """The files of a split, in the order of its list.

    Raises:
        DatasetError: the folder, the list or a file is missing.
    """
    name = f"{split}_files.txt"
    return listed_files(folder, name)


def write(
    folder: Path,
    splits: Mapping[str, Iterable[Clouds]],
    shape_names: Sequence[str],
    prefix: str | None = None,
) -> None:
    """Writes a folder in ModelNet40's layout, whole or not at all.

    Arguments:
        folder: where; must not exist, or be empty.
        splits: for "train" and "test", clouds in one or more pieces. A piece above 2,048
            clouds is spread over several files; pieces are never joined.
        shape_names: a name for each label.
        prefix: what precedes a file's name in the lists; `data/<folder's name>` by default, as
            in the original repository. Readers look beside the list first.

    Raises:
        DatasetError: the folder holds something, a split is missing or empty, or clouds that
            `check_clouds` refuses.
    """
    _check_request(folder, splits, shape_names)
    prefix = f"data/{folder.name}" if prefix is None else prefix
    with written_whole(folder) as partial:
        write_list(partial / "shape_names.txt", shape_names)
        for split in SPLITS:
            names = write_split(partial, split, splits[split], len(shape_names))
            write_list(partial / f"{split}_files.txt", [f"{prefix}/{name}" for name in names])


def adopt(out: Path, source: Path | None = None) -> None:
    """Checks a local copy of ModelNet40 from end to end and writes it to `out`.

    Raises:
        DatasetError: no `source` is given, or what it holds is not sound.
    """
    if source is None:
        raise DatasetError(
            "modelnet40: its published address often refuses connections, so nothing is fetched; "
            "give the folder of a copy as source"
        )
    splits = {split: (shard.clouds for shard in read_split(source, split)) for split in SPLITS}
    write(out, splits, read_shape_names(source))


def _read_shard(path: Path, num_classes: int) -> Shard:
    clouds = read_clouds(path)
    check_clouds(clouds, str(path), num_classes)
    return Shard(path, clouds)


def _check_request(
    folder: Path, splits: Mapping[str, Iterable[Clouds]], shape_names: Sequence[str]
) -> None:
    if set(splits) != set(SPLITS):
        raise DatasetError(f"{folder}: expected the splits {SPLITS}, was given {tuple(splits)}")
    if not 0 < len(shape_names) <= MAX_LABELS:
        raise DatasetError(
            f"{folder}: {len(shape_names)} shape names; labels are bytes, give 1 to {MAX_LABELS}"
        )
