"""The registry builds what it names, and the summary counts what is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DATASETS, Clouds, DatasetError, class_counts, modelnet40, summaries


def test_keys_agree() -> None:
    assert {"digits", "primitives", "kicad", "modelnet40"} < set(DATASETS)
    assert all(key == spec.key for key, spec in DATASETS.items())


def test_digits_are_built_and_counted(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    (found,) = DATASETS["digits"].build(tmp_path / "digits")
    assert (found.points, found.total("train"), found.total("test")) == (64, 1438, 359)


def test_options_reach_the_builder(tmp_path: Path) -> None:
    (found,) = DATASETS["primitives"].build(tmp_path / "p", train=2, test=1, num_points=16)
    assert (found.points, found.total("train"), found.total("test")) == (16, 20, 10)
    assert found.balance("train") == 1


def test_an_option_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="takes no size; leave it out"):
        DATASETS["digits"].build(tmp_path / "d", size="tiny")
    assert not (tmp_path / "d").exists()


def test_counts_keep_the_order_and_the_empty_classes(tmp_path: Path) -> None:
    labels = np.array([2, 0, 2, 2], np.int32)
    clouds = Clouds(np.zeros((4, 5, 3), np.float32), labels)
    modelnet40.write(tmp_path / "d", {"train": [clouds], "test": [clouds]}, ("z", "y", "x"))
    assert list(class_counts(tmp_path / "d", "train").items()) == [("z", 1), ("y", 0), ("x", 3)]
    (found,) = summaries(tmp_path / "d")
    assert found.balance("train") == 0
    assert "x              3        3" in str(found)
