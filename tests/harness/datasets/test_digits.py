"""Digits: real images that survive becoming clouds, split the same way everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import Clouds, digits, modelnet40

sklearn_datasets = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def clouds() -> Clouds:
    return digits.load()


def test_every_digit_is_there(clouds: Clouds) -> None:
    assert clouds.points.shape == (1797, 64, 3)
    assert (clouds.points.dtype, clouds.labels.dtype) == (np.float32, np.int32)
    np.testing.assert_array_equal(clouds.labels, sklearn_datasets.load_digits().target)


def test_clouds_fill_the_unit_sphere(clouds: Clouds) -> None:
    np.testing.assert_allclose(clouds.points.mean(axis=1), 0, atol=1e-6)
    radius = np.linalg.norm(clouds.points, axis=-1).max(axis=1)
    np.testing.assert_allclose(radius, 1, atol=1e-6)


def test_the_image_can_be_seen_again(clouds: Clouds) -> None:
    column, row, ink = (clouds.points[7, :, axis].reshape(8, 8) for axis in range(3))
    assert (np.diff(column, axis=1) > 0).all()
    assert np.ptp(column, axis=0).max() == 0
    assert (np.diff(row, axis=0) > 0).all()
    assert np.ptp(row, axis=1).max() == 0
    image = sklearn_datasets.load_digits().images[7]
    # One cloud is scaled by one radius: a column step is 1/7 of the unit that ink runs over.
    unit = 7 * (column[0, 1] - column[0, 0])
    np.testing.assert_allclose((ink - ink.min()) / unit * 16, image, atol=1e-4)


def test_split_is_disjoint_complete_and_stratified(clouds: Clouds) -> None:
    train, test = digits.split(clouds.labels)
    assert not set(train) & set(test)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(1797))
    share = np.bincount(clouds.labels[test]) / np.bincount(clouds.labels)
    np.testing.assert_allclose(share, 0.2, atol=0.005)


def test_split_is_the_documented_one(clouds: Clouds) -> None:
    _, test = digits.split(clouds.labels)
    assert test[:8].tolist() == [3, 7, 13, 19, 36, 38, 43, 48]
    _, other = digits.split(clouds.labels, seed=1)
    assert test.tolist() != other.tolist()


def test_the_built_split_has_no_cloud_twice(tmp_path: Path) -> None:
    digits.build(tmp_path / "d")
    seen = [
        cloud.tobytes()
        for split in modelnet40.SPLITS
        for shard in modelnet40.read_split(tmp_path / "d", split)
        for cloud in shard.data
    ]
    assert len(seen) == 1797
    assert len(set(seen)) == 1797


def test_scikit_learn_is_imported_only_when_used() -> None:
    code = "import sys, harness.datasets; sys.exit('sklearn' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
