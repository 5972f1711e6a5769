"""Shapes with parts, and what is said about folders that will not do."""

import json

import h5py
import numpy as np
import pytest

from tf2_native.data import Category, shapenet_part
from tf2_native.errors import InputError


def test_clouds_carry_parts_and_category(part_folder):
    split = shapenet_part.read_split(part_folder, "val", 10)
    assert split.categories == (Category("Mug", (0, 1)), Category("Table", (2, 3, 4)))
    assert split.class_names == ("Mug 1", "Mug 2", "Table 1", "Table 2", "Table 3")
    assert len(split) == 4
    clouds = split.files[0].open()
    with h5py.File(part_folder / "ply_data_val0.h5") as file:
        np.testing.assert_array_equal(clouds.points, file["data"][:, :10])
        np.testing.assert_array_equal(clouds.labels, file["pid"][:, :10])
    assert clouds.category.tolist() == [0, 1, 0, 1]
    assert {clouds.labels.dtype, clouds.category.dtype} == {np.dtype(np.int32)}


def test_published_folder_has_no_list_of_its_test_files(part_folder):
    (part_folder / "test_hdf5_file_list.txt").unlink()
    assert len(shapenet_part.read_split(part_folder, "test", 8)) == 3


def test_parts_may_have_names(part_folder):
    (part_folder / "part_names.txt").write_text("handle\ncup\ntop\nleg\nshelf\n")
    assert shapenet_part.read_split(part_folder, "val", 8).class_names[1] == "cup"
    (part_folder / "part_names.txt").write_text("handle\n")
    with pytest.raises(InputError, match="names 1 parts"):
        shapenet_part.read_split(part_folder, "val", 8)


def test_points_that_are_not_wanted_are_not_unpacked(part_folder, spoil_later_points):
    spoil_later_points(part_folder / "ply_data_val0.h5", wanted=8)
    shapenet_part.read_split(part_folder, "val", 8)
    with pytest.raises(InputError, match=r"ply_data_val0\.h5: cannot be read \(.*; fetch it again"):
        shapenet_part.read_split(part_folder, "val", 9)


def replace_dataset(folder, name, values):
    with h5py.File(folder / "ply_data_val0.h5", "r+") as file:
        del file[name]
        if values is not None:
            file[name] = values


FAULTS = {
    "no parts": (lambda f: replace_dataset(f, "pid", None), "no dataset 'pid'"),
    "parts of clouds": (
        lambda f: replace_dataset(f, "pid", np.zeros(4, int)),
        r"'pid' has shape \(4,\), expected \(4, 16\), one a point",
    ),
    "part too large": (
        lambda f: replace_dataset(f, "pid", np.full((4, 16), 5)),
        "labels run from 5 to 5, but overallid_to_catid_partid.json names 5 classes",
    ),
    "part of another category": (
        lambda f: replace_dataset(
            f, "pid", np.array([[0], [3], [1], [1]]) + np.zeros((4, 16), int)
        ),
        "ply_data_val0.h5: cloud 3 is a Table but has part 1, of Mug; fetch it again",
    ),
    "category too large": (
        lambda f: replace_dataset(f, "label", np.full((4, 1), 2)),
        "but all_object_categories.txt names 2 classes",
    ),
    "no list": (
        lambda f: (f / "val_hdf5_file_list.txt").unlink(),
        r"val_hdf5_file_list\.txt: cannot be read",
    ),
    "categories without identifier": (
        lambda f: (f / "all_object_categories.txt").write_text("Mug\n"),
        "a name and an identifier a line",
    ),
    "no table": (
        lambda f: (f / "overallid_to_catid_partid.json").write_text("{"),
        "is not JSON",
    ),
    "a table too deep": (
        lambda f: (f / "overallid_to_catid_partid.json").write_text("[" * 100_000),
        "is not JSON",
    ),
    "a number too long": (
        lambda f: (f / "overallid_to_catid_partid.json").write_text("9" * 5000),
        "is not JSON",
    ),
    "a category twice": (
        lambda f: (f / "all_object_categories.txt").write_text(
            "Mug\t03797390\nTable\t04379243\nCup\t03797390\n"
        ),
        "all_object_categories.txt: has 03797390 twice",
    ),
    "another table": (
        lambda f: (f / "overallid_to_catid_partid.json").write_text("[1]"),
        "must be a list",
    ),
    "unknown category": (
        lambda f: (f / "overallid_to_catid_partid.json").write_text(json.dumps([["1", 0]])),
        "part 0 is of 1, not in all_object_categories.txt",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(part_folder, fault):
    spoil, message = FAULTS[fault]
    spoil(part_folder)
    with pytest.raises(InputError, match=message) as caught:
        shapenet_part.read_split(part_folder, "val", 8)
    assert "\n" not in str(caught.value)
