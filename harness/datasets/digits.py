"""Real handwritten digits as point clouds: one point a pixel, (column, row, ink).

1,797 digits of 8 x 8 pixels, written by 13 people, ship inside scikit-learn (UCI "Optical
Recognition of Handwritten Digits"). PointNet's authors classify MNIST as point sets in the same
way; this smaller set trains every implementation on two cores, without a network.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets import modelnet40
from harness.datasets.clouds import Clouds, unit_sphere
from harness.datasets.errors import DatasetError

SHAPE_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SIDE = 8
MAX_INK = 16
TEST_SHARE = 0.2
SPLIT_SEED = 0


def load() -> Clouds:
    """Every digit, in scikit-learn's order: 1,797 clouds of 64 points.

    Column, row and ink each run over one unit before the cloud is centred and scaled by its
    furthest radius. Points go along the rows from the top left, so a cloud can be seen again
    as an image.

    Raises:
        DatasetError: scikit-learn is not installed.
    """
    images, labels = _images()
    rows, columns = np.mgrid[:SIDE, :SIDE] / (SIDE - 1)
    grid = np.broadcast_to(np.stack([columns, rows], axis=-1), (*images.shape, 2))
    points = np.concatenate([grid, images[..., None] / MAX_INK], axis=-1)
    return Clouds(unit_sphere(points.reshape(len(images), SIDE * SIDE, 3)), labels)


def split(
    labels: npt.NDArray[np.int32], seed: int = SPLIT_SEED
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """A stratified split: a fifth of every class, drawn at random, is the test set.

    Arguments:
        labels: int32, n.
        seed: 0 is the split used throughout. It drives `RandomState`, whose stream NumPy keeps
            frozen, so the split is the same under every version.

    Returns:
        Indices of the train and of the test clouds, ascending, disjoint, together all of them.
    """
    random = np.random.RandomState(seed)
    test = [
        random.permutation(members)[: round(TEST_SHARE * len(members))]
        for members in (np.flatnonzero(labels == label) for label in np.unique(labels))
    ]
    is_test = np.zeros(len(labels), dtype=bool)
    is_test[np.concatenate(test)] = True
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)


def build(out: Path, seed: int = SPLIT_SEED) -> None:
    """Writes the digits to `out` in ModelNet40's layout, split by `seed`.

    The pixels come in one scattered order, so that the first N points of a cloud, which is what
    every reader takes, are a sample of it as they are in ModelNet40's files.
    """
    clouds = load()
    train, test = split(clouds.labels, seed)
    order = np.random.RandomState(seed).permutation(SIDE * SIDE)
    clouds = Clouds(clouds.points[:, order], clouds.labels)
    modelnet40.write(out, {"train": [clouds.take(train)], "test": [clouds.take(test)]}, SHAPE_NAMES)


def _images() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Ink 0 .. 16, n x 8 x 8, and labels, n."""
    try:
        # Slow to import, and only this data set needs it.
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise DatasetError(
            "digits: scikit-learn, which ships them, is not installed; pip install scikit-learn"
        ) from error
    bunch = load_digits()
    return bunch.images, bunch.target.astype(np.int32)
