"""S3DIS as blocks of rooms, with a class for every point, in the published layout of HDF5 files."""

import re
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from tf2_native.data.clouds import Clouds, Split, checksum
from tf2_native.data.hdf5 import check_finite, check_point_labels, check_points, opened
from tf2_native.data.listing import locate, read_lines
from tf2_native.errors import InputError

LIKE = "indoor3d_sem_seg_hdf5_data"
CLASS_NAMES = (
    "ceiling",
    "floor",
    "wall",
    "beam",
    "column",
    "window",
    "door",
    "table",
    "chair",
    "sofa",
    "bookcase",
    "board",
    "clutter",
)
CHANNELS = 9
_ROOM = re.compile(r"Area_[1-6]_\w+")


@dataclass(frozen=True)
class RoomBlocks:
    """The blocks of some rooms, from all files, shuffled as one; a `StoredClouds`.

    The files appear as one virtual dataset, of which a batch's blocks are read when they are due:
    the whole set is several gigabytes.

    Attributes:
        paths: the files, in order.
        sizes: blocks in each.
        stored_points: points per block in the files.
        num_points: points per block wanted, the first of those stored.
        rows: which blocks.
    """

    paths: tuple[Path, ...]
    sizes: tuple[int, ...]
    stored_points: int
    num_points: int
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of blocks."""
        return len(self.rows)

    def open(self) -> "RoomBlocks.Opened":
        """The blocks, to be read by index."""
        return RoomBlocks.Opened(self)

    class Opened:
        """The virtual datasets; a `Rows`."""

        def __init__(self, stored: "RoomBlocks") -> None:
            self._stored = stored
            # HDF5 knows files in memory by their names, and opens none twice.
            name = f"blocks {id(self)}"
            with h5py.File(name, "w", driver="core", backing_store=False) as file:
                # What a file lacks that has since gone: NaN, which is found, and not zero.
                self._join(file, "data", (CHANNELS,), np.dtype(np.float32), np.nan)
                self._join(file, "label", (), np.dtype(np.int32), 0)
                file.flush()
                image = file.id.get_file_image()
            # Only to be read: the files behind are opened as this one is, and one that is open for
            # writing is locked, so that no other process can read it.
            self._file = h5py.File(h5py.h5f.open_file_image(image))
            self._points, self._labels = self._file["data"], self._file["label"]

        def __getitem__(self, rows: NDArray[np.integer]) -> Clouds:
            """Reads some blocks.

            Raises:
                InputError: they cannot be read, or hold something that is no number.
            """
            folder = self._stored.paths[0].parent
            order = np.argsort(rows)
            chosen = self._stored.rows[rows[order]]  # HDF5 wants increasing indices.
            back = np.argsort(order)
            try:
                points, labels = self._points[chosen][back], self._labels[chosen][back]
            except OSError as error:
                raise InputError(f"{folder}: cannot be read ({error}); fetch it again") from error
            check_finite(folder, points)
            count = self._stored.num_points
            return Clouds(points[:, :count], labels[:, :count])

        def _join(
            self, file: h5py.File, name: str, rest: tuple[int, ...], dtype: np.dtype, missing: float
        ) -> None:
            stored = self._stored
            points = stored.stored_points
            layout = h5py.VirtualLayout((sum(stored.sizes), points, *rest), dtype)
            start = 0
            for path, size in zip(stored.paths, stored.sizes, strict=True):
                shape = (size, points, *rest)
                source = h5py.VirtualSource(str(path.resolve()), name, shape)
                layout[start : start + size] = source
                start += size
            file.create_virtual_dataset(name, layout, fillvalue=missing)


def read_split(folder: Path, split: str, num_points: int, test_area: int = 6) -> Split:
    """The blocks of the rooms in one area, or of those in all the others.

    Arguments:
        folder: holds `all_files.txt`, `room_filelist.txt` and the HDF5 files.
        split: "test" for the rooms of the test area, "train" for the others.
        num_points: points per block.
        test_area: 1 to 6.

    Raises:
        InputError: something in the folder is missing or unusable; the message names it.
    """
    listing, room_list = folder / "all_files.txt", folder / "room_filelist.txt"
    paths = tuple(locate(line, listing) for line in read_lines(listing, LIKE))
    rooms = np.array(read_lines(room_list, LIKE))
    if strange := next((room for room in rooms.tolist() if not _ROOM.fullmatch(room)), None):
        raise InputError(
            f"{room_list}: {strange!r} is not a room's name; rooms are called Area_1_office_1 and "
            "so on, in areas 1 to 6"
        )
    looked_at = [_look_at(path, num_points) for path in paths]
    sizes = tuple(file.blocks for file in looked_at)
    if sum(sizes) != len(rooms):
        raise InputError(
            f"{room_list}: has {len(rooms)} lines for {sum(sizes)} blocks; it must have one a block"
        )
    if len({file.points for file in looked_at}) > 1:
        raise InputError(f"{listing}: names files whose blocks differ in number of points")
    area = f"Area_{test_area}_"
    rows = np.flatnonzero(np.char.startswith(rooms, area) == (split == "test"))
    if not len(rows):
        missing = "" if split == "test" else " another than"
        raise InputError(f"{room_list}: names no room of{missing} {area[:-1]}; see --test-area")
    blocks = RoomBlocks(paths, sizes, looked_at[0].points, num_points, rows)
    known = checksum(0, rooms, np.array([file.checksum for file in looked_at]))
    return Split(folder, CLASS_NAMES, [blocks], rooms=tuple(rooms[rows].tolist()), checksum=known)


@dataclass(frozen=True)
class _LookedAt:
    """What is known of a file before its points are due: blocks, points a block, a checksum."""

    blocks: int
    points: int
    checksum: int


def _look_at(path: Path, num_points: int) -> _LookedAt:
    """Checks the shapes and the labels of a file; its points only when they are due."""
    with opened(path, ("data", "label"), "S3DIS block") as content:
        points, labels = content["data"], content["label"]
        check_points(path, points, num_points, CHANNELS)
        classes, shape = labels[()], points.shape[:2]
        check_point_labels(path, "label", classes, shape, len(CLASS_NAMES), "S3DIS")
        return _LookedAt(shape[0], shape[1], checksum(0, classes, points[:1]))
