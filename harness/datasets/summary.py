"""What a data set folder holds: clouds, points, and how evenly the classes are filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.datasets.modelnet40 import SPLITS, read_shape_names, read_split


@dataclass(frozen=True)
class Summary:
    """The contents of a folder in ModelNet40's layout.

    Attributes:
        folder: where it lies.
        points: points a cloud.
        counts: by split, then by class name in the order of the labels, the clouds.
    """

    folder: Path
    points: int
    counts: Mapping[str, Mapping[str, int]]

    def total(self, split: str) -> int:
        """Clouds in a split."""
        return sum(self.counts[split].values())

    def balance(self, split: str) -> float:
        """The smallest class over the largest: 1 is even, 0 leaves a class out."""
        counts = self.counts[split].values()
        return min(counts) / max(counts)

    def __str__(self) -> str:
        """A table: a class a line, then the totals and the balance."""
        names = list(next(iter(self.counts.values())))
        width = max(len(name) for name in (*names, "balance"))
        rows = [(name, *(str(self.counts[split][name]) for split in self.counts)) for name in names]
        rows.append(("total", *(str(self.total(split)) for split in self.counts)))
        rows.append(("balance", *(f"{self.balance(split):.2f}" for split in self.counts)))
        lines = [f"{self.folder}: clouds of {self.points:,} points"]
        for name, *cells in [("class", *self.counts), *rows]:
            lines.append(f"  {name:<{width}}" + "".join(f"{cell:>9}" for cell in cells))
        return "\n".join(lines)


def class_counts(folder: Path, split: str) -> dict[str, int]:
    """Clouds of each class in a split, in the order of the labels; a class may have none.

    Raises:
        DatasetError: the folder is not a sound data set.
    """
    return _count(folder, split)[0]


def summary(folder: Path) -> Summary:
    """Reads and checks the whole folder, and counts it.

    Raises:
        DatasetError: the folder is not a sound data set.
    """
    counted = {split: _count(folder, split) for split in SPLITS}
    return Summary(
        folder=folder,
        points=min(points for _, points in counted.values()),
        counts={split: counts for split, (counts, _) in counted.items()},
    )


def _count(folder: Path, split: str) -> tuple[dict[str, int], int]:
    """Clouds by class, and the points of the shortest cloud."""
    names = read_shape_names(folder)
    counts = np.zeros(len(names), dtype=int)
    points = []
    for shard in read_split(folder, split):
        counts += np.bincount(shard.labels, minlength=len(names))
        points.append(shard.data.shape[1])
    return dict(zip(names, counts.tolist(), strict=True)), min(points)
