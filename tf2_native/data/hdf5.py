"""HDF5 files of clouds: what is read from them, and what is said about those that will not do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from tf2_native.errors import InputError


@contextmanager
def opened(file: Path, names: tuple[str, ...], kind: str) -> Iterator[h5py.File]:
    """Opens a file that has to hold some datasets.

    Arguments:
        file: what to open.
        names: of the datasets.
        kind: what the file should be one of, for the message.

    Raises:
        InputError: it cannot be read, then or later, or lacks one of them.
    """
    try:
        with h5py.File(file) as content:
            for name in names:
                dataset = content.get(name)
                # An empty dataspace has no shape either.
                if not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
                    raise InputError(f"{file}: has no dataset '{name}'; is it a {kind} file?")
            yield content
    except OSError as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{file}: cannot be read ({reason}); fetch it again") from error


def check_points(file: Path, points: h5py.Dataset, num_points: int, channels: int = 3) -> None:
    """Looks at shape and type.

    Arguments:
        file: where the points are from.
        points: the dataset.
        num_points: how many of each cloud are wanted.
        channels: numbers a point.

    Raises:
        InputError: they are not clouds x points x channels, not floating, or too few.
    """
    if points.ndim != 3 or points.shape[2] != channels:
        meant = "(clouds, points, 3)" if channels == 3 else f"(blocks, points, {channels})"
        raise InputError(f"{file}: 'data' has shape {points.shape}, expected {meant}")
    if not np.issubdtype(points.dtype, np.floating):
        raise InputError(f"{file}: 'data' is {points.dtype}, expected floating-point coordinates")
    if points.shape[1] < num_points:
        raise InputError(
            f"{file}: clouds have {points.shape[1]} points, {num_points} were asked for; "
            "lower the number of points"
        )


def read_points(file: Path, dataset: h5py.Dataset, num_points: int) -> NDArray[np.float32]:
    """The first points of each cloud; no more is unpacked.

    Arguments:
        file: where they are.
        dataset: clouds x points x 3.
        num_points: how many of each cloud are wanted.

    Raises:
        InputError: they are no such points, or some are NaN or infinite.
    """
    check_points(file, dataset, num_points)
    points: NDArray[np.float32] = dataset[:, :num_points].astype(np.float32, copy=False)
    check_finite(file, points)
    return points


def check_finite(file: Path, points: NDArray[Any]) -> None:
    """Looks for coordinates that are none.

    Raises:
        InputError: some are NaN or infinite.
    """
    if not np.isfinite(points).all():
        raise InputError(f"{file}: 'data' holds NaN or infinite coordinates; clean the file")


def check_cloud_labels(
    file: Path, labels: NDArray[Any], clouds: int, classes: int, named_by: str
) -> None:
    """Looks at labels of clouds.

    Arguments:
        file: where the labels are from.
        labels: [clouds] or clouds x 1.
        clouds: how many there are.
        classes: how many the labels may tell apart.
        named_by: the file that names the classes.

    Raises:
        InputError: they have another shape, are no integers, or out of range.
    """
    if labels.shape not in ((clouds,), (clouds, 1)):
        raise InputError(
            f"{file}: 'label' has shape {labels.shape}, expected ({clouds}, 1), one a cloud"
        )
    check_range(file, "label", labels, classes, named_by)


def check_point_labels(
    file: Path, name: str, labels: NDArray[Any], shape: tuple[int, int], classes: int, named_by: str
) -> None:
    """Looks at labels of points.

    Arguments:
        file: where the labels are from.
        name: of the dataset.
        labels: clouds x points.
        shape: the expected one.
        classes: how many the labels may tell apart.
        named_by: the file that names the classes.

    Raises:
        InputError: they have another shape, are no integers, or out of range.
    """
    if labels.shape != shape:
        raise InputError(
            f"{file}: '{name}' has shape {labels.shape}, expected {shape}, one a point"
        )
    check_range(file, name, labels, classes, named_by)


def check_range(file: Path, name: str, labels: NDArray[Any], classes: int, named_by: str) -> None:
    """Looks at type and range of labels.

    Raises:
        InputError: they are no integers, or not all from 0 to `classes` - 1.
    """
    if not np.issubdtype(labels.dtype, np.integer):
        raise InputError(f"{file}: '{name}' is {labels.dtype}, expected integers")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise InputError(
            f"{file}: labels run from {labels.min()} to {labels.max()}, but {named_by} "
            f"names {classes} classes"
        )
