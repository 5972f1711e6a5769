"""Predictions and their pictures, of data sets and of single clouds."""

import json

import h5py
import matplotlib.image
import numpy as np
import pytest
import trimesh
from typer.testing import CliRunner

from tf2_native import RECIPES, build_model, plots, predict
from tf2_native.data.single import read_cloud
from tf2_native.errors import InputError
from tf2_native.pictures.palette import LINES, as_rgb
from tf2_native.predictions import PredictionsFile
from tf2_native.run_record import RunRecord
from tf2_native.tasks import TASKS, Selection


def run(command, *arguments):
    return CliRunner().invoke(command.app, [str(argument) for argument in arguments])


def save(model, folder, tmp_path):
    """An untrained network with the record of a run."""
    split = TASKS[model].read(folder, "train", 16, Selection())
    build_model(model, num_classes=len(split.class_names)).save(tmp_path / "model.keras")
    RunRecord.of(RECIPES[model], split, 50).write(tmp_path)
    return tmp_path / "model.keras"


def files(folder):
    return {file.name for file in folder.iterdir()}


def ply_vertices(path):
    return trimesh.load(path).metadata["_ply_raw"]["vertex"]["data"]


def test_parts_are_predicted_and_drawn(part_folder, tmp_path):
    checkpoint, out = save("part_seg", part_folder, tmp_path), tmp_path / "out"
    options = ["--num-point", 16, "--pictures", 2, "--batch-size", 2, "--out", out]
    result = run(predict, "--checkpoint", checkpoint, "--data", part_folder, *options)
    assert result.exit_code == 0, result.output
    assert "mean IoU of shapes" in result.output
    clouds = {f"cloud-{number:02}.{kind}" for number in range(2) for kind in ("png", "ply")}
    assert files(out) == {*clouds, "predictions.h5", "confusion.png", "clouds.html"}
    with h5py.File(out / "predictions.h5") as file:
        assert file["logits"].shape == (3, 16, 5)  # The last batch is not full.
        parts = {0: {0, 1}, 1: {2, 3, 4}}
        for category, predicted in zip(file["category"], file["predicted"], strict=True):
            assert set(predicted) <= parts[category]


def test_one_shape_of_any_size_is_predicted_whole(part_folder, tmp_path):
    checkpoint, out = save("part_seg", part_folder, tmp_path), tmp_path / "out"
    np.savetxt(tmp_path / "table.txt", np.random.default_rng(0).normal(size=(37, 3)))
    options = ["--cloud", tmp_path / "table.txt", "--shape", "Table", "--out", out]
    result = run(predict, "--checkpoint", checkpoint, *options)
    assert result.exit_code == 0, result.output
    vertices = ply_vertices(out / "cloud-00.ply")
    assert len(vertices["predicted"]) == 37
    assert set(vertices["predicted"]) <= {2, 3, 4}
    wrong = run(predict, "--checkpoint", checkpoint, *options[:3], "Chair")
    assert wrong.exit_code == 2
    assert "no category 'Chair'; there are Mug, Table" in wrong.stderr


def test_rooms_are_put_together_from_their_blocks(scene_folder, tmp_path):
    checkpoint, out = save("sem_seg", scene_folder, tmp_path), tmp_path / "out"
    options = ["--num-point", 16, "--batch-size", 8, "--out", out]
    result = run(predict, "--checkpoint", checkpoint, "--data", scene_folder, *options)
    assert result.exit_code == 0, result.output
    assert {"cloud-00.png", "clouds.html"} <= files(out)
    assert "cloud-01.png" not in files(out)
    assert len(ply_vertices(out / "cloud-00.ply")["label"]) == 2 * 16


def test_classified_clouds_make_a_sheet(folder, tmp_path):
    checkpoint, out = save("pointnet_cls_basic", folder, tmp_path), tmp_path / "out"
    options = ["--num-point", 16, "--out", out]
    result = run(predict, "--checkpoint", checkpoint, "--data", folder, *options)
    assert result.exit_code == 0, result.output
    clouds = {f"cloud-{number:02}.ply" for number in range(4)}
    assert files(out) == {*clouds, "predictions.h5", "confusion.png", "clouds.png", "clouds.html"}
    with h5py.File(out / "predictions.h5") as file:
        vertices = ply_vertices(out / "cloud-00.ply")
        assert set(vertices["predicted"]) == {file["predicted"][0]}
        assert set(vertices["label"]) == {file["labels"][0]}
    assert len(vertices["label"]) == 16
    np.save(tmp_path / "one.npy", np.ones((5, 3)))
    result = run(predict, "--checkpoint", checkpoint, "--cloud", tmp_path / "one.npy")
    assert {line.split()[0] for line in result.stdout.splitlines()} == {"chair", "lamp", "sofa"}


@pytest.mark.parametrize("faces", [None, [[0, 1, 2]]])
def test_the_vertices_of_a_ply_file_are_a_cloud(tmp_path, faces):
    points = np.float32([[0, 0, 0], [1, 0, 0], [0, 2, 0], [1, 0, 0]])  # One of them twice.
    trimesh.Trimesh(points, faces, process=False).export(tmp_path / "cloud.ply")
    np.testing.assert_array_equal(read_cloud(tmp_path / "cloud.ply", 3), points)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cloud.obj", "", "is no cloud by its name"),
        ("cloud.txt", "a b c", "cannot be read"),
        ("cloud.txt", "1 2", r"expected \(points, 3\)"),
        ("cloud.xyz", "1 2 nan", "NaN"),
        ("cloud.npy", "", "cannot be read"),
        ("cloud.ply", "ply", "cannot be read"),
    ],
)
def test_clouds_that_will_not_do_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message) as caught:
        read_cloud(tmp_path / name, 3)
    assert "\n" not in str(caught.value)


def test_predictions_of_a_run_that_fails_are_not_left(tmp_path):
    def fail():
        with PredictionsFile(tmp_path) as file:
            file.append(labels=np.zeros(3))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert files(tmp_path) == set()
    with PredictionsFile(tmp_path) as file:
        file.append(labels=np.zeros(3, np.int32), category=None)
        file.append(labels=np.ones(2, np.int32))
    with h5py.File(tmp_path / "predictions.h5") as content:
        assert content["labels"][()].tolist() == [0, 0, 0, 1, 1]
        assert list(content) == ["labels"]


@pytest.mark.parametrize(("steps_per_epoch", "epochs"), [(50, 2), (4000, 100)])
def test_schedules_are_drawn_to_their_ends_with_the_run_marked(
    tmp_path, folder, monkeypatch, steps_per_epoch, epochs
):
    drawn = []
    monkeypatch.setattr(plots, "draw_schedules", lambda *arguments: drawn.append(arguments))
    split = TASKS["pointnet_cls"].read(folder, "train", 16, Selection())
    RunRecord.of(RECIPES["pointnet_cls"], split, steps_per_epoch).write(tmp_path)
    (tmp_path / "history.csv").write_text("epoch,loss\n" + "0,1\n" * epochs)
    plots.plot(tmp_path)
    ((_, steps, schedules, done),) = drawn
    assert done == steps_per_epoch * epochs <= steps[-1]
    assert schedules["learning rate"][-1] == pytest.approx(1e-5)
    assert schedules["batch-norm momentum"][-1] == pytest.approx(0.99)


def mark_of(picture):
    """How many pixels have the colour of the run's end."""
    pixels = np.round(255 * matplotlib.image.imread(picture)[..., :3]).astype(int)
    return int((pixels == as_rgb(LINES[5])).all(axis=-1).sum())


def test_a_run_is_plotted(tmp_path, folder):
    save("pointnet_cls", folder, tmp_path)
    (tmp_path / "history.csv").write_text(
        "epoch,accuracy,loss,val_accuracy,val_loss,learning_rate,bn_momentum\n0,0.5,1,0.4,2,0.001,0.5\n"
    )
    result = run(plots, "--log-dir", tmp_path)
    assert result.exit_code == 0, result.output
    assert {"curves.png", "schedules.png"} <= files(tmp_path)
    assert mark_of(tmp_path / "schedules.png") > 0
    record = json.loads((tmp_path / "run.json").read_text())
    assert record.pop("steps_per_epoch") == 50
    (tmp_path / "run.json").write_text(json.dumps(record))  # As it was before steps were noted.
    assert run(plots, "--log-dir", tmp_path).exit_code == 0
    assert mark_of(tmp_path / "schedules.png") == 0
    (tmp_path / "history.csv").write_text("epoch,loss\n")
    assert "holds no whole epoch" in run(plots, "--log-dir", tmp_path).stderr
