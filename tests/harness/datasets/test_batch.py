"""One batch: drawn without replacement from every file, with the classes spread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.datasets import Clouds, DatasetError, modelnet40, read_batch

COUNTS = (50, 3, 10)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files a split, sorted by class; a cloud's first coordinate is its number."""
    labels = np.repeat(np.arange(3, dtype=np.int32), COUNTS)
    points = np.zeros((len(labels), 5, 3), np.float32)
    points[:, :, 0] = np.arange(len(labels))[:, None]
    points[:, :, 1] = np.arange(5)
    clouds = Clouds(points, labels)
    path = tmp_path_factory.mktemp("batch") / "d"
    pieces = list(clouds.slices(40))
    modelnet40.write(path, {"train": pieces, "test": pieces[:1]}, ("a", "b", "c"))
    return path


def test_shapes_types_and_first_points(folder: Path) -> None:
    points, labels = read_batch(folder, "train", batch=4, points=3, seed=0)
    assert (points.shape, points.dtype) == ((4, 3, 3), np.float32)
    assert (labels.shape, labels.dtype) == ((4,), np.int32)
    np.testing.assert_array_equal(points[:, :, 1], np.tile([0, 1, 2], (4, 1)))


@pytest.mark.parametrize("seed", range(5))
def test_no_cloud_twice_and_labels_stay_with_their_clouds(folder: Path, seed: int) -> None:
    points, labels = read_batch(folder, "train", batch=63, points=1, seed=seed)
    numbers = points[:, 0, 0].astype(int)
    assert sorted(numbers) == list(range(63))
    np.testing.assert_array_equal(labels, np.repeat(np.arange(3), COUNTS)[numbers])


@pytest.mark.parametrize("seed", range(5))
def test_classes_are_spread(folder: Path, seed: int) -> None:
    _, labels = read_batch(folder, "train", batch=12, points=1, seed=seed)
    # Three of the scarce class is all there are; the others share the rest.
    counts = np.bincount(labels, minlength=3)
    assert counts[1] == 3
    assert abs(counts[0] - counts[2]) <= 1


def test_the_seed_decides_the_draw(folder: Path) -> None:
    first, again, other = (read_batch(folder, "train", 8, 2, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_both_files_are_drawn_from(folder: Path) -> None:
    numbers = np.concatenate(
        [read_batch(folder, "train", 1, 1, seed)[0][:, 0, 0] for seed in range(30)]
    )
    assert numbers.min() < 40 <= numbers.max()


@pytest.mark.parametrize(
    ("batch", "points", "expected"),
    [
        (64, 5, "has 63 clouds, but 64"),
        (2, 6, "clouds of 5 points, but 6"),
        (0, 5, "ask for more"),
        (2, 0, "ask for more"),
    ],
)
def test_too_much_or_nothing(folder: Path, batch: int, points: int, expected: str) -> None:
    with pytest.raises(DatasetError, match=expected):
        read_batch(folder, "train", batch, points, seed=0)
