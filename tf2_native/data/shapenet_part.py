"""ShapeNet-part's layout: shapes of known category with a part for every point, in HDF5 files."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf2_native.data.clouds import Category, Clouds, Split
from tf2_native.data.hdf5 import (
    check_cloud_labels,
    check_point_labels,
    opened,
    read_points,
)
from tf2_native.data.listing import locate, read_json, read_lines
from tf2_native.errors import InputError

LIKE = "hdf5_data of ShapeNet parts"
CATEGORIES = "all_object_categories.txt"
PART_NAMES = "part_names.txt"
PARTS = "overallid_to_catid_partid.json"


@dataclass(frozen=True)
class PartFile:
    """One HDF5 file; a `StoredClouds`.

    Attributes:
        path: the file.
        num_points: points per cloud, the first of those stored.
        categories: in the order of their numbers; their parts are all there are.
        count: number of clouds.
    """

    path: Path
    num_points: int
    categories: tuple[Category, ...]
    count: int = 0

    def __len__(self) -> int:
        """Number of clouds."""
        return self.count

    def open(self) -> Clouds:
        """Reads and checks all its clouds.

        An epoch wants every one. Batch by batch, a packed chunk that spans many clouds, as HDF5
        makes them unless told otherwise, would be unpacked once for nearly each of them.

        Raises:
            InputError: the file will not do.
        """
        with opened(self.path, ("data", "label", "pid"), "ShapeNet part") as content:
            points = read_points(self.path, content["data"], self.num_points)
            labels, parts = content["label"][()], content["pid"][()]
            shape = content["data"].shape[:2]
        num_parts = sum(len(category.parts) for category in self.categories)
        check_cloud_labels(self.path, labels, len(points), len(self.categories), CATEGORIES)
        check_point_labels(self.path, "pid", parts, shape, num_parts, PARTS)
        self._check_owners(labels.reshape(-1), parts)
        return Clouds(
            points,
            parts[:, : self.num_points].astype(np.int32),
            labels.reshape(-1).astype(np.int32),
        )

    def _check_owners(self, labels: NDArray[Any], parts: NDArray[Any]) -> None:
        """Looks for parts of another category than their cloud's."""
        owner = {part: i for i, category in enumerate(self.categories) for part in category.parts}
        owners = np.array([owner[part] for part in range(len(owner))])
        strange = owners[parts] != labels[:, None]
        if strange.any():
            cloud, point = np.argwhere(strange)[0]
            part = parts[cloud, point]
            raise InputError(
                f"{self.path}: cloud {cloud} is a {self.categories[labels[cloud]].name} but has "
                f"part {part}, of {self.categories[owners[part]].name}; fetch it again"
            )


def read_split(folder: Path, split: str, num_points: int) -> Split:
    """The clouds of `train_hdf5_file_list.txt`, or that of `val` or `test`.

    Every file is read once, so that training does not stop in its third hour.

    Arguments:
        folder: holds the list files, the tables of categories and parts, and the HDF5 files.
        split: "train", "val" or "test".
        num_points: points per cloud.

    Raises:
        InputError: something in the folder is missing or unusable; the message names it.
    """
    categories = _categories(folder)
    class_names = _part_names(folder, categories)
    paths = _paths(folder, split)
    files, checksum = [], 0
    for path in paths:
        file = PartFile(path, num_points, categories)
        clouds = file.open()
        files.append(replace(file, count=len(clouds)))
        checksum = clouds.checksum(checksum)
    return Split(folder, class_names, files, categories, checksum=checksum)


def _paths(folder: Path, split: str) -> list[Path]:
    """The files of a list; of a test split without one, as it was published, those called so."""
    listing = folder / f"{split}_hdf5_file_list.txt"
    unlisted = sorted(folder.glob("ply_data_test*.h5"))
    if split == "test" and unlisted and not listing.exists():
        return unlisted
    return [locate(line, listing) for line in read_lines(listing, LIKE)]


def _categories(folder: Path) -> tuple[Category, ...]:
    """The categories in the order of their numbers, each with the parts it has."""
    listing = folder / CATEGORIES
    lines = [line.rsplit(maxsplit=1) for line in read_lines(listing, LIKE)]
    if any(len(line) != 2 for line in lines):
        raise InputError(f"{listing}: must hold a name and an identifier a line")
    identifiers = [identifier for _, identifier in lines]
    if twice := next((each for each in identifiers if identifiers.count(each) > 1), None):
        raise InputError(f"{listing}: has {twice} twice; each category must be there once")
    parts_of: dict[str, list[int]] = {identifier: [] for identifier in identifiers}
    for part, entry in enumerate(_entries(folder / PARTS)):
        if entry not in parts_of:
            raise InputError(f"{folder / PARTS}: part {part} is of {entry}, not in {CATEGORIES}")
        parts_of[entry].append(part)
    return tuple(Category(name, tuple(parts_of[identifier])) for name, identifier in lines)


def _entries(path: Path) -> list[str]:
    """The identifier of the category that each part belongs to."""
    table = read_json(path, LIKE)
    try:
        return [str(identifier) for identifier, _ in table]
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{path}: must be a list of a category's identifier and a number for each part"
        ) from error


def _part_names(folder: Path, categories: tuple[Category, ...]) -> tuple[str, ...]:
    """The lines of `part_names.txt`; without, as it was published, `<category> <n>`."""
    listing = folder / PART_NAMES
    count = sum(len(category.parts) for category in categories)
    if listing.exists():
        lines = read_lines(listing, LIKE)
        if len(lines) != count:
            raise InputError(f"{listing}: names {len(lines)} parts, {PARTS} has {count}")
        return lines
    names = {
        part: f"{category.name} {number}"
        for category in categories
        for number, part in enumerate(category.parts, 1)
    }
    return tuple(names[part] for part in sorted(names))
