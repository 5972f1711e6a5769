"""ShapeNet parts' HDF5 layout: read as published, written the same, every damage named."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.datasets import Clouds, DatasetError, shapenet_part
from harness.datasets.shapenet_part import Taxonomy

CATEGORIES = "Airplane\t02691156\nBag\t02773838\n"
PARTS = {"Airplane": ("body", "wing", "tail"), "Bag": ("handle", "body")}


def clouds(n: int, seed: int = 0) -> Clouds:
    random = np.random.default_rng(seed)
    labels = np.arange(n, dtype=np.int32) % 2
    local = random.integers(0, 2, (n, 8), dtype=np.int32)
    points = random.random((n, 8, 3), dtype=np.float32)
    return Clouds(points, labels, parts=local + 3 * labels[:, None])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as published: made here by hand, with synsets, without a list of test files."""
    path = tmp_path / "hdf5_data"
    path.mkdir()
    (path / "all_object_categories.txt").write_text(CATEGORIES)
    pairs = [["02691156", 1], ["02691156", 2], ["02691156", 3], ["02773838", 1], ["02773838", 2]]
    (path / "overallid_to_catid_partid.json").write_text(json.dumps(pairs))
    inverse = {f"{synset}_{number}": i for i, (synset, number) in enumerate(pairs)}
    (path / "catid_partid_to_overallid.json").write_text(json.dumps(inverse))
    (path / "part_color_mapping.json").write_text(json.dumps([[0.5, 0.5, 0.5]] * 5))
    (path / "train_hdf5_file_list.txt").write_text("ply_data_train0.h5\nply_data_train1.h5\n")
    (path / "val_hdf5_file_list.txt").write_text("ply_data_val0.h5\n")
    for i, name in enumerate(("train0", "train1", "val0", "test2", "test10")):
        with h5py.File(path / f"ply_data_{name}.h5", "w") as file:
            found = clouds(4, i)
            file["data"], file["label"] = found.points, found.labels.astype(np.uint8)[:, None]
            file["pid"] = found.parts.astype(np.uint8)
    return path


def read(folder: Path, split: str = "train") -> list[shapenet_part.PartShard]:
    return list(shapenet_part.read_split(folder, split))


def message(folder: Path, split: str = "train") -> str:
    with pytest.raises(DatasetError) as caught:
        read(folder, split)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_the_published_layout_is_read(folder: Path) -> None:
    taxonomy = shapenet_part.read_taxonomy(folder)
    assert taxonomy.names == ("Airplane", "Bag")
    assert taxonomy.owners == (0, 0, 0, 1, 1)
    assert taxonomy.parts_of(1) == (3, 4)
    assert taxonomy.part_names == ("part 1", "part 2", "part 3", "part 1", "part 2")
    shards = read(folder)
    assert len(shards) == 2
    np.testing.assert_array_equal(shards[1].clouds.parts, clouds(4, 1).parts)


def test_test_files_without_a_list_are_found_in_the_order_of_their_numbers(folder: Path) -> None:
    names = [shard.path.name for shard in read(folder, "test")]
    assert names == ["ply_data_test2.h5", "ply_data_test10.h5"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    taxonomy = Taxonomy.of(PARTS)
    splits = {split: [clouds(4, i)] for i, split in enumerate(shapenet_part.SPLITS)}
    shapenet_part.write(tmp_path / "d", splits, taxonomy)
    assert shapenet_part.read_taxonomy(tmp_path / "d") == taxonomy
    for i, split in enumerate(shapenet_part.SPLITS):
        (shard,) = read(tmp_path / "d", split)
        for name in ("points", "labels", "parts"):
            found, expected = getattr(shard.clouds, name), getattr(clouds(4, i), name)
            np.testing.assert_array_equal(found, expected)


def test_the_written_files_are_those_published(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "out"
    shapenet_part.adopt(out, folder)
    ours, theirs = ({path.name for path in where.iterdir()} for where in (out, folder))
    assert theirs - ours == {"ply_data_test2.h5", "ply_data_test10.h5"}
    for name in ("all_object_categories.txt", "train_hdf5_file_list.txt"):
        assert (out / name).read_text() == (folder / name).read_text()
    for name in ("overallid_to_catid_partid.json", "catid_partid_to_overallid.json"):
        assert json.loads((out / name).read_text()) == json.loads((folder / name).read_text())
    assert np.shape(json.loads((out / "part_color_mapping.json").read_text())) == (5, 3)


def test_nothing_is_left_of_a_set_that_is_refused(tmp_path: Path) -> None:
    splits = {split: [clouds(4)] for split in shapenet_part.SPLITS}
    bad = clouds(4)
    bad.points[1, 2, 0] = np.nan
    with pytest.raises(DatasetError, match="not finite in cloud 1"):
        shapenet_part.write(tmp_path / "d", {**splits, "test": [bad]}, Taxonomy.of(PARTS))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("dataset", "change", "expected"),
    [
        ("data", lambda a: np.where(a == a[2, 0, 0], np.nan, a), "not finite in cloud 2"),
        ("data", lambda a: a[:, :, :2], "expected float32 n x P x 3"),
        ("data", lambda a: a[:3], "'data' holds 3 clouds but 'label' 4"),
        ("label", lambda a: a + 1, "label 2 is outside the 2 names in all_object_categories"),
        ("pid", lambda a: a + 40, "is outside the 5 of overallid_to_catid_partid.json"),
        ("pid", lambda a: a[:, :4], "'pid' is int32 4 x 4, expected int32 4 x 8"),
        ("pid", lambda a: a * 0, "cloud 1 is a Bag but has part 0, of Airplane"),
        ("pid", None, "has no dataset 'pid'"),
        ("label", None, "has no dataset 'label'"),
    ],
)
def test_damaged_files(folder: Path, dataset: str, change, expected: str) -> None:
    with h5py.File(folder / "ply_data_train1.h5", "r+") as file:
        old = file[dataset][()]
        del file[dataset]
        if change is not None:
            file[dataset] = change(old).astype(old.dtype)
    text = message(folder)
    assert expected in text
    assert "ply_data_train1.h5" in text


def test_a_truncated_file(folder: Path) -> None:
    path = folder / "ply_data_val0.h5"
    path.write_bytes(path.read_bytes()[:900])
    assert "ply_data_val0.h5: truncated" in message(folder, "val")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("all_object_categories.txt", "Airplane\n", "not a name and a synset"),
        ("all_object_categories.txt", "Airplane\t02691156\nBag\t02691156\n", "02691156 twice"),
        ("all_object_categories.txt", CATEGORIES + "Cap\t02954340\n", "no part of Cap (02954340)"),
        pytest.param("overallid_to_catid_partid.json", "[" * 100_000, "not JSON", id="deep"),
        ("overallid_to_catid_partid.json", '[["02691156", Infinity]]', "not a list of [synset"),
        ("overallid_to_catid_partid.json", "[[1, 2, 3]]", "not a list of [synset, number]"),
        ("overallid_to_catid_partid.json", "[", "not JSON"),
        ("overallid_to_catid_partid.json", '[["0", 1]]', "synset 0 is not in"),
        ("catid_partid_to_overallid.json", "{}", "is not the inverse"),
        ("part_names.txt", "Bag/x\n", "1 names for 5 parts"),
        ("val_hdf5_file_list.txt", "ply_data_val7.h5\n", "lists ply_data_val7.h5"),
        ("val_hdf5_file_list.txt", "\n", "the list is empty"),
    ],
)
def test_damaged_lists(folder: Path, name: str, content: str, expected: str) -> None:
    (folder / name).write_text(content)
    text = message(folder, "val")
    assert expected in text
    assert name in text


@pytest.mark.parametrize("name", ["all_object_categories.txt", "overallid_to_catid_partid.json"])
def test_missing_lists(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}: no such" in message(folder)


def test_unknown_split(folder: Path) -> None:
    assert "no split 'dev'" in message(folder, "dev")


def test_no_source() -> None:
    with pytest.raises(DatasetError, match="hdf5_data"):
        shapenet_part.adopt(Path("out"))
