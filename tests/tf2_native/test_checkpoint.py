"""TF1 checkpoints, there and back."""

import keras
import numpy as np
import pytest

from tf2_native import build_model, named_variables
from tf2_native.checkpoint import load_tf1_checkpoint, save_tf1_checkpoint
from tf2_native.errors import InputError

tensorflow = pytest.importorskip("tensorflow")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    model = build_model("pointnet_cls", num_classes=5)
    rng = np.random.default_rng(0)
    for variable in named_variables(model).values():
        variable.assign(rng.normal(size=variable.shape))
    prefix = tmp_path_factory.mktemp("checkpoint") / "new" / "model.ckpt"
    save_tf1_checkpoint(model, prefix)
    return model, prefix


def test_round_trip(saved):
    model, prefix = saved
    copy = build_model("pointnet_cls", num_classes=5)
    load_tf1_checkpoint(copy, prefix)
    for name, variable in named_variables(model).items():
        assert keras.ops.all(variable == named_variables(copy)[name]), name


def test_file_holds_tf1_names_shapes_and_types(saved):
    model, prefix = saved
    reader = tensorflow.train.load_checkpoint(str(prefix))
    shapes = reader.get_variable_to_shape_map()
    assert len(shapes) == len(named_variables(model))
    assert shapes["transform_net1/tconv1/weights"] == [1, 3, 1, 64]
    assert shapes["conv5/weights"] == [1, 1, 128, 1024]
    assert shapes["fc3/weights"] == [256, 5]
    mean = "conv1/bn/conv1/bn/moments/Squeeze/ExponentialMovingAverage"
    assert shapes[mean] == [64]
    assert reader.get_variable_to_dtype_map()[mean] == tensorflow.float32
    kernel = keras.ops.convert_to_numpy(model.get_layer("conv1").kernel)
    np.testing.assert_array_equal(reader.get_tensor("conv1/weights")[0, :, 0], kernel)


def test_moving_statistics_under_their_older_names(saved, tmp_path):
    model, prefix = saved
    reader = tensorflow.train.load_checkpoint(str(prefix))
    values = {
        name.replace("Squeeze_1/", "normalize/variance/").replace("Squeeze/", "normalize/mean/"): (
            reader.get_tensor(name)
        )
        for name in reader.get_variable_to_shape_map()
    }
    older = "conv1/bn/conv1/bn/moments/normalize/variance/ExponentialMovingAverage"
    assert older in values
    with tensorflow.Graph().as_default(), tensorflow.compat.v1.Session() as session:
        variables = {n: tensorflow.compat.v1.Variable(v) for n, v in values.items()}
        session.run(tensorflow.compat.v1.global_variables_initializer())
        path = str(tmp_path / "model.ckpt")
        tensorflow.compat.v1.train.Saver(variables).save(session, path, write_meta_graph=False)
    copy = build_model("pointnet_cls", num_classes=5)
    load_tf1_checkpoint(copy, path)
    for name, variable in named_variables(model).items():
        assert keras.ops.all(variable == named_variables(copy)[name]), name


@pytest.mark.parametrize("name", ["pointnet_seg", "part_seg", "sem_seg"])
def test_every_tf1_network_goes_out_and_in(name, tmp_path):
    model, copy = build_model(name, num_classes=5), build_model(name, num_classes=5)
    save_tf1_checkpoint(model, tmp_path / "model.ckpt")
    load_tf1_checkpoint(copy, tmp_path / "model.ckpt")
    for scope, variable in named_variables(model).items():
        assert keras.ops.all(variable == named_variables(copy)[scope]), scope


def test_no_checkpoint_is_named(tmp_path):
    with pytest.raises(InputError, match="no TF1 checkpoint"):
        load_tf1_checkpoint(build_model("pointnet_cls_basic"), tmp_path / "model.ckpt")


def test_no_checkpoint_but_something_else_is_named(tmp_path):
    (tmp_path / "model.ckpt.index").write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="cannot be read as a TF1 checkpoint"):
        load_tf1_checkpoint(build_model("pointnet_cls_basic"), tmp_path / "model.ckpt")


def test_other_shape_is_named_and_the_model_left_alone(saved):
    model = build_model("pointnet_cls", num_classes=6)
    before = keras.ops.convert_to_numpy(model.get_layer("conv1").kernel)
    message = r"fc3/weights has shape \(256, 5\), expected \(256, 6\)"
    with pytest.raises(InputError, match=message):
        load_tf1_checkpoint(model, saved[1])
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(model.get_layer("conv1").kernel), before
    )


def test_missing_variable_is_named(tmp_path):
    basic = build_model("pointnet_cls_basic", num_classes=5)
    save_tf1_checkpoint(basic, tmp_path / "model.ckpt")
    with pytest.raises(InputError, match="has no variable transform_net1/tconv1/weights"):
        load_tf1_checkpoint(build_model("pointnet_cls", num_classes=5), tmp_path / "model.ckpt")
