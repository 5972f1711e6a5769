"""What a data set folder holds: clouds, points, and how evenly classes and parts are filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from harness.datasets import modelnet40, part_annotation, shapenet_part

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Summary:
    """The contents of a folder.

    Attributes:
        folder: where it lies.
        points: points of its smallest cloud.
        counts: by split, then by class name in the order of the labels, the clouds.
        parts: by split, then by `<class>/<part>`, the points; empty where no parts are named.
    """

    folder: Path
    points: int
    counts: Counts
    parts: Counts = field(default_factory=dict)

    def total(self, split: str) -> int:
        """Clouds in a split."""
        return sum(self.counts[split].values())

    def balance(self, split: str) -> float:
        """The smallest class over the largest: 1 is even, 0 leaves a class out."""
        counts = self.counts[split].values()
        return min(counts) / max(1, max(counts))

    def part_share(self, split: str, part: str) -> float:
        """The share of a part in the points of its class."""
        owner = part.partition("/")[0]
        points = self.parts[split]
        whole = sum(n for name, n in points.items() if name.partition("/")[0] == owner)
        return points[part] / max(1, whole)

    def __str__(self) -> str:
        """A table: a class a line, the totals and the balance; then a part a line."""
        splits = list(self.counts)
        rows = [
            (name, *(str(self.counts[split][name]) for split in splits))
            for name in self.counts[splits[0]]
        ]
        rows.append(("total", *(str(self.total(split)) for split in splits)))
        rows.append(("balance", *(f"{self.balance(split):.2f}" for split in splits)))
        lines = [f"{self.folder}: clouds of {self.points:,} points"]
        lines += _table(("class", *splits), rows)
        if self.parts:
            labelled = list(self.parts)
            shares = [
                (part, *(f"{self.part_share(split, part):.1%}" for split in labelled))
                for part in self.parts[labelled[0]]
            ]
            lines += _table(("part, of its class' points", *labelled), shares)
        return "\n".join(lines)


def _table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    width = max(len(row[0]) for row in (heading, *rows))
    return [
        f"  {name:<{width}}"
        + "".join(f"{cell:>{max(9, len(column) + 2)}}" for cell, column in cells)
        for name, *values in (heading, *rows)
        for cells in [zip(values, heading[1:], strict=True)]
    ]


def class_counts(folder: Path, split: str) -> dict[str, int]:
    """Clouds of each class in a split of a folder in ModelNet40's layout; a class may have none.

    Raises:
        DatasetError: the folder is not a sound data set.
    """
    return _count_modelnet40(folder, split)[0]


def summarise_modelnet40(folder: Path) -> Summary:
    """Reads and checks a whole folder in ModelNet40's layout, and counts it.

    Raises:
        DatasetError: the folder is not a sound data set.
    """
    counted = {split: _count_modelnet40(folder, split) for split in modelnet40.SPLITS}
    return Summary(
        folder=folder,
        points=min(points for _, points in counted.values()),
        counts={split: counts for split, (counts, _) in counted.items()},
    )


def summarise_shapenet_part(folder: Path) -> Summary:
    """Reads and checks a whole folder in ShapeNet part's layout, and counts it.

    Raises:
        DatasetError: the folder is not a sound data set.
    """
    taxonomy = shapenet_part.read_taxonomy(folder)
    parts = [
        f"{taxonomy.names[owner]}/{part}"
        for owner, part in zip(taxonomy.owners, taxonomy.part_names, strict=True)
    ]
    counts, part_counts, sizes = {}, {}, []
    for split in shapenet_part.SPLITS:
        clouds, points = np.zeros(len(taxonomy.names), int), np.zeros(len(parts), int)
        for shard in shapenet_part.read_split(folder, split):
            assert shard.clouds.parts is not None
            clouds += np.bincount(shard.clouds.labels, minlength=len(clouds))
            points += np.bincount(shard.clouds.parts.ravel(), minlength=len(points))
            sizes.append(shard.clouds.points.shape[1])
        counts[split] = dict(zip(taxonomy.names, clouds.tolist(), strict=True))
        part_counts[split] = dict(zip(parts, points.tolist(), strict=True))
    return Summary(folder, min(sizes), counts, part_counts)


def summarise_shapenet_annotation(folder: Path) -> Summary:
    """Reads and checks a whole folder in `PartAnnotation`'s layout, and counts it.

    Clouds below 1,024 points are not counted, as nobody reads them.

    Raises:
        DatasetError: the folder is not a sound data set.
    """
    counts: dict[str, dict[str, int]] = {"labelled": {}, "test": {}}
    parts: dict[str, int] = {}
    sizes = [0]
    for name, category in part_annotation.read_metadata(folder).items():
        points = np.zeros(len(category.class_names), int)
        found = {"labelled": 0, "test": 0}
        for cloud in part_annotation.read_category(folder, name):
            found["test" if cloud.labels is None else "labelled"] += 1
            sizes.append(len(cloud.points))
            if cloud.labels is not None:
                points += np.bincount(cloud.labels, minlength=len(points))
        for split, number in found.items():
            counts[split][name] = number
        for part, n in zip(category.class_names, points.tolist(), strict=True):
            parts[f"{name}/{part}"] = n
    return Summary(folder, min(sizes[1:], default=0), counts, {"labelled": parts})


def _count_modelnet40(folder: Path, split: str) -> tuple[dict[str, int], int]:
    """Clouds by class, and the points of the shortest cloud."""
    names = modelnet40.read_shape_names(folder)
    counts = np.zeros(len(names), dtype=int)
    points = []
    for shard in modelnet40.read_split(folder, split):
        counts += np.bincount(shard.labels, minlength=len(names))
        points.append(shard.data.shape[1])
    return dict(zip(names, counts.tolist(), strict=True)), min(points)
