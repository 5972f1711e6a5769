"""What a folder of blocks holds, area by area: rooms, blocks, and how the classes share them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.s3dis.block_files import FOLDER, read_blocks
from harness.datasets.s3dis.classes import CLASSES
from harness.datasets.s3dis.room import area_of


@dataclass(frozen=True)
class SceneSummary:
    """The contents of a folder of blocks.

    Attributes:
        folder: where it lies.
        points: points a block.
        rooms: by area, its rooms.
        blocks: by area, its blocks.
        counts: by area, points of each class in its blocks; int64, 13.
    """

    folder: Path
    points: int
    rooms: Mapping[int, int]
    blocks: Mapping[int, int]
    counts: Mapping[int, npt.NDArray[np.int64]]

    def share(self, area: int) -> npt.NDArray[np.float64]:
        """Each class's part of an area's points."""
        return self.counts[area] / self.counts[area].sum()

    def __str__(self) -> str:
        """A table: a class a line, its part of the points in percent, then rooms and blocks."""
        areas = sorted(self.blocks)
        rows = [("", *(f"Area_{area}" for area in areas))]
        for label, name in enumerate(CLASSES):
            rows.append((name, *(f"{self.share(area)[label]:.1%}" for area in areas)))
        rows.append(("rooms", *(str(self.rooms[area]) for area in areas)))
        rows.append(("blocks", *(f"{self.blocks[area]:,}" for area in areas)))
        width = max(len(row[0]) for row in rows)
        lines = [
            f"{self.folder}: {sum(self.blocks.values()):,} blocks of {self.points:,} points, "
            f"from {sum(self.rooms.values())} rooms"
        ]
        for name, *cells in rows:
            lines.append(f"  {name:<{width}}" + "".join(f"{cell:>9}" for cell in cells))
        return "\n".join(lines)


def summary(folder: Path) -> SceneSummary:
    """Reads and checks all the blocks below a folder that a data set was built in.

    Arguments:
        folder: one that holds `indoor3d_sem_seg_hdf5_data/`, or that folder itself.

    Raises:
        DatasetError: the blocks are not sound.
    """
    blocks_folder = folder / FOLDER if (folder / FOLDER).is_dir() else folder
    rooms: dict[int, set[str]] = {}
    blocks: dict[int, int] = {}
    counts: dict[int, npt.NDArray[np.int64]] = {}
    points = 0
    for shard in read_blocks(blocks_folder):
        points = shard.points.shape[1]
        areas = np.array([area_of(room, str(shard.path)) for room in shard.rooms])
        for area in np.unique(areas).tolist():
            of_area = areas == area
            rooms.setdefault(area, set()).update(np.array(shard.rooms)[of_area].tolist())
            blocks[area] = blocks.get(area, 0) + int(of_area.sum())
            found = np.bincount(shard.labels[of_area].ravel(), minlength=len(CLASSES))
            counts[area] = counts.get(area, np.zeros(len(CLASSES), np.int64)) + found
    return SceneSummary(
        folder, points, {area: len(names) for area, names in rooms.items()}, blocks, counts
    )
