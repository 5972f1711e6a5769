"""From raw annotations to rooms, and from rooms to blocks: a room at a time in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError
from harness.datasets.folders import check_free
from harness.datasets.progress import progress
from harness.datasets.s3dis import block_files, raw
from harness.datasets.s3dis import room as rooms
from harness.datasets.s3dis.blocks import NUM_POINTS, TRAINING_STRIDE, cut

FORM = "http://buildingparser.stanford.edu/dataset.html"


def rooms_from_raw(source: Path, out: Path) -> None:
    """Converts every room of a raw copy to `<out>/Area_*_<room>.npy`.

    May be interrupted: the next call goes on with the first room that is not there yet, or is
    older than its annotations.

    Raises:
        DatasetError: as `read_raw_room`; the rooms before it are kept.
    """
    folders = raw.room_folders(source)
    out.mkdir(parents=True, exist_ok=True)
    with progress(len(folders)) as advance:
        for folder in folders:
            if not _is_current(out / f"{raw.room_name(folder)}.npy", folder):
                rooms.write_room(out, raw.read_raw_room(folder))
            advance(f"{raw.room_name(folder)}: raw to room", 1)


def blocks_from_rooms(
    source: Path,
    out: Path,
    stride: float = TRAINING_STRIDE,
    num_points: int = NUM_POINTS,
    seed: int = 0,
) -> None:
    """Cuts every room in a folder of `.npy` files and writes the blocks to `out`.

    Raises:
        DatasetError: as `read_room`, `cut` and `write_blocks`; nothing is written then.
    """
    block_files.write_blocks(out, _cut_all(rooms.room_files(source), stride, num_points, seed))


def adopt(out: Path, source: Path | None = None) -> None:
    """Converts a local copy of S3DIS, whatever its stage, to blocks.

    `out` receives `stanford_indoor3d/` and `indoor3d_sem_seg_hdf5_data/`; of a copy that is rooms
    or blocks already, only the latter. Converting a raw copy may be interrupted and taken up.

    Arguments:
        source: a folder with `Area_1` to `Area_6`, one of `Area_*_<room>.npy` files, or one of
            blocks with its `all_files.txt`.

    Raises:
        DatasetError: no `source` is given, it is none of these, or it is not sound.
    """
    if source is None:
        raise DatasetError(
            f"s3dis: the raw data is to be had for a form, at {FORM}, so nothing is fetched; give "
            "a copy as source, raw or as published blocks (data fetch s3dis_blocks), or build rooms"
        )
    blocks = out / block_files.FOLDER
    check_free(blocks)
    if (source / block_files.FILES_LIST).is_file():
        block_files.write_blocks(blocks, _stored(source))
    elif any(source.glob("Area_*.npy")):
        blocks_from_rooms(source, blocks)
    else:
        rooms_from_raw(source, out / rooms.FOLDER)
        blocks_from_rooms(out / rooms.FOLDER, blocks)


def _is_current(path: Path, folder: Path) -> bool:
    """Whether a converted room is there and none of its annotations has changed since."""
    if not path.is_file():
        return False
    return path.stat().st_mtime >= max(f.stat().st_mtime for f in raw.annotation_files(folder))


Piece = tuple[str, npt.NDArray[np.float32], npt.NDArray[np.uint8]]


def _cut_all(files: list[Path], stride: float, num_points: int, seed: int) -> Iterator[Piece]:
    with progress(len(files)) as advance:
        for path in files:
            room = rooms.read_room(path)
            for blocks in cut(room, stride, num_points, seed):
                yield room.name, blocks.points, blocks.labels
            advance(f"{room.name}: room to blocks", 1)


def _stored(source: Path) -> Iterator[Piece]:
    """Blocks as they are stored, in runs of one room."""
    with progress(None) as advance:
        for shard in block_files.read_blocks(source):
            names = np.array(shard.rooms)
            borders = np.flatnonzero(names[1:] != names[:-1]) + 1
            for run in np.split(np.arange(len(names)), borders):
                labels = shard.labels[run].astype(np.uint8)
                yield shard.rooms[run[0]], shard.points[run], labels
            advance(f"{shard.path.name} checked", 1)
