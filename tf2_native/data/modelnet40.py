"""ModelNet40's layout: whole shapes, each with a class, in HDF5 files named by two lists."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tf2_native.augmentation import augment
from tf2_native.data.batches import Batches
from tf2_native.data.clouds import Clouds, Split
from tf2_native.data.hdf5 import check_cloud_labels, opened, read_points
from tf2_native.data.listing import locate, read_lines

LIKE = "modelnet40_ply_hdf5_2048"
NAMES = "shape_names.txt"


@dataclass(frozen=True)
class ShapeFile:
    """One HDF5 file; a `StoredClouds`.

    Attributes:
        path: the file.
        num_points: points per cloud, the first of those stored.
        num_classes: how many classes its labels may tell apart.
        count: number of clouds.
    """

    path: Path
    num_points: int
    num_classes: int
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
        with opened(self.path, ("data", "label"), "ModelNet40") as content:
            points = read_points(self.path, content["data"], self.num_points)
            labels = content["label"][()]
        check_cloud_labels(self.path, labels, len(points), self.num_classes, NAMES)
        return Clouds(points, labels.reshape(-1).astype(np.int32))


def read_split(folder: Path, split: str, num_points: int) -> Split:
    """The clouds of `train_files.txt` or `test_files.txt`.

    Every file is read once, so that training does not stop in its third hour.

    Arguments:
        folder: holds the list files, `shape_names.txt` and the HDF5 files.
        split: "train" or "test".
        num_points: points per cloud.

    Raises:
        InputError: something in the folder is missing or unusable; the message names it.
    """
    class_names = read_lines(folder / NAMES, LIKE)
    listing = folder / f"{split}_files.txt"
    paths = [locate(line, listing) for line in read_lines(listing, LIKE)]
    files, checksum = [], 0
    for path in paths:
        file = ShapeFile(path, num_points, len(class_names))
        clouds = file.open()
        files.append(replace(file, count=len(clouds)))
        checksum = clouds.checksum(checksum)
    return Split(folder, class_names, files, checksum=checksum)


class PointCloudFiles(Batches):
    """The clouds of `train_files.txt` or `test_files.txt` in batches, as the TF1 scripts made them.

    Each epoch goes through the files in a new order, and through the clouds of each in a new
    order, but never mixes two files. The batch that a file cannot fill is dropped. A cloud is its
    first `num_points` points. Without an `rng`, clouds come as they are stored.

    Arguments:
        folder: holds the list files, `shape_names.txt` and the HDF5 files.
        split: which list, "train" or "test".
        batch_size: clouds per batch.
        num_points: points per cloud.
        rng: shuffles and augments; None for neither.

    Raises:
        InputError: something in the folder is missing or unusable; the message names it.
    """

    def __init__(
        self,
        folder: str | Path,
        split: str = "train",
        *,
        batch_size: int = 32,
        num_points: int = 1024,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(
            read_split(Path(folder), split, num_points),
            batch_size=batch_size,
            form=lambda clouds: (clouds.points, clouds.labels),
            rng=rng,
            augmentation=augment,
        )
