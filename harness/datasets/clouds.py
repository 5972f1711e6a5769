"""Labelled point clouds in memory: what every data set produces and every file stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError


@dataclass(frozen=True)
class Clouds:
    """A stack of `n` clouds of `P` points each.

    Attributes:
        points: float32, n x P x 3.
        labels: int32, n; the class of each cloud.
        normals: float32, n x P x 3, of unit length; None where unknown.
        parts: int32, n x P; the part each point belongs to; None where unlabelled.
    """

    points: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]
    normals: npt.NDArray[np.float32] | None = None
    parts: npt.NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.points)

    def take(self, index: slice | npt.NDArray[np.intp]) -> Clouds:
        """The clouds at `index`, in its order."""
        return Clouds(
            points=self.points[index],
            labels=self.labels[index],
            normals=None if self.normals is None else self.normals[index],
            parts=None if self.parts is None else self.parts[index],
        )

    def slices(self, size: int) -> Iterator[Clouds]:
        """Consecutive runs of at most `size` clouds."""
        for start in range(0, len(self), size):
            yield self.take(slice(start, start + size))


def unit_sphere(points: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Centres each cloud on its mean and scales its furthest point to radius one.

    Arguments:
        points: n x P x 3, or P x 3.

    Returns:
        float32, of the same shape. A cloud whose points coincide becomes all zeros.
    """
    centred = points.astype(np.float64)
    centred -= centred.mean(axis=-2, keepdims=True)
    radius = np.linalg.norm(centred, axis=-1).max(axis=-1)[..., None, None]
    np.divide(centred, radius, out=centred, where=radius > 0)
    return centred.astype(np.float32)


def check_clouds(
    clouds: Clouds, where: str, num_classes: int, names: str = "shape_names.txt"
) -> None:
    """Refuses clouds that no network should be fed.

    Arguments:
        where: what to name in the message, as a rule a file.
        num_classes: labels must lie in 0 .. num_classes - 1.
        names: the file that lists the classes.

    Raises:
        DatasetError: a wrong shape or type, arrays of unequal length, a value that is not
            finite, or a label out of range.
    """
    _check_array(clouds.points, "data", where, np.float32, ("n", "P", 3))
    n, num_points, _ = clouds.points.shape
    _check_array(clouds.labels, "label", where, np.int32, ("n",))
    _check_length(clouds.labels, "label", where, n)
    _check_labels(clouds.labels, where, num_classes, names)
    if clouds.normals is not None:
        _check_array(clouds.normals, "normal", where, np.float32, (n, num_points, 3))
    if clouds.parts is not None:
        _check_array(clouds.parts, "pid", where, np.int32, (n, num_points))


def _check_array(
    array: npt.NDArray[np.generic],
    name: str,
    where: str,
    dtype: type[np.generic],
    shape: tuple[int | str, ...],
) -> None:
    """Checks type, shape (a letter stands for any size above zero) and finiteness."""
    expected = f"{np.dtype(dtype).name} {' x '.join(map(str, shape))}"
    found = f"{array.dtype.name} {' x '.join(map(str, array.shape)) or 'scalar'}"
    fits = len(array.shape) == len(shape) and all(
        size > 0 if isinstance(wanted, str) else size == wanted
        for size, wanted in zip(array.shape, shape, strict=True)
    )
    if array.dtype != dtype or not fits:
        raise DatasetError(f"{where}: '{name}' is {found}, expected {expected}; write it again")
    if np.issubdtype(dtype, np.floating) and not np.isfinite(array).all():
        cloud = int(np.argwhere(~np.isfinite(array))[0, 0])
        raise DatasetError(
            f"{where}: '{name}' has a value that is not finite in cloud {cloud}; "
            "remove the cloud or write the file again"
        )


def _check_length(array: npt.NDArray[np.generic], name: str, where: str, n: int) -> None:
    if len(array) != n:
        raise DatasetError(
            f"{where}: 'data' holds {n} clouds but '{name}' {len(array)}; write the file again"
        )


def _check_labels(labels: npt.NDArray[np.int32], where: str, num_classes: int, names: str) -> None:
    outside = labels[(labels < 0) | (labels >= num_classes)]
    if outside.size:
        raise DatasetError(
            f"{where}: label {outside[0]} is outside the {num_classes} names in {names}; "
            "use the list that belongs to this data"
        )
