"""Files of blocks: the published layout, the six folds, and damage named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.s3dis import block_files, read_blocks, summary, write_blocks

Piece = tuple[str, np.ndarray, np.ndarray]


def pieces(*counts: int, num_points: int = 4) -> Iterator[Piece]:
    """Blocks of one room of each area from 1 on; the first value of a block is its number."""
    start = 0
    for area, count in enumerate(counts, start=1):
        points = np.zeros((count, num_points, 9), np.float32)
        points[:, 0, 0] = np.arange(start, start + count)
        yield f"Area_{area}_office_1", points, np.full((count, num_points), area, np.uint8)
        start += count


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files; the first and the second share area 2, the last two areas are in the third."""
    path = tmp_path / "blocks"
    write_blocks(path, pieces(700, 700, 500, 200, 100, 50))
    return path


def message(folder: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        list(read_blocks(folder))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def rewrite(folder: Path, **datasets: np.ndarray | None) -> None:
    with h5py.File(folder / "ply_data_all_1.h5", "a") as file:
        for name, array in datasets.items():
            del file[name]
            if array is not None:
                file[name] = array


def test_the_published_layout(folder: Path) -> None:
    found = {}
    for path in sorted(folder.glob("*.h5")):
        with h5py.File(path) as file:
            found[path.name] = {n: (a.dtype.name, a.shape) for n, a in file.items()}
    assert {name: d["data"][1][0] for name, d in found.items()} == {
        "ply_data_all_0.h5": 1000,
        "ply_data_all_1.h5": 1000,
        "ply_data_all_2.h5": 250,
    }
    assert found["ply_data_all_2.h5"] == {
        "data": ("float32", (250, 4, 9)),
        "label": ("uint8", (250, 4)),
    }
    assert (folder / "all_files.txt").read_text() == "".join(
        f"blocks/ply_data_all_{i}.h5\n" for i in range(3)
    )
    lines = (folder / "room_filelist.txt").read_text().splitlines()
    assert len(lines) == 2250
    assert (lines[699], lines[700]) == ("Area_1_office_1", "Area_2_office_1")


def test_everything_is_read_again_in_order(folder: Path) -> None:
    shards = list(read_blocks(folder))
    assert [len(shard.points) for shard in shards] == [1000, 1000, 250]
    numbers = np.concatenate([shard.points[:, 0, 0] for shard in shards])
    np.testing.assert_array_equal(numbers, np.arange(2250))
    for shard in shards:
        areas = [int(room[5]) for room in shard.rooms]
        np.testing.assert_array_equal(shard.labels, np.repeat(np.array(areas)[:, None], 4, 1))


@pytest.mark.parametrize("area", range(1, 7))
def test_folds_are_by_area(folder: Path, area: int) -> None:
    numbers = {}
    for split in ("train", "test"):
        shards = list(read_blocks(folder, split, area))
        areas = {room[5] for shard in shards for room in shard.rooms}
        assert (areas == {str(area)}) == (split == "test")
        assert (str(area) in areas) == (split == "test")
        numbers[split] = np.concatenate([shard.points[:, 0, 0] for shard in shards])
    assert len(numbers["test"]) == (700, 700, 500, 200, 100, 50)[area - 1]
    np.testing.assert_array_equal(np.sort(np.concatenate(list(numbers.values()))), np.arange(2250))


def test_area_six_is_the_test_area(folder: Path) -> None:
    (shard,) = read_blocks(folder, "test")
    assert set(shard.rooms) == {"Area_6_office_1"}
    assert shard.path.name == "ply_data_all_2.h5"


def test_the_summary_counts(folder: Path) -> None:
    found = summary(folder)
    assert found.blocks == {1: 700, 2: 700, 3: 500, 4: 200, 5: 100, 6: 50}
    assert found.rooms == dict.fromkeys(range(1, 7), 1)
    assert found.counts[2].tolist() == [0, 0, 2800] + [0] * 10
    assert "2,250 blocks of 4 points, from 6 rooms" in str(found)


@pytest.mark.parametrize(("split", "area"), [("val", 6), ("test", 0), ("test", 7)])
def test_unknown_split_or_area(folder: Path, split: str, area: int) -> None:
    with pytest.raises(DatasetError, match="choose one of"):
        read_blocks(folder, split, area)


@pytest.mark.parametrize("name", ["all_files.txt", "room_filelist.txt"])
def test_missing_list(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}: no such list" in message(folder)


def test_missing_file(folder: Path) -> None:
    (folder / "ply_data_all_1.h5").unlink()
    assert "lists blocks/ply_data_all_1.h5" in message(folder)


@pytest.mark.parametrize("keep", [0, 100, 100_000])
def test_truncated_file(folder: Path, keep: int) -> None:
    path = folder / "ply_data_all_1.h5"
    path.write_bytes(path.read_bytes()[:keep])
    assert "ply_data_all_1.h5: truncated or not an HDF5 file" in message(folder)


@pytest.mark.parametrize(
    ("lines", "expected"), [(2249, "brings them to 2250"), (2251, "hold 2250")]
)
def test_rooms_that_do_not_match_the_blocks(folder: Path, lines: int, expected: str) -> None:
    (folder / "room_filelist.txt").write_text("Area_1_office_1\n" * lines)
    assert expected in message(folder)


def test_a_room_of_no_area(folder: Path) -> None:
    path = folder / "room_filelist.txt"
    path.write_text(path.read_text().replace("Area_6", "Area_9"))
    assert "room_filelist.txt: 'Area_9_office_1' is not a room's name" in message(folder)


@pytest.mark.parametrize(
    ("datasets", "expected"),
    [
        ({"data": np.zeros((1000, 4, 6), np.float32)}, "expected float32 n x P x 9"),
        ({"data": np.zeros((1000, 4, 9))}, "expected float32 n x P x 9"),
        ({"data": np.full((1000, 4, 9), np.nan, np.float32)}, "not finite in block 0"),
        ({"label": np.zeros((1000, 5), np.uint8)}, "'label' is int32 1000 x 5"),
        ({"label": np.zeros((1000, 4), np.float32)}, "'label' is float32"),
        ({"label": np.full((1000, 4), 13, np.uint8)}, "label 13 is outside the 13 classes"),
        ({"label": None}, "has no dataset 'label'"),
    ],
)
def test_malformed_arrays(
    folder: Path, datasets: dict[str, np.ndarray | None], expected: str
) -> None:
    rewrite(folder, **datasets)
    found = message(folder)
    assert "ply_data_all_1.h5" in found
    assert expected in found


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path) -> None:
    def interrupted() -> Iterator[Piece]:
        yield from pieces(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_blocks(tmp_path / "d", interrupted())
    with pytest.raises(DatasetError, match="no block has enough points"):
        write_blocks(tmp_path / "d", iter(()))
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(folder: Path) -> None:
    with pytest.raises(DatasetError, match="exists and is not empty"):
        write_blocks(folder, pieces(1))


def test_only_one_piece_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece is on its way to the file before the next is asked for."""
    taken: list[int] = []
    append = block_files._Files.append

    def spied(self: object, points: np.ndarray, labels: np.ndarray) -> None:
        taken.append(len(points))
        append(self, points, labels)

    monkeypatch.setattr(block_files._Files, "append", spied)

    def watched() -> Iterator[Piece]:
        for number, piece in enumerate(pieces(3, 2, 1)):
            assert len(taken) == number
            yield piece

    write_blocks(tmp_path / "d", watched())
    assert taken == [3, 2, 1]
