"""The folder of HDF5 files that blocks are kept in: `indoor3d_sem_seg_hdf5_data/`.

Files `ply_data_all_0.h5` and so on hold 1,000 blocks each; `all_files.txt` lists them, and
`room_filelist.txt` names the room of every block, a line each, in the order of the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import h5py
import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError
from harness.datasets.folders import listed_files, read_list, write_list, written_whole
from harness.datasets.hdf5 import COMPRESSED, read_clouds
from harness.datasets.s3dis.blocks import CHANNELS
from harness.datasets.s3dis.classes import CLASSES
from harness.datasets.s3dis.room import AREAS, area_of

FOLDER = "indoor3d_sem_seg_hdf5_data"
FILES_LIST = "all_files.txt"
ROOMS_LIST = "room_filelist.txt"
BLOCKS_PER_FILE = 1000
SPLITS = ("train", "test")
TEST_AREA = 6


@dataclass(frozen=True)
class BlockShard:
    """The blocks of one file, or those of them that belong to a split.

    Attributes:
        path: the file read.
        points: float32, n x P x 9.
        labels: int32, n x P.
        rooms: the room of each block, n.
    """

    path: Path
    points: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]
    rooms: tuple[str, ...]


def read_blocks(
    folder: Path, split: str | None = None, test_area: int = TEST_AREA
) -> Iterator[BlockShard]:
    """The files of a folder one after the other, each checked as it is read.

    Arguments:
        folder: as in the module's description.
        split: "test" for the blocks of the test area, "train" for those of the five others; all
            of them if left out. A file without any is passed over, unread.
        test_area: 1 to 6; with each in turn, six-fold cross-validation.

    Raises:
        DatasetError: at once for a missing folder, list or file, an unknown split or area, or a
            name that is not a room's; on reaching it for a file that is damaged, or that has
            more blocks than there are rooms listed; at the end if it has fewer.
    """
    if split not in (None, *SPLITS):
        raise DatasetError(f"{folder}: no split '{split}'; choose one of {', '.join(SPLITS)}")
    if test_area not in AREAS:
        raise DatasetError(f"{folder}: no area {test_area}; choose one of 1 .. {AREAS[-1]}")
    paths = listed_files(folder, FILES_LIST)
    rooms = np.array(read_list(folder, ROOMS_LIST))
    where = str(folder / ROOMS_LIST)
    area = {room: area_of(room, where) for room in np.unique(rooms).tolist()}
    wanted = np.array([split is None or (area[r] == test_area) == (split == "test") for r in rooms])
    return _shards(paths, rooms, wanted, where)


def write_blocks(
    folder: Path, pieces: Iterable[tuple[str, npt.NDArray[np.float32], npt.NDArray[np.uint8]]]
) -> None:
    """Writes blocks to a folder, whole or not at all, 1,000 a file, a piece at a time in memory.

    Arguments:
        folder: where; must not exist, or be empty.
        pieces: a room's name, and points and labels of some of its blocks.

    Raises:
        DatasetError: the folder holds something, or there are no blocks.
    """
    rooms: list[str] = []
    with written_whole(folder) as partial:
        with _Files(partial) as files:
            for room, points, labels in pieces:
                files.append(points, labels)
                rooms += [room] * len(points)
        if not rooms:
            raise DatasetError(f"{folder}: no block has enough points; use denser rooms")
        write_list(partial / FILES_LIST, [f"{folder.name}/{name}" for name in files.names])
        write_list(partial / ROOMS_LIST, rooms)


class _Files:
    """The growing files of a folder: the last one is open, and taken up to 1,000 blocks."""

    def __init__(self, folder: Path) -> None:
        self.names: list[str] = []
        self._folder = folder
        self._file: h5py.File | None = None
        self._filled = 0

    def __enter__(self) -> _Files:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def append(self, points: npt.NDArray[np.float32], labels: npt.NDArray[np.uint8]) -> None:
        while len(points):
            if self._file is None or self._filled == BLOCKS_PER_FILE:
                self._open(points.shape[1])
            room = BLOCKS_PER_FILE - self._filled
            self._extend("data", points[:room])
            self._extend("label", labels[:room])
            self._filled += len(points[:room])
            points, labels = points[room:], labels[room:]

    def _open(self, num_points: int) -> None:
        self._close()
        self.names.append(f"ply_data_all_{len(self.names)}.h5")
        self._file = h5py.File(self._folder / self.names[-1], "w")
        self._filled = 0
        for name, dtype, shape in (
            ("data", np.float32, (num_points, CHANNELS)),
            ("label", np.uint8, (num_points,)),
        ):
            # A block a chunk: blocks are read one by one, and in any order.
            self._file.create_dataset(
                name,
                shape=(0, *shape),
                maxshape=(BLOCKS_PER_FILE, *shape),
                chunks=(1, *shape),
                dtype=dtype,
                shuffle=True,
                **COMPRESSED,
            )

    def _extend(self, name: str, values: npt.NDArray[np.generic]) -> None:
        assert self._file is not None
        dataset = self._file[name]
        dataset.resize(self._filled + len(values), axis=0)
        dataset[self._filled :] = values

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()


def _shards(
    paths: list[Path], rooms: npt.NDArray[np.str_], wanted: npt.NDArray[np.bool_], where: str
) -> Iterator[BlockShard]:
    start = 0
    for path in paths:
        end = start + _num_blocks(path)
        if end > len(rooms):
            raise DatasetError(
                f"{where}: names the rooms of {len(rooms)} blocks, but {path.name} brings them to "
                f"{end}; use the list that belongs to these files"
            )
        if wanted[start:end].any():
            yield _read_shard(path, rooms[start:end], wanted[start:end])
        start = end
    if start != len(rooms):
        raise DatasetError(
            f"{where}: names the rooms of {len(rooms)} blocks, but the files hold {start}; "
            "use the list that belongs to these files"
        )


def _num_blocks(path: Path) -> int:
    try:
        with h5py.File(path, "r") as file:
            data = file.get("data")
            return len(data) if isinstance(data, h5py.Dataset) and data.ndim else 0
    except OSError as error:
        raise DatasetError(
            f"{path}: truncated or not an HDF5 file; fetch or write it again"
        ) from error


def _read_shard(
    path: Path, rooms: npt.NDArray[np.str_], wanted: npt.NDArray[np.bool_]
) -> BlockShard:
    clouds = read_clouds(path)
    points, labels = clouds.points, clouds.labels
    _check(points, labels, path)
    return BlockShard(path, points[wanted], labels[wanted], tuple(rooms[wanted].tolist()))


def _check(points: npt.NDArray[np.float32], labels: npt.NDArray[np.int32], path: Path) -> None:
    if points.ndim != 3 or points.shape[2] != CHANNELS or points.dtype != np.float32:
        raise DatasetError(
            f"{path}: 'data' is {_described(points)}, expected float32 n x P x {CHANNELS}; "
            "write the file again"
        )
    if labels.shape != points.shape[:2] or labels.dtype != np.int32:
        raise DatasetError(
            f"{path}: 'label' is {_described(labels)}, expected an integer for each of "
            f"{len(points)} x {points.shape[1]} points; write the file again"
        )
    if not np.isfinite(points).all():
        block = int(np.argwhere(~np.isfinite(points))[0, 0])
        raise DatasetError(
            f"{path}: 'data' has a value that is not finite in block {block}; write the file again"
        )
    outside = labels[(labels < 0) | (labels >= len(CLASSES))]
    if outside.size:
        raise DatasetError(
            f"{path}: label {outside[0]} is outside the {len(CLASSES)} classes; "
            "write the file again"
        )


def _described(array: npt.NDArray[np.generic]) -> str:
    return f"{array.dtype.name} {' x '.join(map(str, array.shape)) or 'scalar'}"
