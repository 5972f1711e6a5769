"""The chain from raw to blocks: whatever a copy's stage, taken up after an interruption."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.s3dis import (
    adopt,
    convert,
    cut,
    raw,
    read_blocks,
    read_raw_room,
    read_room,
    rooms_from_raw,
    write_raw_room,
)

BLOCKS, ROOMS = "indoor3d_sem_seg_hdf5_data", "stanford_indoor3d"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Three raw rooms in two areas."""
    random = np.random.default_rng(0)
    for place in ("Area_1/office_1", "Area_1/office_2", "Area_6/WC_1"):
        objects = [
            (label, random.random((400, 3)) * [1.4, 1.8, 3] - 7, np.full((400, 3), label, np.uint8))
            for label in (0, 1, 12)
        ]
        write_raw_room(tmp_path / "raw" / place, objects)
    return tmp_path / "raw"


def test_from_raw_to_blocks(source: Path, tmp_path: Path) -> None:
    adopt(tmp_path / "out", source)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [BLOCKS, ROOMS]
    room = read_room(tmp_path / "out" / ROOMS / "Area_6_WC_1.npy")
    expected = read_raw_room(source / "Area_6" / "WC_1")
    np.testing.assert_array_equal(room.points, expected.points)
    np.testing.assert_array_equal(room.labels, expected.labels)
    (shard,) = read_blocks(tmp_path / "out" / BLOCKS, "test")
    np.testing.assert_array_equal(shard.points, np.concatenate([b.points for b in cut(room)]))


def test_rooms_and_blocks_are_taken_up_at_their_stage(source: Path, tmp_path: Path) -> None:
    adopt(tmp_path / "a", source)
    adopt(tmp_path / "b", tmp_path / "a" / ROOMS)
    adopt(tmp_path / "c", tmp_path / "b" / BLOCKS)
    (first,) = read_blocks(tmp_path / "a" / BLOCKS)
    for other in ("b", "c"):
        (shard,) = read_blocks(tmp_path / other / BLOCKS)
        np.testing.assert_array_equal(shard.points, first.points)
        np.testing.assert_array_equal(shard.labels, first.labels)
        assert shard.rooms == first.rooms


def test_an_interrupted_conversion_goes_on(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def interrupted(folder: Path) -> object:
        if read == ["office_1"]:
            raise KeyboardInterrupt
        read.append(folder.name)
        return read_raw_room(folder)

    monkeypatch.setattr(raw, "read_raw_room", interrupted)
    with pytest.raises(KeyboardInterrupt):
        adopt(tmp_path / "out", source)
    assert [p.name for p in (tmp_path / "out" / ROOMS).iterdir()] == ["Area_1_office_1.npy"]
    assert not (tmp_path / "out" / BLOCKS).exists()

    def counted(folder: Path) -> object:
        read.append(folder.name)
        return read_raw_room(folder)

    monkeypatch.setattr(raw, "read_raw_room", counted)
    adopt(tmp_path / "out", source)
    assert read == ["office_1", "office_2", "WC_1"]


def test_a_room_older_than_its_annotations_is_converted_again(source: Path, tmp_path: Path) -> None:
    rooms_from_raw(source, tmp_path / "rooms")
    path = source / "Area_1" / "office_1" / "Annotations" / "clutter_1.txt"
    path.write_text("0 0 0 1 2 3\n")
    later = (tmp_path / "rooms" / "Area_1_office_1.npy").stat().st_mtime + 1
    os.utime(path, (later, later))
    rooms_from_raw(source, tmp_path / "rooms")
    assert len(read_room(tmp_path / "rooms" / "Area_1_office_1.npy")) == 801


def test_the_rooms_before_a_malformed_one_are_kept(source: Path, tmp_path: Path) -> None:
    (source / "Area_6" / "WC_1" / "Annotations" / "floor_1.txt").write_text("oh\n")
    with pytest.raises(DatasetError, match=r"floor_1\.txt: line 1 is 'oh'"):
        adopt(tmp_path / "out", source)
    assert len(list((tmp_path / "out" / ROOMS).iterdir())) == 2
    assert not (tmp_path / "out" / BLOCKS).exists()


def test_what_cannot_be_adopted(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=f"for a form, at {convert.FORM}"):
        adopt(tmp_path / "out")
    with pytest.raises(DatasetError, match="no rooms there"):
        adopt(tmp_path / "out", source / "Area_1")
    assert not (tmp_path / "out").exists()
    adopt(tmp_path / "out", source)
    with pytest.raises(DatasetError, match=f"{BLOCKS}: exists and is not empty"):
        adopt(tmp_path / "out", source)
