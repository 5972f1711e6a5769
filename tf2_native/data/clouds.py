"""What every format comes down to: clouds with labels, in files that are opened one at a time."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Clouds:
    """Some clouds of equally many points.

    Attributes:
        points: float32, n x N x C.
        labels: int32; [n] for a label a cloud, n x N for one a point.
        category: int32 [n], the shape's category where labels are those of its parts.
    """

    points: NDArray[np.float32]
    labels: NDArray[np.int32]
    category: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        """Number of clouds."""
        return len(self.points)

    def __getitem__(self, rows: NDArray[np.integer]) -> "Clouds":
        """The clouds of these indices, in their order."""
        category = None if self.category is None else self.category[rows]
        return Clouds(self.points[rows], self.labels[rows], category)

    def checksum(self, before: int = 0) -> int:
        """A checksum of all there is, gone on with from one of other clouds."""
        known = (self.points, self.labels, self.category)
        return checksum(before, *(array for array in known if array is not None))

    def moved(self, points: NDArray[np.float32]) -> "Clouds":
        """The same clouds with other coordinates."""
        return replace(self, points=points)


def checksum(before: int, *arrays: NDArray[Any]) -> int:
    """A checksum of arrays, gone on with from one of others."""
    for array in arrays:
        before = zlib.crc32(np.ascontiguousarray(array).data, before)
    return before


class Rows(Protocol):
    """Clouds that can be asked for by index, in memory or not."""

    def __getitem__(self, rows: NDArray[np.integer]) -> Clouds:
        """The clouds of these indices, in their order."""


class StoredClouds(Protocol):
    """A file, or several that are shuffled as one."""

    def __len__(self) -> int:
        """Number of clouds, known without opening."""

    def open(self) -> Rows:
        """Its clouds."""


@dataclass(frozen=True)
class Category:
    """A category of shapes.

    Attributes:
        name: what people call it.
        parts: the labels that its points can have.
    """

    name: str
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """One part of a data set: for training, or for judging what was trained.

    Attributes:
        folder: where it is.
        class_names: one a label.
        files: what is stored there; opened one at a time, and never mixed by shuffling.
        categories: of the shapes, in the order of their numbers; none where labels are of clouds.
        rooms: the room of each cloud, where clouds are blocks of rooms.
        checksum: of what was read to make sure that the files will do.
    """

    folder: Path
    class_names: tuple[str, ...]
    files: Sequence[StoredClouds]
    categories: tuple[Category, ...] = ()
    rooms: tuple[str, ...] = ()
    checksum: int = 0

    def __len__(self) -> int:
        """Number of clouds in all files."""
        return sum(map(len, self.files))

    def identity(self) -> dict[str, Any]:
        """What it holds, as far as that is cheap to know; not where. JSON has words for it."""
        return {
            "classes": list(self.class_names),
            "files": len(self.files),
            "clouds": len(self),
            "checksum": self.checksum,
        }


@dataclass(frozen=True)
class InMemory:
    """Clouds that are small enough to be held; a `StoredClouds`."""

    clouds: Clouds

    def __len__(self) -> int:
        """Number of clouds."""
        return len(self.clouds)

    def open(self) -> Clouds:
        """The clouds."""
        return self.clouds


Batch = tuple[Any, Any]
