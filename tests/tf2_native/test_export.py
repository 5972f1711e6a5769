"""Exported files answer as the network does, and are written whole or not at all."""

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from tf2_native import build_model
from tf2_native.errors import InputError
from tf2_native.export import app, export

tensorflow = pytest.importorskip("tensorflow")

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="needs Keras on TensorFlow"
)


@pytest.fixture(params=["pointnet_cls", "part_seg"])
def model(request, randomise):
    """Built on 12 points; what is exported takes any number."""
    network = build_model(request.param, num_classes=5, num_points=12)
    randomise(network)
    return network


def _inputs(model, clouds, points=12):
    coordinates = np.random.default_rng(5).normal(size=(clouds, points, 3)).astype("float32")
    if isinstance(model.input, dict):
        return {"points": coordinates, "category": np.arange(clouds, dtype="int32")}
    return coordinates


def _assert_close(one, other):
    for a, b in zip(keras.tree.flatten(one), keras.tree.flatten(other), strict=True):
        a, b = (keras.ops.convert_to_numpy(x) for x in (a, b))
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5 * np.max(np.abs(a)))


@on_tensorflow
def test_saved_model(model, tmp_path):
    folded = export(model, tmp_path / "new" / "saved")
    loaded = tensorflow.saved_model.load(str(tmp_path / "new" / "saved"))
    _assert_close(model(_inputs(model, 3), training=False), loaded.serve(_inputs(model, 3)))
    other_shape = _inputs(model, 1, points=30)
    _assert_close(folded(other_shape), loaded.serve(other_shape))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["saved"]


@on_tensorflow
@pytest.mark.filterwarnings("ignore:In the future `np.object`:FutureWarning")
def test_onnx(model, tmp_path):
    pytest.importorskip("tf2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    folded = export(model, tmp_path / "model.onnx", "onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    for inputs in (_inputs(model, 3), _inputs(model, 1, points=30)):
        fed = inputs if isinstance(inputs, dict) else {"points": inputs}
        outputs = session.run(None, fed)
        _assert_close(keras.tree.flatten(folded(inputs)), outputs)


def test_keras_file(model, tmp_path):
    export(model, tmp_path / "folded.keras", "keras")
    loaded = keras.models.load_model(tmp_path / "folded.keras", custom_objects={})
    _assert_close(model(_inputs(model, 3), training=False), loaded(_inputs(model, 3)))


def test_what_exists_is_not_overwritten(tmp_path):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(InputError, match="exists already"):
        export(build_model("pointnet_cls_basic"), tmp_path / "mine", "keras")
    assert (tmp_path / "mine").read_text() == "precious"


def test_nothing_half_written(tmp_path, monkeypatch):
    def save(self, path):
        path.write_text("the first half")
        raise OSError("disk full")

    monkeypatch.setattr(keras.Model, "save", save)
    with pytest.raises(OSError, match="disk full"):
        export(build_model("pointnet_cls_basic"), tmp_path / "folded.keras", "keras")
    assert not list(tmp_path.iterdir())


def test_command(tmp_path):
    model = build_model("pointnet_cls_basic", num_classes=5)
    model.save(tmp_path / "best.keras")
    arguments = ["--checkpoint", str(tmp_path / "best.keras"), "--format", "keras"]
    done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "folded.keras")])
    assert done.exit_code == 0, done.output
    assert "pointnet_cls_basic, 806,405 parameters" in done.output
    again = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "folded.keras")])
    assert again.exit_code == 2
    assert "exists already" in again.output
