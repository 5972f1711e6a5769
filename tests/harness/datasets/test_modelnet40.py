"""ModelNet40's layout: what is written is read back, and every kind of damage is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.datasets import Clouds, DatasetError, modelnet40

SHAPE_NAMES = ("bed", "chair", "desk")


def clouds(n: int = 6, num_points: int = 10, seed: int = 0) -> Clouds:
    random = np.random.default_rng(seed)
    return Clouds(
        points=random.random((n, num_points, 3), dtype=np.float32),
        labels=np.arange(n, dtype=np.int32) % 3,
        normals=random.random((n, num_points, 3), dtype=np.float32),
        parts=random.integers(0, 50, (n, num_points), dtype=np.int32),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shapes"
    modelnet40.write(path, {"train": [clouds()], "test": [clouds(4, seed=1)]}, SHAPE_NAMES)
    return path


def read(folder: Path, split: str = "train") -> list[modelnet40.Shard]:
    return list(modelnet40.read_split(folder, split))


def rewrite(folder: Path, **datasets: np.ndarray | None) -> None:
    """Replaces datasets of the first training file; None takes one away."""
    with h5py.File(folder / "ply_data_train0.h5", "r+") as file:
        for name, array in datasets.items():
            del file[name]
            if array is not None:
                file[name] = array


def message(folder: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(("split", "seed", "n"), [("train", 0, 6), ("test", 1, 4)])
def test_round_trip(folder: Path, split: str, seed: int, n: int) -> None:
    (shard,) = read(folder, split)
    expected = clouds(n, seed=seed)
    assert shard.path == folder / f"ply_data_{split}0.h5"
    assert (shard.data.dtype, shard.labels.dtype) == (np.float32, np.int32)
    for name in ("points", "labels", "normals", "parts"):
        np.testing.assert_array_equal(getattr(shard.clouds, name), getattr(expected, name))


def test_files_have_the_published_types(folder: Path) -> None:
    with h5py.File(folder / "ply_data_train0.h5") as file:
        found = {name: (array.dtype.name, array.shape) for name, array in file.items()}
    assert found == {
        "data": ("float32", (6, 10, 3)),
        "label": ("uint8", (6, 1)),
        "normal": ("float32", (6, 10, 3)),
        "pid": ("uint8", (6, 10)),
    }


def test_lists_are_written_as_published(folder: Path) -> None:
    assert (folder / "train_files.txt").read_text() == "data/shapes/ply_data_train0.h5\n"
    assert (folder / "shape_names.txt").read_text() == "bed\nchair\ndesk\n"


def test_no_more_than_2048_clouds_a_file(tmp_path: Path) -> None:
    many = clouds(2 * 2048 + 1, num_points=1)
    modelnet40.write(tmp_path / "d", {"train": [many], "test": [clouds(1)]}, SHAPE_NAMES)
    shards = read(tmp_path / "d")
    assert [len(shard.clouds) for shard in shards] == [2048, 2048, 1]
    np.testing.assert_array_equal(np.concatenate([s.data for s in shards]), many.points)


def test_writing_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again" / "shapes"
    modelnet40.write(again, {"train": [clouds()], "test": [clouds(4, seed=1)]}, SHAPE_NAMES)
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def test_a_path_is_looked_for_beside_the_list_first(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "ply_data_train0.h5"
    other.parent.mkdir()
    other.write_bytes(b"not to be read")
    (folder / "train_files.txt").write_text(f"{other}\n")
    assert read(folder)[0].path.parent == folder


def test_a_path_not_beside_the_list_is_taken_as_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "data" / "elsewhere" / "ply_data_train0.h5"
    moved.parent.mkdir(parents=True)
    (folder / "ply_data_train0.h5").rename(moved)
    (folder / "train_files.txt").write_text("\ndata/elsewhere/ply_data_train0.h5\n\n")
    monkeypatch.chdir(tmp_path)
    assert read(folder)[0].path.resolve() == moved


def test_missing_folder(tmp_path: Path) -> None:
    assert "no such folder" in message(tmp_path / "absent")


@pytest.mark.parametrize("name", ["train_files.txt", "shape_names.txt"])
def test_missing_list(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}: no such list" in message(folder)


def test_empty_list(folder: Path) -> None:
    (folder / "train_files.txt").write_text("\n")
    assert "train_files.txt: the list is empty" in message(folder)


def test_a_list_that_is_no_text(folder: Path) -> None:
    (folder / "shape_names.txt").write_bytes(b"\xff\xfe")
    assert "shape_names.txt: is not text" in message(folder)


def test_a_line_longer_than_a_file_name_may_be(folder: Path) -> None:
    (folder / "train_files.txt").write_text("x" * 5000 + "\n")
    assert "train_files.txt: lists xxx" in message(folder)


def test_a_byte_order_mark_is_no_part_of_a_name(folder: Path) -> None:
    path = folder / "shape_names.txt"
    path.write_text(path.read_text(), encoding="utf-8-sig")
    assert modelnet40.read_shape_names(folder) == SHAPE_NAMES


def test_missing_file_is_refused_before_anything_is_read(folder: Path) -> None:
    with (folder / "train_files.txt").open("a") as file:
        file.write("data/shapes/ply_data_train7.h5\n")
    with pytest.raises(DatasetError, match=r"lists data/shapes/ply_data_train7\.h5"):
        modelnet40.read_split(folder, "train")


def test_unknown_split(folder: Path) -> None:
    with pytest.raises(DatasetError, match="no split 'val'"):
        modelnet40.read_split(folder, "val")


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.99])
def test_truncated_file(folder: Path, keep: float) -> None:
    path = folder / "ply_data_train0.h5"
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep > 1 else keep * len(content))])
    assert "ply_data_train0.h5: truncated or not an HDF5 file" in message(folder)


@pytest.mark.parametrize("name", ["data", "label"])
def test_missing_dataset(folder: Path, name: str) -> None:
    rewrite(folder, **{name: None})
    assert f"has no dataset '{name}'" in message(folder)


@pytest.mark.parametrize("name", ["data", "label"])
def test_dataset_without_a_shape(folder: Path, name: str) -> None:
    rewrite(folder, **{name: h5py.Empty("f")})
    assert f"has no dataset '{name}'" in message(folder)


@pytest.mark.parametrize("name", ["data", "normal"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_not_finite(folder: Path, name: str, value: float) -> None:
    array = clouds().points.copy()
    array[4, 2, 1] = value
    rewrite(folder, **{name: array})
    assert f"'{name}' has a value that is not finite in cloud 4" in message(folder)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("data", np.zeros((6, 30), np.float32)),
        ("data", np.zeros((6, 10, 2), np.float32)),
        ("data", np.zeros((0, 10, 3), np.float32)),
        ("data", np.zeros((6, 10, 3), np.float64)),
        ("data", np.zeros((6, 10, 3), np.int32)),
        ("label", np.zeros((6, 2), np.uint8)),
        ("label", np.zeros((6, 1), np.float32)),
        ("label", np.full((6, 1), 2**32)),  # As int32 it would be class 0.
        ("label", np.full((6, 1), 2**64 - 1, np.uint64)),
        ("normal", np.zeros((6, 9, 3), np.float32)),
        ("pid", np.zeros((6, 9), np.uint8)),
        ("pid", np.zeros((6, 10), np.float32)),
    ],
)
def test_wrong_shape_or_type(folder: Path, name: str, array: np.ndarray) -> None:
    rewrite(folder, **{name: array})
    found = message(folder)
    assert f"'{name}' is " in found
    assert "expected " in found


def test_unequal_lengths(folder: Path) -> None:
    rewrite(folder, label=np.zeros((5, 1), np.uint8))
    assert "'data' holds 6 clouds but 'label' 5" in message(folder)


def test_a_label_without_a_name(folder: Path) -> None:
    rewrite(folder, label=np.full((6, 1), 3, np.uint8))
    assert "label 3 is outside the 3 names in shape_names.txt" in message(folder)


def test_labels_may_be_flat(folder: Path) -> None:
    rewrite(folder, label=np.arange(6, dtype=np.int64) % 3)
    np.testing.assert_array_equal(read(folder)[0].labels, clouds().labels)


def test_an_existing_folder_is_not_overwritten(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DatasetError, match="exists and is not empty"):
        modelnet40.write(folder, {"train": [clouds()], "test": [clouds()]}, SHAPE_NAMES)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    modelnet40.write(tmp_path, {"train": [clouds()], "test": [clouds()]}, SHAPE_NAMES)
    assert len(read(tmp_path)) == 1


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path) -> None:
    def pieces() -> Iterator[Clouds]:
        yield clouds()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        modelnet40.write(tmp_path / "d", {"train": pieces(), "test": [clouds()]}, SHAPE_NAMES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("splits", "names", "expected"),
    [
        ({"train": [clouds()]}, SHAPE_NAMES, "expected the splits"),
        ({"train": [clouds()], "test": []}, SHAPE_NAMES, "the test split has no clouds"),
        ({"train": [clouds()], "test": [clouds()]}, SHAPE_NAMES[:2], "label 2 is outside"),
        ({"train": [clouds()], "test": [clouds()]}, (), "0 shape names"),
    ],
)
def test_what_cannot_be_written_is_refused(
    tmp_path: Path, splits: dict[str, list[Clouds]], names: tuple[str, ...], expected: str
) -> None:
    with pytest.raises(DatasetError, match=expected):
        modelnet40.write(tmp_path / "d", splits, names)
    assert not (tmp_path / "d").exists()


def test_a_copy_is_adopted(folder: Path, tmp_path: Path) -> None:
    modelnet40.adopt(tmp_path / "copy", source=folder)
    np.testing.assert_array_equal(read(tmp_path / "copy")[0].data, read(folder)[0].data)


def test_without_a_copy_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="give the folder of a copy as source"):
        modelnet40.adopt(tmp_path / "copy")
