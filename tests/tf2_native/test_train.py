"""Training of every network, and that an interruption leaves no trace."""

import csv
import json
import os
import signal
from dataclasses import replace

import h5py
import keras
import numpy as np
import pytest

from tf2_native import RECIPES
from tf2_native.backup import Backup, read_progress
from tf2_native.errors import InputError
from tf2_native.interruption import Interrupted
from tf2_native.run_record import read_record
from tf2_native.train import HISTORY, Run, train

FOLDERS = {
    "pointnet_cls": "folder",
    "pointnet_seg": "part_folder",
    "part_seg": "part_folder",
    "sem_seg": "scene_folder",
    "shape_seg": "annotation_folder",
}


def small(model, **changes):
    return replace(RECIPES[model], batch_size=2, num_points=16, epochs=2, **changes)


def state(model):
    found = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable) for variable in found]


def rows(log_dir):
    return list(csv.DictReader((log_dir / HISTORY).open()))


def assert_same_run(model, log_dir, other, other_dir):
    for ours, theirs in zip(state(model), state(other), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert rows(log_dir) == rows(other_dir)


@pytest.fixture(autouse=True)
def _eager():
    """Tracing and compiling take a hundred times as long as these runs."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


class Killed(Exception):
    """Stands for the end of the process."""


def die_at(monkeypatch, epoch, batch):
    """Ends the run in the middle of a step, as a power cut would."""
    after_step = Backup.on_train_batch_end

    def on_train_batch_end(self, step, logs=None):
        if (self._epoch, step) == (epoch, batch):
            raise Killed
        after_step(self, step, logs)

    monkeypatch.setattr(Backup, "on_train_batch_end", on_train_batch_end)


@pytest.mark.parametrize("model", [name for name in FOLDERS if name in RECIPES])
def test_every_network_trains(model, request, tmp_path):
    folder = request.getfixturevalue(FOLDERS[model])
    log_dir = tmp_path / "log"
    train(replace(small(model), epochs=1), folder, log_dir, Run(seed=0))
    (row,) = rows(log_dir)
    assert np.isfinite([float(value) for value in row.values()]).all()
    assert {"learning_rate", "bn_momentum"} <= set(row)
    assert (log_dir / "best.keras").exists()
    assert not (log_dir / "backup.h5").exists()


@pytest.mark.parametrize(("epoch", "batch"), [(0, 3), (1, 1)])
def test_killed_run_goes_on_bit_for_bit(folder, tmp_path, monkeypatch, epoch, batch):
    recipe = small("pointnet_cls_basic")
    run = Run(seed=1, backup_every=2)
    whole = train(recipe, folder, tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        die_at(patch, epoch, batch)
        with pytest.raises(Killed):
            train(recipe, folder, tmp_path / "log", run)
    again = train(recipe, folder, tmp_path / "log", replace(run, resume=True))
    assert_same_run(again, tmp_path / "log", whole, tmp_path / "whole")


def test_blocks_shuffled_over_files_go_on_bit_for_bit(scene_folder, tmp_path, monkeypatch):
    recipe, run = small("sem_seg"), Run(seed=1, backup_every=1)
    whole = train(recipe, scene_folder, tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        die_at(patch, 1, 1)
        with pytest.raises(Killed):
            train(recipe, scene_folder, tmp_path / "log", run)
    again = train(recipe, scene_folder, tmp_path / "log", replace(run, resume=True))
    assert_same_run(again, tmp_path / "log", whole, tmp_path / "whole")


def test_signal_stops_after_the_step_and_loses_nothing(folder, tmp_path, monkeypatch):
    recipe, run = small("pointnet_cls_basic"), Run(seed=2)
    whole = train(recipe, folder, tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        begin = Backup.on_train_batch_begin

        def on_train_batch_begin(self, step, logs=None):
            begin(self, step, logs)
            if (self._epoch, step) == (1, 1):
                os.kill(os.getpid(), signal.SIGTERM)

        patch.setattr(Backup, "on_train_batch_begin", on_train_batch_begin)
        before = signal.getsignal(signal.SIGTERM)
        with pytest.raises(Interrupted):
            train(recipe, folder, tmp_path / "log", run)
        assert signal.getsignal(signal.SIGTERM) is before
    again = train(recipe, folder, tmp_path / "log", replace(run, resume=True))
    assert_same_run(again, tmp_path / "log", whole, tmp_path / "whole")


@pytest.mark.parametrize("backup_every", [1, 500], ids=["in an epoch", "between epochs"])
def test_patience_is_remembered(folder, tmp_path, monkeypatch, backup_every):
    recipe = replace(small("pointnet_cls_basic", learning_rate=0.0), epochs=9)
    run = Run(seed=2, patience=2, backup_every=backup_every)
    train(recipe, folder, tmp_path / "whole", run)
    with monkeypatch.context() as patch:
        die_at(patch, 1, 2)
        with pytest.raises(Killed):
            train(recipe, folder, tmp_path / "log", run)
    train(recipe, folder, tmp_path / "log", replace(run, resume=True))
    assert rows(tmp_path / "log") == rows(tmp_path / "whole")
    assert len(rows(tmp_path / "log")) < 9


def test_interrupted_run_is_neither_lost_nor_taken_for_another(folder, tmp_path, monkeypatch):
    recipe, run = small("pointnet_cls_basic"), Run(seed=2, backup_every=1)
    with monkeypatch.context() as patch:
        die_at(patch, 0, 2)
        with pytest.raises(Killed):
            train(recipe, folder, tmp_path, run)
    with pytest.raises(InputError, match="go on with --resume"):
        train(recipe, folder, tmp_path, run)
    with pytest.raises(InputError, match=r"learning_rate 0\.001, not 0\.5"):
        train(replace(recipe, learning_rate=0.5), folder, tmp_path, replace(run, resume=True))
    with pytest.raises(InputError, match="early_stopping None, not 2"):
        train(recipe, folder, tmp_path, replace(run, resume=True, patience=2))


def other_clouds(folder):
    with h5py.File(folder / "ply_data_train1.h5", "r+") as file:
        file["data"][0, 1, 0] += 1


def other_order(folder):
    with h5py.File(folder / "ply_data_train1.h5", "r+") as file:
        file["label"][...] = file["label"][()][::-1]


def fewer_clouds(folder):
    path = folder / "test_files.txt"
    path.write_text(path.read_text().replace("test0", "train1"))


def other_names(folder):
    (folder / "shape_names.txt").write_text("chair\nlamp\nstool\n")


def more_names(folder):
    (folder / "shape_names.txt").write_text("chair\nlamp\nsofa\nstool\n")


def one_file(folder):
    (folder / "train_files.txt").write_text("ply_data_train0.h5\n")


@pytest.fixture
def interrupted(folder, tmp_path, monkeypatch):
    """The folder of a run that ended early on `folder`."""
    with monkeypatch.context() as patch:
        die_at(patch, 0, 2)
        with pytest.raises(Killed):
            train(small("pointnet_cls_basic"), folder, tmp_path / "log", Run(0, backup_every=1))
    return tmp_path / "log"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_clouds, "training data held other clouds"),
        (other_order, "training data held other clouds"),
        (one_file, "training data had 2 files, not 1"),
        (fewer_clouds, "validation data had 6 clouds, not 5"),
        (other_names, "training data had the class 'sofa', not 'stool'"),
        (more_names, "training data had 3 classes, not 4"),
    ],
)
def test_other_data_are_refused(folder, interrupted, change, told):
    change(folder)
    before = {file: file.read_bytes() for file in interrupted.iterdir() if file.is_file()}
    with pytest.raises(InputError, match=f"backup.h5: is of a run whose {told}; give the same"):
        train(small("pointnet_cls_basic"), folder, interrupted, Run(0, resume=True))
    assert {file: file.read_bytes() for file in interrupted.iterdir() if file.is_file()} == before


def test_other_rooms_are_refused(scene_folder, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        die_at(patch, 0, 2)
        with pytest.raises(Killed):
            train(small("sem_seg"), scene_folder, tmp_path, Run(0, backup_every=1))
    path = scene_folder / "room_filelist.txt"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[4:6], *lines[:4], *lines[6:]]))
    with pytest.raises(InputError, match="held other clouds"):
        train(small("sem_seg"), scene_folder, tmp_path, Run(0, resume=True))


def test_a_run_goes_on_from_data_that_were_moved(folder, interrupted):
    moved = folder.rename(folder.with_name("elsewhere"))
    train(small("pointnet_cls_basic"), moved, interrupted, Run(0, resume=True))
    assert len(rows(interrupted)) == 2


def test_a_backup_from_before_data_were_noted_goes_on(folder, interrupted):
    with h5py.File(interrupted / "backup.h5", "r+") as file:
        fields = json.loads(file.attrs["progress"])
        assert fields.pop("data")
        file.attrs["progress"] = json.dumps(fields)
    train(small("pointnet_cls_basic"), folder, interrupted, Run(0, resume=True))
    assert len(rows(interrupted)) == 2


@pytest.mark.parametrize("text", ["{", "[" * 30_000], ids=["cut short", "too deep"])
def test_damaged_records_are_named(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(InputError, match=r"run\.json: is damaged"):
        read_record(tmp_path)
    with h5py.File(tmp_path / "backup.h5", "w") as file:
        file.attrs["progress"] = text
    with pytest.raises(InputError, match=r"backup\.h5: is no backup, or a damaged one"):
        read_progress(tmp_path / "backup.h5")


def test_nothing_to_resume_is_said(folder, tmp_path):
    with pytest.raises(InputError, match="no backup to resume from"):
        train(small("pointnet_cls"), folder, tmp_path, Run(resume=True))


@pytest.mark.parametrize("half", ["bfloat16", "float16"])
def test_mixed_precision_keeps_what_is_summed_in_float32(folder, tmp_path, half):
    model = train(small("pointnet_cls"), folder, tmp_path, Run(seed=0, mixed_precision=half))
    assert keras.config.dtype_policy().name == "float32"
    layer = model.get_layer("conv1")
    assert layer.compute_dtype == half
    assert {variable.dtype for variable in layer.bn.weights} == {"float32", "int32"}
    # In half precision alone a statistic would be a multiple of its own last place.
    mean = keras.ops.convert_to_numpy(layer.bn.moving_mean)
    assert (mean != keras.ops.convert_to_numpy(keras.ops.cast(mean, half))).any()
    assert np.isfinite([float(row["loss"]) for row in rows(tmp_path)]).all()


def test_unreadable_block_ends_in_one_line(scene_folder, tmp_path):
    with h5py.File(scene_folder / "ply_data_all_1.h5", "r+") as file:
        file["data"][...] = np.nan
    with pytest.raises(InputError, match="NaN"):
        train(small("sem_seg"), scene_folder, tmp_path)


def test_too_many_categories_are_named(part_folder, tmp_path):
    lines = [f"C{number}\t{number}" for number in range(15)]
    with (part_folder / "all_object_categories.txt").open("a") as file:
        file.write("\n".join(lines) + "\n")
    with pytest.raises(InputError, match="has 17 categories; part_seg is told one of 16"):
        train(small("part_seg"), part_folder, tmp_path)
