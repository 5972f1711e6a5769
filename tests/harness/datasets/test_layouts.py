"""Layouts are told apart, counted and drawn from, on generated data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DATASETS, DatasetError, s3dis
from harness.datasets.layouts import LAYOUTS, detect
from harness.datasets.primitives import PART_NAMES, SHAPE_NAMES

KEYS = [layout.key for layout in LAYOUTS if layout.key != "s3dis"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated shapes in every layout, a folder each."""
    path = tmp_path_factory.mktemp("layouts")
    for key in KEYS:
        DATASETS["primitives"].build(path / key, key, train=2, test=1, num_points=1024)
    return path


@pytest.mark.parametrize("key", KEYS)
def test_a_layout_is_told_from_the_others(folder: Path, key: str) -> None:
    ((layout, path),) = detect(folder / key)
    assert (layout.key, path) == (key, folder / key)


def test_blocks_of_scenes_are_a_layout(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points, labels = rng.random((6, 8, 9), np.float32), np.zeros((6, 8), np.uint8)
    rooms = [("Area_1_office_1", points, labels), ("Area_6_office_1", points, labels + 12)]
    s3dis.write_blocks(tmp_path / "blocks", rooms)
    ((layout, path),) = detect(tmp_path)
    assert (layout.key, path) == ("s3dis", tmp_path / "blocks")
    assert layout.summarise(path).points == 8
    drawn = layout.samples(path, 4, 0)
    assert [cloud.title for cloud in drawn] == ["Area_6_office_1"] * 4
    assert drawn[0].names[int(drawn[0].labels[0])] == "clutter"


def test_folders_of_a_folder_are_found(folder: Path, tmp_path: Path) -> None:
    assert {layout.key for layout, _ in detect(folder)} == set(KEYS)
    with pytest.raises(DatasetError, match="in no layout known here"):
        detect(tmp_path)
    for missing in ("none", "x" * 5000):
        with pytest.raises(DatasetError, match="no such folder"):
            detect(tmp_path / missing)


def test_clouds_and_points_are_counted(folder: Path) -> None:
    found = {layout.key: layout.summarise(path) for layout, path in detect(folder)}
    for summary in found.values():
        assert summary.points == 1024
        assert summary.balance("test") == 1
        assert tuple(summary.counts["test"]) == SHAPE_NAMES
    assert found["modelnet40"].total("train") == 20
    assert found["shapenet_part"].total("val") == 100
    assert found["shapenet_annotation"].total("labelled") == 20
    parts = found["shapenet_part"]
    assert tuple(parts.parts["train"]) == PART_NAMES
    assert sum(parts.parts["train"].values()) == 20 * 1024
    legs = parts.part_share("train", "table/legs")
    assert legs + parts.part_share("train", "table/top") == pytest.approx(1)
    assert f"{legs:.1%}" in next(line for line in str(parts).splitlines() if "table/legs" in line)
    # The last of a chair's three parts is not annotated.
    assert found["shapenet_annotation"].parts["labelled"]["chair/none"] > 0
    assert found["shapenet_annotation"].parts["labelled"]["sphere/none"] == 0


@pytest.mark.parametrize("key", KEYS)
def test_samples_spread_over_the_classes(folder: Path, key: str) -> None:
    ((layout, path),) = detect(folder / key)
    drawn = layout.samples(path, 10, 0)
    assert {cloud.title for cloud in drawn} == set(SHAPE_NAMES)
    for cloud in drawn:
        assert cloud.points.shape == (1024, 3)
        assert len(cloud.labels) == 1024
        assert 0 <= cloud.labels.min() <= cloud.labels.max() < len(cloud.names)
    (chair,) = (cloud for cloud in drawn if cloud.title == "chair")
    assert len(np.unique(chair.labels)) == 3


def test_options_and_layouts_there_are_not(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="digits: no layout 'shapenet_part'"):
        DATASETS["digits"].build(tmp_path / "d", "shapenet_part")
    with pytest.raises(DatasetError, match="digits in layout modelnet40: takes no points"):
        DATASETS["digits"].build(tmp_path / "d", num_points=5)
    with pytest.raises(DatasetError, match="give at least 1 of each"):
        DATASETS["primitives"].build(tmp_path / "d", "shapenet_part", val=0)
    assert list(tmp_path.iterdir()) == []
