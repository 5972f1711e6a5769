"""The commands, from training to a report, and what they say when they cannot."""

import csv
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from tf2_native import build_model, checkpoint, evaluate, train
from tf2_native.data import Clouds, Split
from tf2_native.inference import vote
from tf2_native.judges import ClassJudge, as_text

SIZES = ["--batch-size", "3", "--num-point", "16"]


def run(command, *arguments):
    return CliRunner().invoke(command.app, [str(argument) for argument in arguments])


@pytest.fixture
def saved_model(tmp_path):
    path = tmp_path / "model.keras"
    build_model("pointnet_cls_basic", num_classes=3).save(path)
    return path


def test_train_then_evaluate(folder, tmp_path):
    log = tmp_path / "log"
    options = ["--model", "pointnet_cls_basic", "--log-dir", log, "--max-epoch", 1, "--seed", 0]
    result = run(train, "--data", folder, *options, *SIZES)
    assert result.exit_code == 0, result.output
    (row,) = csv.DictReader((log / "history.csv").open())
    assert {"accuracy", "mean_class_accuracy", "loss", "val_accuracy"} <= set(row)
    assert (log / "best.keras").exists()
    assert list(log.glob("train/events*"))
    last = keras.models.load_model(log / "last.keras")
    assert int(last.optimizer.iterations) == int(last.get_layer("fc1").bn.step) == 3

    dump = ["--dump-dir", tmp_path / "dump"]
    result = run(evaluate, "--checkpoint", log / "last.keras", "--data", folder, *SIZES, *dump)
    assert result.exit_code == 0, result.output
    with h5py.File(tmp_path / "dump" / "predictions.h5") as file:
        assert (file["logits"].shape, file["labels"].shape) == ((6, 3), (6,))
    *classes, mean, overall = (line.split() for line in result.stdout.splitlines()[-5:])
    assert [name for name, _ in classes] == ["chair", "lamp", "sofa"]
    assert overall[-1] == f"{float(row['val_accuracy']):.4f}"
    assert mean[-1] == f"{float(row['val_mean_class_accuracy']):.4f}"
    (dumped,) = (tmp_path / "dump").iterdir()
    with h5py.File(dumped) as file:
        right = np.argmax(file["logits"][()], axis=-1) == file["labels"][()]
    assert dumped.name == "predictions.h5"
    assert f"{right.mean():.4f}" == overall[-1]


def test_votes_are_sums_over_equal_angles():
    model = keras.Sequential([keras.Input((2, 3)), keras.layers.Reshape((6,))])
    points = np.arange(6, dtype="float32").reshape(1, 2, 3)
    np.testing.assert_array_equal(vote(model, points), points.reshape(1, 6))
    # Four quarter turns cancel in x and z, and leave y alone.
    expected = [[0, 4, 0, 0, 16, 0]]
    np.testing.assert_allclose(vote(model, points, 4), expected, atol=1e-5)


def test_report_marks_classes_that_never_occur():
    judge = ClassJudge(Split(Path(), ("a", "b", "c"), []))
    logits = np.eye(3)[[0, 1, 2]]
    judge.add(Clouds(np.zeros((3, 1, 3), np.float32), np.array([0, 0, 2], np.int32)), logits)
    lines = as_text(judge.table()).splitlines()
    shares = [line.split()[-1] for line in lines]
    assert shares == ["0.5000", "-", "1.0000", "0.7500", "0.6667"]


def test_checkpoint_import_and_export(saved_model, tmp_path):
    prefix, again = tmp_path / "tf1" / "model.ckpt", tmp_path / "again.keras"
    assert run(checkpoint, "export", saved_model, prefix).exit_code == 0
    options = ["--model", "pointnet_cls_basic", "--num-classes", 3]
    assert run(checkpoint, "import", prefix, again, *options).exit_code == 0
    x = np.random.default_rng(0).normal(size=(1, 4, 3)).astype("float32")
    ours, theirs = (keras.models.load_model(path)(x) for path in (saved_model, again))
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(ours), keras.ops.convert_to_numpy(theirs)
    )


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        ("again", "must end in .keras"),
        ("again.h5", "must end in .keras"),
        ("model.keras/again.keras", "model.keras: "),
    ],
)
def test_import_to_a_place_that_will_not_do(saved_model, tmp_path, destination, message):
    prefix = tmp_path / "model.ckpt"
    run(checkpoint, "export", saved_model, prefix)
    before = set(tmp_path.iterdir())
    options = ["--model", "pointnet_cls_basic", "--num-classes", 3]
    result = run(checkpoint, "import", prefix, tmp_path / destination, *options)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert message in line
    assert set(tmp_path.iterdir()) == before


def test_import_makes_its_folder(saved_model, tmp_path):
    run(checkpoint, "export", saved_model, tmp_path / "model.ckpt")
    path = tmp_path / "new" / "again.keras"
    options = ["--model", "pointnet_cls_basic", "--num-classes", 3]
    assert run(checkpoint, "import", tmp_path / "model.ckpt", path, *options).exit_code == 0
    assert path.is_file()


def test_checkpoint_cut_short_is_named(saved_model, tmp_path):
    prefix = tmp_path / "model.ckpt"
    run(checkpoint, "export", saved_model, prefix)
    (data,) = tmp_path.glob("model.ckpt.data*")
    data.write_bytes(data.read_bytes()[:1000])
    options = ["--model", "pointnet_cls_basic", "--num-classes", 3]
    result = run(checkpoint, "import", prefix, tmp_path / "again.keras", *options)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "cannot be read as a TF1 checkpoint" in line


def test_results_that_cannot_be_kept_are_one_line(folder, tmp_path, saved_model):
    options = ["--model", "pointnet_cls_basic", "--max-epoch", 1, *SIZES]
    result = run(train, "--data", folder, "--log-dir", saved_model / "log", *options)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"error: {saved_model}")


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        (train, ["--data", "nowhere"], "shape_names.txt: cannot be read"),
        (train, ["--data", "nowhere", "--model", "alexnet"], "no network is called 'alexnet'"),
        (evaluate, ["--data", "nowhere", "--checkpoint", "x.keras"], "x.keras: no such file"),
        (checkpoint, ["import", "nowhere/model.ckpt", "out.keras"], "no TF1 checkpoint"),
        (
            checkpoint,
            ["import", "x", "y.keras", "--model", "alexnet"],
            "no network is called 'alexnet'",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(command, arguments, message):
    result = run(command, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_checkpoint_that_is_none_is_named(folder, tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("nothing of the kind")
    result = run(evaluate, "--checkpoint", path, "--data", folder, *SIZES)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "cannot be loaded as a .keras file" in line


def test_checkpoint_of_other_classes_is_named(folder, tmp_path):
    path = tmp_path / "model.keras"
    build_model("pointnet_cls_basic", num_classes=4).save(path)
    result = run(evaluate, "--checkpoint", path, "--data", folder, *SIZES)
    assert result.exit_code == 2
    assert "tells 4 classes apart" in result.stderr


def test_checkpoint_of_other_size_is_named(folder, tmp_path):
    path = tmp_path / "model.keras"
    build_model("pointnet_cls_basic", num_classes=3, num_points=8).save(path)
    result = run(evaluate, "--checkpoint", path, "--data", folder, *SIZES)
    assert result.exit_code == 2
    assert "use --num-point 8" in result.stderr
