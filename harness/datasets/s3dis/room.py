"""A room: coloured, labelled points, and the `.npy` file one is kept in."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError
from harness.datasets.s3dis.classes import CLASSES

AREAS = (1, 2, 3, 4, 5, 6)

# The folder that holds all the rooms, as published code calls it.
FOLDER = "stanford_indoor3d"

_NAME = re.compile(r"Area_([1-6])_(\w+)")


@dataclass(frozen=True)
class Room:
    """The points of one room.

    Attributes:
        name: `Area_<1..6>_<room>`, such as "Area_1_office_2".
        points: float32, n x 3; metres, z up, the minimum of each axis at zero.
        colours: uint8, n x 3; red, green, blue.
        labels: uint8, n; positions in `CLASSES`.
    """

    name: str
    points: npt.NDArray[np.float32]
    colours: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.points)


def area_of(name: str, where: str) -> int:
    """The area, 1 to 6, that a room's name begins with.

    Arguments:
        where: what to name in the message.

    Raises:
        DatasetError: the name is not `Area_<1..6>_<room>`.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise DatasetError(
            f"{where}: {name!r} is not a room's name; rooms are called Area_1_office_1 and so on"
        )
    return int(match[1])


def make_room(
    name: str, values: npt.NDArray[np.floating], labels: npt.NDArray[np.uint8], where: str
) -> Room:
    """A room from numbers as a file gives them, checked and moved to the origin.

    Arguments:
        values: n x 6: x, y, z in metres; red, green, blue, 0 to 255.
        labels: uint8, n.
        where: what to name in a message.

    Raises:
        DatasetError: no points, a value that is not finite, a colour or label out of range, or a
            name that is not a room's.
    """
    area_of(name, where)
    if not len(values):
        raise DatasetError(f"{where}: holds no points; remove it or write it again")
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0, 0])
        raise DatasetError(f"{where}: point {row} has a value that is not finite; remove the point")
    colours = values[:, 3:]
    if colours.min() < 0 or colours.max() > 255:
        row = int(np.argwhere((colours < 0) | (colours > 255))[0, 0])
        raise DatasetError(f"{where}: point {row} has a colour outside 0 .. 255; correct the file")
    if labels.max() >= len(CLASSES):
        raise DatasetError(
            f"{where}: label {labels.max()} is outside the {len(CLASSES)} classes; "
            "write the file again"
        )
    points = values[:, :3] - values[:, :3].min(axis=0)
    return Room(name, points.astype(np.float32), colours.astype(np.uint8), labels)


def write_room(folder: Path, room: Room) -> Path:
    """Writes `<folder>/<room's name>.npy`, whole or not at all: float32, n x 7, xyz rgb label.

    Published copies are float64; what is lost is below a micrometre.
    """
    path = folder / f"{room.name}.npy"
    partial = folder / f".{path.name}.partial-{os.getpid()}"
    columns = (room.points, room.colours, room.labels[:, None])
    try:
        with partial.open("wb") as file:
            np.save(file, np.concatenate(columns, axis=1, dtype=np.float32))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def read_room(path: Path) -> Room:
    """A room from `Area_*_<room>.npy`.

    Raises:
        DatasetError: the file is missing, damaged, not n x 7, or its values are not a room's.
    """
    try:
        array = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise DatasetError(f"{path}: no such file; convert the raw room again") from error
    except (OSError, ValueError, EOFError) as error:
        raise DatasetError(
            f"{path}: truncated or not a NumPy file; convert the raw room again"
        ) from error
    if array.ndim != 2 or array.shape[1] != 7 or not np.issubdtype(array.dtype, np.floating):
        shape = " x ".join(map(str, array.shape))
        raise DatasetError(
            f"{path}: is {array.dtype.name} {shape}, expected float n x 7 (x y z r g b label); "
            "convert the raw room again"
        )
    labels = array[:, 6]
    if len(labels) and not np.isin(labels, np.arange(len(CLASSES))).all():
        row = int(np.argmin(np.isin(labels, np.arange(len(CLASSES)))))
        raise DatasetError(
            f"{path}: point {row} has label {labels[row]:g}, which is none of the "
            f"{len(CLASSES)} classes; convert the raw room again"
        )
    return make_room(path.stem, array[:, :6], labels.astype(np.uint8), str(path))


def room_files(folder: Path) -> list[Path]:
    """The rooms' `.npy` files in a folder, by name.

    Raises:
        DatasetError: the folder is missing or holds none.
    """
    files = sorted(path for path in folder.glob("Area_*.npy") if path.is_file())
    if not files:
        raise DatasetError(f"{folder}: no rooms (Area_*_<room>.npy) there; give the right folder")
    return files
