"""Blocks of rooms, read as one data set from several files."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

from tf2_native.data import clouds_in_batches, s3dis
from tf2_native.errors import InputError


def tags(batches):
    return [np.round(clouds.points[:, 0, 0]).astype(int).tolist() for clouds in batches]


def test_area_is_kept_for_testing(scene_folder):
    test = s3dis.read_split(scene_folder, "test", 16)
    assert tags(clouds_in_batches(test, 2)) == [[4, 10]]
    assert test.rooms == ("Area_6_office_2",) * 2
    train = s3dis.read_split(scene_folder, "train", 16)
    assert tags(clouds_in_batches(train, 3)) == [[0, 1, 2], [3, 11, 12]]
    other = s3dis.read_split(scene_folder, "train", 16, test_area=1)
    assert tags(clouds_in_batches(other, 2)) == [[4, 10]]


def test_blocks_are_shuffled_across_files_with_their_labels(scene_folder):
    split = s3dis.read_split(scene_folder, "train", 12)
    batches = list(clouds_in_batches(split, 7, rng=np.random.default_rng(0)))
    (order,) = tags(batches)
    assert sorted(order) == [0, 1, 2, 3, 11, 12, 13] != order
    for row, tag in enumerate(order):
        with h5py.File(scene_folder / f"ply_data_all_{tag // 10}.h5") as file:
            np.testing.assert_array_equal(batches[0].points[row], file["data"][tag % 10, :12])
            np.testing.assert_array_equal(batches[0].labels[row], file["label"][tag % 10, :12])
    assert (batches[0].points.dtype, batches[0].labels.dtype) == (np.float32, np.int32)


def drop_room(folder):
    lines = (folder / "room_filelist.txt").read_text().splitlines()
    (folder / "room_filelist.txt").write_text("\n".join(lines[1:]))


def rename_room(name):
    def spoil(folder):
        path = folder / "room_filelist.txt"
        path.write_text(path.read_text().replace("Area_1_hallway_1", name))

    return spoil


def change(name, values):
    def spoil(folder):
        with h5py.File(folder / "ply_data_all_1.h5", "r+") as file:
            del file[name]
            file[name] = values

    return spoil


FAULTS = {
    "missing room": (drop_room, "has 8 lines for 9 blocks"),
    "an area there is not": (
        rename_room("Area_7_hallway_1"),
        r"room_filelist\.txt: 'Area_7_hallway_1' is not a room's name; .* Area_1_office_1",
    ),
    "no area": (rename_room("hallway_1"), "'hallway_1' is not a room's name"),
    "channels": (change("data", np.zeros((4, 16, 6))), r"expected \(blocks, points, 9\)"),
    "labels": (change("label", np.full((4, 16), 13)), "but S3DIS names 13 classes"),
    "points": (change("data", np.zeros((4, 20, 9))), r"'label' has shape \(4, 16\)"),
    "missing file": (lambda f: (f / "ply_data_all_1.h5").unlink(), "which is neither there nor"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(scene_folder, fault):
    spoil, message = FAULTS[fault]
    spoil(scene_folder)
    with pytest.raises(InputError, match=message):
        s3dis.read_split(scene_folder, "train", 8)


def test_files_of_different_sizes_are_named(scene_folder):
    change("data", np.zeros((4, 20, 9), "float32"))(scene_folder)
    change("label", np.zeros((4, 20), "uint8"))(scene_folder)
    with pytest.raises(InputError, match="differ in number of points"):
        s3dis.read_split(scene_folder, "train", 8)


def test_area_without_rooms_is_named(scene_folder):
    with pytest.raises(InputError, match="no room of Area_3; see --test-area"):
        s3dis.read_split(scene_folder, "test", 8, test_area=3)


def test_two_sets_may_be_open_at_once(scene_folder):
    train, test = (s3dis.read_split(scene_folder, split, 16) for split in ("train", "test"))
    (first,), (second,) = train.files, test.files
    one, other = first.open(), second.open()
    assert tags([one[np.array([0])], other[np.array([0])]]) == [[0], [4]]


def test_other_processes_may_read_the_files_meanwhile(scene_folder):
    (stored,) = s3dis.read_split(scene_folder, "train", 16).files
    blocks = stored.open()
    blocks[np.array([0])]
    for path in stored.paths:
        code = f"import h5py; h5py.File({str(path)!r}, 'r')['data'][()]"
        subprocess.run([sys.executable, "-c", code], check=True)


def scramble(path):
    """Spoils what a packed chunk holds; the file's own structure stays sound."""
    with h5py.File(path, "r+") as file:
        data = file["data"][()]
        del file["data"]
        file.create_dataset("data", data=data, chunks=(1, *data.shape[1:]), compression="gzip")
        file.flush()
        place = file["data"].id.get_chunk_info(1).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        file.write(bytes(20))


@pytest.mark.parametrize(
    ("spoil", "message"), [(scramble, "cannot be read"), (lambda path: path.unlink(), "NaN")]
)
def test_a_file_spoilt_since_it_was_looked_at_is_found_when_it_is_due(scene_folder, spoil, message):
    split = s3dis.read_split(scene_folder, "train", 8)
    spoil(scene_folder / "ply_data_all_1.h5")
    with pytest.raises(InputError, match=message):
        list(clouds_in_batches(split, 2))


def test_coordinates_that_are_none_are_found_when_they_are_due(scene_folder):
    change("data", np.full((4, 16, 9), np.nan, "float32"))(scene_folder)
    batches = clouds_in_batches(s3dis.read_split(scene_folder, "train", 8), 2)
    next(batches)
    with pytest.raises(InputError, match="NaN"):
        list(batches)
