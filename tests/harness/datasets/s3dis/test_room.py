"""Rooms as `.npy` files: written and read again, published copies read, damage named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.s3dis import Room, read_room, write_room
from harness.datasets.s3dis.room import room_files


def published(path: Path, array: np.ndarray) -> Path:
    np.save(path, array)
    return path


def message(path: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read_room(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_written_is_read_again(room: Room, tmp_path: Path) -> None:
    path = write_room(tmp_path, room)
    assert [p.name for p in tmp_path.iterdir()] == ["Area_2_office_1.npy"]
    stored = np.load(path)
    assert (stored.dtype, stored.shape) == (np.float32, (len(room), 7))
    found = read_room(path)
    assert found.name == room.name
    for name in ("points", "colours", "labels"):
        np.testing.assert_array_equal(getattr(found, name), getattr(room, name))


def test_a_published_room_of_float64(tmp_path: Path) -> None:
    array = np.array([[0, 0, 0, 1, 2, 3, 12], [1.125, 2, 3, 255, 0, 9, 0]], np.float64)
    found = read_room(published(tmp_path / "Area_6_hallway_1.npy", array))
    np.testing.assert_array_equal(found.points, array[:, :3])
    assert found.labels.tolist() == [12, 0]


@pytest.mark.parametrize("keep", [0, 10, 100])
def test_truncated(room: Room, tmp_path: Path, keep: int) -> None:
    path = write_room(tmp_path, room)
    path.write_bytes(path.read_bytes()[:keep])
    assert "truncated or not a NumPy file" in message(path)


def test_pickles_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "Area_1_office_1.npy"
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    assert "not a NumPy file" in message(path)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.zeros((3, 6)), "is float64 3 x 6, expected float n x 7"),
        (np.zeros((3, 7), int), "is int64 3 x 7, expected float n x 7"),
        (np.zeros((0, 7)), "holds no points"),
        (np.full((2, 7), 13.0), "point 0 has label 13"),
        (np.full((2, 7), 0.5), "point 0 has label 0.5"),
        (np.array([[0, 0, np.inf, 0, 0, 0, 0]]), "not finite"),
        (np.array([[0, 0, 0, 0, 300, 0, 0]], float), "colour outside"),
    ],
)
def test_what_is_no_room(tmp_path: Path, array: np.ndarray, expected: str) -> None:
    assert expected in message(published(tmp_path / "Area_1_office_1.npy", array))


@pytest.mark.parametrize("name", ["office_1", "Area_7_office_1"])
def test_a_name_that_is_no_rooms(tmp_path: Path, name: str) -> None:
    assert "not a room's name" in message(published(tmp_path / f"{name}.npy", np.zeros((1, 7))))


def test_missing(tmp_path: Path) -> None:
    assert "no such file" in message(tmp_path / "Area_1_office_1.npy")
    with pytest.raises(DatasetError, match="no rooms"):
        room_files(tmp_path)
