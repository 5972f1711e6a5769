"""Writes generated rooms to disk: raw as S3DIS is, then as rooms, then as blocks."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from harness.datasets.errors import DatasetError
from harness.datasets.folders import check_free, written_whole
from harness.datasets.progress import progress
from harness.datasets.rooms.plans import PLANS, furnish
from harness.datasets.rooms.scan import scan
from harness.datasets.s3dis import block_files, convert, raw
from harness.datasets.s3dis import room as npy
from harness.datasets.s3dis.classes import label_of
from harness.datasets.s3dis.room import AREAS

REQUEST = "rooms.json"


@dataclass(frozen=True)
class Size:
    """How much is generated.

    Attributes:
        rooms: by kind, how many an area.
        density: points a square metre of surface.
    """

    rooms: Mapping[str, int]
    density: float


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        # 12 rooms of 25,000 points: all the 13 classes in every area, in seconds.
        "tiny": Size({"office": 1, "lounge": 1}, 120),
        # 30 rooms of 200,000 points.
        "small": Size(dict.fromkeys(PLANS, 1), 1000),
        # 60 rooms of a million points, as real ones have.
        "large": Size(dict.fromkeys(PLANS, 2), 5000),
    }
)


def build(out: Path, size: str = "small", seed: int = 0, density: float | None = None) -> None:
    """Generates six areas of rooms and converts them, all below `out`.

    `out` receives `Stanford3dDataset_v1.2_Aligned_Version/`, `stanford_indoor3d/` and
    `indoor3d_sem_seg_hdf5_data/`. If it is interrupted, the same call goes on.

    Arguments:
        size: one of `SIZES`.
        seed: with a room's name, decides that room entirely, whatever other rooms there are.
        density: points a square metre, in place of the size's.

    Raises:
        DatasetError: an unknown size, a density that is not positive, or `out` holds something
            else than the beginning of the same build.
    """
    if size not in SIZES:
        raise DatasetError(f"rooms: no size {size!r}; one of {', '.join(SIZES)}")
    density = SIZES[size].density if density is None else density
    if not density > 0 or seed < 0:
        raise DatasetError(f"rooms: density {density:g}, seed {seed}; give one above 0, one from 0")
    _claim(out, {"size": size, "seed": seed, "density": density})
    scans = out / raw.FOLDER
    places = [
        (kind, scans / f"Area_{area}" / f"{kind}_{number + 1}")
        for area in AREAS
        for kind, count in SIZES[size].rooms.items()
        for number in range(count)
    ]
    with progress(len(places)) as advance:
        for kind, place in places:
            if not place.exists():
                write(place, kind, density, seed)
            advance(f"{raw.room_name(place)}: generated", 1)
    convert.rooms_from_raw(scans, out / npy.FOLDER)
    convert.blocks_from_rooms(out / npy.FOLDER, out / block_files.FOLDER)


def write(place: Path, kind: str, density: float, seed: int) -> None:
    """Generates one room and writes it raw, whole or not at all.

    Arguments:
        place: the folder to make, `Area_*/<room>`.
        kind: one of `PLANS`.
    """
    random = np.random.default_rng([seed, zlib.crc32(raw.room_name(place).encode())])
    # Raw rooms lie where they are in the building.
    offset = random.uniform(-30, 30, 3) * [1, 1, 0.1]
    objects = []
    for thing in furnish(kind, random):
        points, colours = scan(thing, density, random)
        objects.append((label_of(thing.category), points + offset, colours))
    with written_whole(place) as partial:
        raw.write_raw_room(partial, objects)


def _claim(out: Path, request: dict[str, object]) -> None:
    """Takes a free folder, or one where the same build was interrupted."""
    note = out / REQUEST
    if (out / block_files.FOLDER).exists() or not _holds(note, request):
        check_free(out)
        out.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(request) + "\n")


def _holds(note: Path, request: dict[str, object]) -> bool:
    try:
        return bool(json.loads(note.read_text()) == request)
    except (OSError, ValueError, RecursionError):
        return False
