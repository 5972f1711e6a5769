"""Which clouds come in which order, and what is said about folders that will not do."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from tf2_native.augmentation import jitter, rotate_about_y
from tf2_native.data import PointCloudFiles
from tf2_native.errors import InputError


class ScriptedDraws:
    """Stands in for a generator: reverses every order, turns nothing, and writes down the calls."""

    def __init__(self) -> None:
        self.calls = []

    def permutation(self, count: int) -> np.ndarray:
        self.calls.append(("permutation", count))
        return np.arange(count)[::-1]

    def uniform(self, size: int) -> np.ndarray:
        self.calls.append(("uniform", size))
        return np.zeros(size)

    def standard_normal(self, size: tuple[int, ...]) -> np.ndarray:
        self.calls.append(("standard_normal", size))
        return np.ones(size)


def tags(batches) -> list[list[int]]:
    return [np.round(points[:, 0, 0]).astype(int).tolist() for points, _ in batches]


def test_test_split_comes_in_order_as_stored(folder):
    clouds = PointCloudFiles(folder, "test", batch_size=4, num_points=10)
    (points, labels), *rest = clouds
    assert not rest  # Two of six clouds do not fill a batch.
    with h5py.File(folder / "ply_data_test0.h5") as file:
        np.testing.assert_array_equal(points, file["data"][:4, :10])
    assert labels.tolist() == [0, 1, 2, 0]
    assert (points.dtype, labels.dtype) == (np.float32, np.int32)
    assert tags(clouds) == [[0, 1, 2, 3]]  # And the next epoch is the same.


def test_incomplete_batch_of_each_file_is_dropped(folder):
    clouds = PointCloudFiles(folder, "train", batch_size=3, num_points=16)
    assert tags(clouds) == [[0, 1, 2], [3, 4, 5], [100, 101, 102]]
    assert len(clouds) == 3


def test_shuffling_never_mixes_files_and_draws_in_order(folder):
    draws = ScriptedDraws()
    clouds = PointCloudFiles(folder, batch_size=3, num_points=8, rng=draws)
    assert draws.calls == []
    assert tags(clouds) == [[104, 103, 102], [6, 5, 4], [3, 2, 1]]
    batch = [("uniform", 3), ("standard_normal", (3, 8, 3))]
    assert draws.calls == [
        ("permutation", 2),
        ("permutation", 5),
        *batch,
        ("permutation", 7),
        *batch,
        *batch,
    ]


def test_training_batches_are_rotated_then_jittered(folder):
    clouds = PointCloudFiles(folder, batch_size=3, num_points=8, rng=np.random.default_rng(5))
    points, labels = next(iter(clouds))
    rng = np.random.default_rng(5)
    name = f"ply_data_train{rng.permutation(2)[0]}.h5"
    with h5py.File(folder / name) as file:
        order = rng.permutation(len(file["label"]))[:3]
        stored, stored_labels = file["data"][()][order, :8], file["label"][()][order, 0]
    turned = rotate_about_y(stored, 2 * np.pi * rng.uniform(size=3))
    np.testing.assert_array_equal(points, jitter(turned, rng.standard_normal(size=(3, 8, 3))))
    np.testing.assert_array_equal(labels, stored_labels)


def test_epochs_differ_and_seeds_repeat(folder):
    first, again = (
        PointCloudFiles(folder, batch_size=3, num_points=8, rng=np.random.default_rng(5))
        for _ in range(2)
    )
    epochs = [np.concatenate([points for points, _ in clouds]) for clouds in (first, first, again)]
    assert np.abs(epochs[0] - epochs[1]).max() > 1
    np.testing.assert_array_equal(epochs[0], epochs[2])


def test_looking_at_the_first_batches_costs_no_draws(folder):
    draws = ScriptedDraws()
    clouds = PointCloudFiles(folder, batch_size=3, num_points=8, rng=draws)
    looked_at = tags([clouds[0], clouds[1]])
    clouds.on_epoch_end()
    assert tags(clouds)[:2] == looked_at
    assert draws.calls.count(("permutation", 2)) == 1
    assert tags([clouds[0]]) == looked_at[:1]
    assert draws.calls.count(("permutation", 2)) == 2


def test_an_epoch_left_after_its_first_batch_was_a_look(folder):
    draws = ScriptedDraws()
    clouds = PointCloudFiles(folder, batch_size=2, num_points=8, rng=draws)
    clouds.on_epoch_begin()
    looked_at = tags([clouds[0]])
    clouds.on_epoch_end()
    assert tags(clouds)[:1] == looked_at
    assert draws.calls.count(("permutation", 2)) == 1


def test_an_epoch_cut_short_is_not_taken_up_again(folder):
    draws = ScriptedDraws()
    clouds = PointCloudFiles(folder, batch_size=2, num_points=8, rng=draws)
    clouds.on_epoch_begin()
    for index in range(3):
        clouds[index]
    assert len(tags(clouds)) == len(clouds) == 5
    assert draws.calls.count(("permutation", 2)) == 2


def test_shuffled_indices_change_nothing(folder):
    clouds = PointCloudFiles(folder, "train", batch_size=3, num_points=8)
    in_order = tags(clouds)
    clouds.on_epoch_begin()
    assert tags(clouds[index] for index in (2, 0, 1)) == in_order


def test_a_file_in_the_folder_goes_before_one_of_the_same_path(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    (folder.parent / "data").symlink_to(folder.parent)
    other = folder.parent / "copy"
    other.mkdir()
    for file in folder.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    clouds = PointCloudFiles(other, "test", batch_size=2, num_points=8)
    assert clouds.split.files[0].path.parent == other
    (other / "ply_data_test0.h5").unlink()
    clouds = PointCloudFiles(other, "test", batch_size=2, num_points=8)
    assert [file.path for file in clouds.split.files] == [
        Path("data/modelnet40_ply_hdf5_2048/ply_data_test0.h5")
    ]


def replaced(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        with h5py.File(folder / "ply_data_train1.h5", "r+") as file:
            values = change(file[name][()])
            del file[name]
            file[name] = values

    return spoil


def dropped(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        with h5py.File(folder / "ply_data_train1.h5", "r+") as file:
            del file[name]

    return spoil


def truncated(folder: Path) -> None:
    path = folder / "ply_data_train1.h5"
    path.write_bytes(path.read_bytes()[:-500])


def with_nan(data: np.ndarray) -> np.ndarray:
    data[2, 3, 1] = np.nan
    return data


FAULTS = {
    "no list": (
        lambda folder: (folder / "train_files.txt").unlink(),
        r"train_files\.txt: cannot be read \(No such file",
    ),
    "empty list": (
        lambda folder: (folder / "train_files.txt").write_text("\n"),
        r"train_files\.txt: is empty",
    ),
    "no names": (
        lambda folder: (folder / "shape_names.txt").unlink(),
        r"shape_names\.txt: cannot be read",
    ),
    "no file": (
        lambda folder: (folder / "ply_data_train1.h5").unlink(),
        r"train_files\.txt: names data/.*ply_data_train1\.h5, which is neither there nor in",
    ),
    "a name too long for a file": (
        lambda folder: (folder / "train_files.txt").write_text("x" * 5000),
        r"train_files\.txt: names xxx.*, which is neither there nor in",
    ),
    "no data": (dropped("data"), r"ply_data_train1\.h5: has no dataset 'data'"),
    "no label": (dropped("label"), r"ply_data_train1\.h5: has no dataset 'label'"),
    "data without a shape": (
        replaced("data", lambda data: h5py.Empty("f")),
        r"ply_data_train1\.h5: has no dataset 'data'",
    ),
    "data of rank 2": (
        replaced("data", lambda data: data[:, 0]),
        r"train1\.h5: 'data' has shape \(5, 3\), expected \(clouds, points, 3\)",
    ),
    "four channels": (
        replaced("data", lambda data: data.repeat(2, axis=2)),
        r"'data' has shape \(5, 16, 6\)",
    ),
    "integer data": (replaced("data", lambda data: data.astype(int)), "'data' is int64"),
    "few points": (
        replaced("data", lambda data: data[:, :7]),
        "clouds have 7 points, 8 were asked for",
    ),
    "NaN": (replaced("data", with_nan), r"train1\.h5: 'data' holds NaN"),
    "label too large": (
        replaced("label", lambda label: label + 1),
        "labels run from 1 to 3, but shape_names.txt names 3 classes",
    ),
    "negative label": (
        replaced("label", lambda label: label.astype(int) - 1),
        "labels run from -1 to 1",
    ),
    "labels of points": (
        replaced("label", lambda label: label.repeat(2, axis=1)),
        r"'label' has shape \(5, 2\), expected \(5, 1\)",
    ),
    "float labels": (replaced("label", lambda label: label * 0.5), "'label' is float64"),
    "truncated": (truncated, r"train1\.h5: cannot be read \(.*truncated.*\); fetch it again"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(folder, fault):
    spoil, message = FAULTS[fault]
    spoil(folder)
    with pytest.raises(InputError, match=message) as caught:
        PointCloudFiles(folder, batch_size=2, num_points=8)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_a_name(folder):
    path = folder / "shape_names.txt"
    path.write_text(path.read_text(), encoding="utf-8-sig")
    clouds = PointCloudFiles(folder, batch_size=2, num_points=8)
    assert clouds.split.class_names == ("chair", "lamp", "sofa")


def test_points_that_are_not_wanted_are_not_unpacked(folder, spoil_later_points):
    spoil_later_points(folder / "ply_data_test0.h5", wanted=8)
    PointCloudFiles(folder, "test", batch_size=2, num_points=8)
    with pytest.raises(
        InputError, match=r"ply_data_test0\.h5: cannot be read \(.*; fetch it again"
    ):
        PointCloudFiles(folder, "test", batch_size=2, num_points=9)


def test_too_large_a_batch_is_named(folder):
    with pytest.raises(InputError, match="no file holds a batch of 8 clouds"):
        PointCloudFiles(folder, batch_size=8, num_points=8)
