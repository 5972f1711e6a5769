"""Batches from a folder in the format of ModelNet40, in the order in which TF1 trained on them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import h5py
import keras
import numpy as np
from numpy.typing import NDArray

from tf2_native.augmentation import augment
from tf2_native.errors import InputError

Batch = tuple[NDArray[np.float32], NDArray[np.int32]]

# Keras looks at no more than this many batches to learn their shapes, and wants them again later.
_LOOKED_AT = 2


class PointCloudFiles(keras.utils.PyDataset):
    """The clouds of `train_files.txt` or `test_files.txt` in batches, as the TF1 scripts made them.

    Each epoch goes through the files in a new order, and through the clouds of each in a new
    order, but never mixes two files. The batch that a file cannot fill is dropped. A cloud is its
    first `num_points` points. Without an `rng`, clouds come as they are stored.

    Batches are made in order, each once, with one file in memory at a time; so there are no
    workers, and an epoch's draws are exactly these, in this order: `rng.permutation(files)`; on
    opening a file `rng.permutation(clouds)`; for each of its batches those of `augment`. Within
    an epoch the next batch is served whatever index is asked for: `fit` shuffles indices unless
    told otherwise. Before an epoch it looks at the first batches, which are held, and served again.

    Every file is read once at construction, so that training does not stop in its third hour.

    Arguments:
        folder: holds the list files, `shape_names.txt` and the HDF5 files.
        split: which list.
        batch_size: clouds per batch.
        num_points: points per cloud.
        rng: shuffles and augments; None for neither.

    Raises:
        InputError: something in the folder is missing or unusable; the message names it.
    """

    def __init__(
        self,
        folder: str | Path,
        split: Literal["train", "test"] = "train",
        *,
        batch_size: int = 32,
        num_points: int = 1024,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.batch_size = batch_size
        self.num_points = num_points
        self.rng = rng
        self.class_names = _lines(self.folder / "shape_names.txt")
        listing = self.folder / f"{split}_files.txt"
        self.files = [_locate(line, listing) for line in _lines(listing)]
        self._length = sum(len(self._load(file)[1]) // batch_size for file in self.files)
        if not self._length:
            raise InputError(
                f"{listing}: no file holds a batch of {batch_size} clouds; lower the batch size"
            )
        self._in_epoch = False
        self._position = 0
        self._restart()

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        return self._length

    def __getitem__(self, index: int) -> Batch:
        """The next batch of the epoch under way; between epochs, a look at the one to come.

        Arguments:
            index: position in the epoch, which counts for a look alone.

        Returns:
            Points float32 B x num_points x 3, and labels int32 [B].
        """
        if not self._in_epoch:
            return self._look_at(index)
        position, self._position = self._position, self._position + 1
        if position < max(_LOOKED_AT, len(self._held)):
            return self._look_at(position)
        return next(self._stream)

    def __iter__(self) -> Iterator[Batch]:
        """One epoch."""
        self.on_epoch_begin()
        for index in range(len(self)):
            yield self[index]
        self.on_epoch_end()

    def on_epoch_begin(self) -> None:
        """Tells looks from an epoch."""
        self._rewind()
        self._in_epoch = True

    def on_epoch_end(self) -> None:
        """Makes the next epoch a new one, unless Keras has only looked."""
        self._rewind()
        self._in_epoch = False

    def _look_at(self, index: int) -> Batch:
        while len(self._held) <= index:
            self._held.append(next(self._stream))
        return self._held[index]

    def _rewind(self) -> None:
        """Goes back to the start of the epoch if its batches are at hand, else on to the next."""
        if self._position == len(self) or self._position > len(self._held):
            self._restart()
        self._position = 0

    def _restart(self) -> None:
        self._stream = self._epoch()
        self._held: list[Batch] = []

    def _epoch(self) -> Iterator[Batch]:
        for index in self._order(len(self.files)):
            points, labels = self._load(self.files[index])
            order = self._order(len(labels))
            for start in range(0, len(labels) - self.batch_size + 1, self.batch_size):
                chosen = order[start : start + self.batch_size]
                yield self._augmented(points[chosen]), labels[chosen]

    def _order(self, count: int) -> NDArray[Any]:
        return np.arange(count) if self.rng is None else self.rng.permutation(count)

    def _augmented(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        return points if self.rng is None else augment(points, self.rng)

    def _load(self, file: Path) -> Batch:
        """Reads and checks one file: points float32 n x num_points x 3, labels int32 [n]."""
        points, labels = _read(file)
        _check_points(file, points, self.num_points)
        _check_labels(file, labels, len(points), len(self.class_names))
        points = points[:, : self.num_points].astype(np.float32)
        if not np.isfinite(points).all():
            raise InputError(f"{file}: 'data' holds NaN or infinite coordinates; clean the file")
        return points, labels.reshape(-1).astype(np.int32)


def _lines(listing: Path) -> list[str]:
    try:
        lines = listing.read_text().split("\n")
    except OSError as error:
        raise InputError(
            f"{listing}: cannot be read ({error.strerror}); the folder must be one like "
            "modelnet40_ply_hdf5_2048"
        ) from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise InputError(f"{listing}: is empty; it must hold one name a line")
    return names


def _locate(line: str, listing: Path) -> Path:
    """The file meant by a line, which is written relative to the root of the TF1 repository.

    The list's own folder comes first, so that a copied folder never reads from the original.
    """
    for candidate in (listing.parent / Path(line).name, Path(line)):
        if candidate.is_file():
            return candidate
    raise InputError(
        f"{listing}: names {line}, which is neither there nor in {listing.parent}; "
        "copy the file or drop the line"
    )


def _read(file: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        with h5py.File(file) as content:
            for name in ("data", "label"):
                if not isinstance(content.get(name), h5py.Dataset):
                    raise InputError(f"{file}: has no dataset '{name}'; is it a ModelNet40 file?")
            return content["data"][()], content["label"][()]
    except OSError as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{file}: cannot be read ({reason}); fetch it again") from error


def _check_points(file: Path, points: NDArray[Any], num_points: int) -> None:
    if points.ndim != 3 or points.shape[2] != 3:
        raise InputError(f"{file}: 'data' has shape {points.shape}, expected (clouds, points, 3)")
    if not np.issubdtype(points.dtype, np.floating):
        raise InputError(f"{file}: 'data' is {points.dtype}, expected floating-point coordinates")
    if points.shape[1] < num_points:
        raise InputError(
            f"{file}: clouds have {points.shape[1]} points, {num_points} were asked for; "
            "lower the number of points"
        )


def _check_labels(file: Path, labels: NDArray[Any], clouds: int, classes: int) -> None:
    if labels.shape not in ((clouds,), (clouds, 1)):
        raise InputError(
            f"{file}: 'label' has shape {labels.shape}, expected ({clouds}, 1), one a cloud"
        )
    if not np.issubdtype(labels.dtype, np.integer):
        raise InputError(f"{file}: 'label' is {labels.dtype}, expected integers")
    if clouds and not 0 <= labels.min() <= labels.max() < classes:
        raise InputError(
            f"{file}: labels run from {labels.min()} to {labels.max()}, but shape_names.txt "
            f"names {classes} classes"
        )
