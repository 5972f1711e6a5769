"""The raw layout of S3DIS v1.2: `Area_*/<room>/Annotations/<class>_<n>.txt`, x y z r g b a line."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError
from harness.datasets.s3dis.classes import CLASSES, label_of
from harness.datasets.s3dis.decimals import format_rows
from harness.datasets.s3dis.room import Room, make_room

# The folder of the published archive.
FOLDER = "Stanford3dDataset_v1.2_Aligned_Version"

# The one room whose published text is known to be flawed, and by one character; see `_mend`.
FLAWED_ROOM = ("Area_5", "hallway_6")

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

_log = logging.getLogger(__name__)


def room_folders(raw: Path) -> list[Path]:
    """The rooms of a raw copy: every folder in an area's, by name.

    Raises:
        DatasetError: there is no such folder, or no room in it.
    """
    if not raw.is_dir():
        raise DatasetError(f"{raw}: no such folder; give the folder that holds Area_1 .. Area_6")
    folders = sorted(
        room
        for area in raw.glob("Area_[1-6]")
        for room in area.iterdir()
        if room.is_dir() and not room.name.startswith(".")
    )
    if not folders:
        raise DatasetError(f"{raw}: no rooms there; give the folder that holds Area_1 .. Area_6")
    return folders


def annotation_files(room: Path) -> list[Path]:
    """The files of a room's objects, by name; published copies hold strays that are not `.txt`.

    Raises:
        DatasetError: there are none.
    """
    files = sorted((room / "Annotations").glob("[!.]*.txt"))
    if not files:
        raise DatasetError(f"{room}: no Annotations/<class>_<n>.txt there; unpack the room again")
    return files


def room_name(room: Path) -> str:
    """`Area_1_office_2` for the folder `.../Area_1/office_2`."""
    return f"{room.parent.name}_{room.name}"


def read_raw_room(room: Path) -> Room:
    """All the objects of a room, joined, moved to the origin.

    The published `Area_5/hallway_6` has one stray character. There, and nowhere else, one line a
    file is read without it, and a warning is logged that names the file, the line and the reading.

    Arguments:
        room: the folder `Area_*/<room>`.

    Raises:
        DatasetError: a missing or empty folder; a line that is not six numbers, with its file
            and number; a colour outside 0 .. 255.
    """
    may_mend = (room.parent.name, room.name) == FLAWED_ROOM
    pieces, labels = [], []
    for path in annotation_files(room):
        pieces.append(_read_annotation(path, may_mend))
        labels.append(np.full(len(pieces[-1]), label_of(path.stem.split("_")[0]), np.uint8))
    return make_room(room_name(room), np.concatenate(pieces), np.concatenate(labels), str(room))


def write_raw_room(
    room: Path, objects: Sequence[tuple[int, npt.NDArray[np.floating], npt.NDArray[np.uint8]]]
) -> None:
    """Writes one room; objects of a class are numbered in their order, from 1.

    Arguments:
        room: the folder to make, `Area_*/<room>`.
        objects: label, points (n x 3, metres, written to the millimetre) and colours (n x 3) of
            each.
    """
    annotations = room / "Annotations"
    annotations.mkdir(parents=True)
    counts = [0] * len(CLASSES)
    for label, points, colours in objects:
        counts[label] += 1
        path = annotations / f"{CLASSES[label]}_{counts[label]}.txt"
        path.write_bytes(format_rows(points, colours))


def _read_annotation(path: Path, may_mend: bool) -> npt.NDArray[np.float64]:
    """The n x 6 numbers of one object."""
    try:
        with path.open(encoding="latin-1") as file:
            values = _parse(file)
    except ValueError:
        values = _parse(_readable_lines(path, may_mend))
    if not len(values):
        raise DatasetError(f"{path}: holds no points; remove it or unpack it again")
    return values


def _parse(lines: Iterable[str]) -> npt.NDArray[np.float64]:
    """Numbers from lines of six; ValueError for anything else."""
    with warnings.catch_warnings():
        # Emptiness is refused by the caller, with the file's name.
        warnings.filterwarnings("ignore", message=".*input contained no data")
        values = np.loadtxt(lines, dtype=np.float64, comments=None, ndmin=2)
    if not values.size:
        return np.empty((0, 6))
    if values.shape[1] != 6 or not np.isfinite(values).all():
        raise ValueError("not six finite numbers a line")
    return values


def _readable_lines(path: Path, may_mend: bool) -> list[str]:
    """The lines of a file that could not be parsed, the one flawed line mended if it may be.

    Raises:
        DatasetError: a line that is not six numbers and may not be mended.
    """
    # Only a line feed ends a line: a stray control character must not be taken for one.
    lines = path.read_bytes().decode("latin-1").split("\n")
    for number, line in enumerate(lines, start=1):
        sound = _six_numbers(line) if line.strip() else ""
        if sound is None and may_mend:
            sound = _mend(line)
            may_mend = False
            if sound is not None:
                _log.warning(
                    "%s: line %d has a stray character, as published in v1.2; read %r as %r",
                    path,
                    number,
                    line.rstrip(),
                    sound,
                )
        if sound is None:
            raise DatasetError(
                f"{path}: line {number} is {line.rstrip()!r}, not six numbers (x y z r g b); "
                "correct the line or unpack the file again"
            )
        lines[number - 1] = sound
    return lines


def _mend(line: str) -> str | None:
    """A line without its one stray character; None if that does not leave six numbers.

    The character either stands beside the digits, and is dropped, or in the place of a blank; the
    count of the numbers tells which, as only one of the two leaves six.
    """
    strays = [i for i, c in enumerate(line) if c not in "0123456789+-.eE \t\r"]
    if len(strays) != 1:
        return None
    (place,) = strays
    readings = [line[:place] + instead + line[place + 1 :] for instead in ("", " ")]
    sound = [numbers for numbers in map(_six_numbers, readings) if numbers is not None]
    return sound[0] if sound else None


def _six_numbers(line: str) -> str | None:
    """The numbers of a line with one blank between them; None if they are not six."""
    fields = line.split()
    if len(fields) != 6 or not all(_NUMBER.fullmatch(field) for field in fields):
        return None
    return " ".join(fields) if np.isfinite([float(field) for field in fields]).all() else None
