"""Draws one batch from a data set folder: the input on which implementations are compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError
from harness.datasets.modelnet40 import read_split


def read_batch(
    folder: Path, split: str, batch: int, points: int, seed: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """The first points of clouds drawn without replacement, the classes as even as can be.

    Arguments:
        folder: a folder in ModelNet40's layout.
        split: "train" or "test".
        batch: B, clouds to draw from the whole split.
        points: N, points to keep of each.
        seed: of the draw; the same seed draws the same clouds.

    Returns:
        Points, float32, B x N x 3, and labels, int32, B.

    Raises:
        DatasetError: too few clouds, too few points in one of them, or an unsound folder.
    """
    if min(batch, points) < 1:
        raise DatasetError(f"{folder}: asked for {batch} clouds of {points} points; ask for more")
    data, labels = [], []
    for shard in read_split(folder, split):
        if shard.data.shape[1] < points:
            raise DatasetError(
                f"{shard.path}: clouds of {shard.data.shape[1]} points, but {points} were asked "
                "for; ask for fewer"
            )
        # A copy, so that the rest of the shard can be freed.
        data.append(shard.data[:, :points].copy())
        labels.append(shard.labels)
    all_labels = np.concatenate(labels)
    if len(all_labels) < batch:
        raise DatasetError(
            f"{folder}: the {split} split has {len(all_labels)} clouds, but {batch} were asked "
            "for; ask for fewer"
        )
    drawn = spread(all_labels, np.random.default_rng(seed))[:batch]
    return np.concatenate(data)[drawn], all_labels[drawn]


def spread(labels: npt.NDArray[np.int32], random: np.random.Generator) -> npt.NDArray[np.intp]:
    """A random order in which the classes take turns for as long as they last."""
    order = random.permutation(len(labels))
    turn = np.empty(len(labels), dtype=int)
    for label in np.unique(labels):
        members = labels[order] == label
        turn[members] = np.arange(members.sum())
    return order[np.argsort(turn, kind="stable")]
