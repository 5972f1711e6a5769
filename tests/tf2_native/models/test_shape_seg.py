"""The shape segmenter: its parameters, variants, saving and training."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tf2_native import RECIPES, build_model, compile_model, named_variables
from tf2_native.checkpoint import load_tf1_checkpoint, save_tf1_checkpoint
from tf2_native.errors import InputError
from tf2_native.layers import MixedOrthogonality, PerCloudOrthogonality

VARIANTS = ("shape_seg", "shape_seg_corrected")


@pytest.fixture(scope="module", params=VARIANTS)
def network(request) -> keras.Model:
    model = build_model(request.param)
    compile_model(model, RECIPES[request.param])
    return model


def batch(clouds: int = 3, points: int = 9) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 5, size=(clouds, points))
    return rng.normal(size=(clouds, points, 3)).astype("float32"), labels


def test_names_and_shapes(network):
    shapes = {name: tuple(v.shape) for name, v in named_variables(network).items()}
    assert len(shapes) == 102
    expected = {
        "input_transformation_block_1_conv/kernel": (1, 3, 64),
        "input_transformation_block_1_1_dense/kernel": (1024, 512),
        "input_transformation_block_final/bias": (9,),
        "features_64_batch_norm/moving_variance": (64,),
        "transformed_features_final/kernel": (256, 16384),
        "pre_maxpool_block_batch_norm/gamma": (2048,),
        "segmentation_features_conv/kernel": (1, 3008, 128),
        "segmentation_head/kernel": (1, 128, 5),
    }
    assert {name: shapes[name] for name in expected} == expected
    names = list(shapes)
    assert names[0] == "input_transformation_block_1_conv/kernel"
    assert names[2:6] == [
        f"input_transformation_block_1_batch_norm/{leaf}"
        for leaf in ("gamma", "beta", "moving_mean", "moving_variance")
    ]
    assert names[-1] == "segmentation_head/bias"


def test_parameter_counts(network):
    variables = named_variables(network).values()
    sizes = [(v.trainable, int(np.prod(v.shape))) for v in variables]
    assert sum(size for _, size in sizes) == 7_370_062
    assert sum(size for is_trainable, size in sizes if not is_trainable) == 13_952
    assert {id(v) for v in variables} == {id(v) for v in network.variables}


def test_variants_differ_in_penalty_and_memory(network):
    norms = [layer for layer in network.layers if layer.name.endswith("_batch_norm")]
    published = network.name == "shape_seg"
    assert {layer.momentum for layer in norms} == {0.0 if published else 0.99}
    kind = MixedOrthogonality if published else PerCloudOrthogonality
    for name in ("input_transformation_block", "transformed_features"):
        assert type(network.get_layer(f"{name}_final").activity_regularizer) is kind


def test_transforms_start_as_the_identity(network):
    fresh = build_model(network.name)
    for name, size in (("input_transformation_block", 3), ("transformed_features", 128)):
        variables = named_variables(fresh)
        assert not keras.ops.convert_to_numpy(variables[f"{name}_final/kernel"]).any()
        bias = keras.ops.convert_to_numpy(variables[f"{name}_final/bias"])
        np.testing.assert_array_equal(bias.reshape(size, size), np.eye(size))


def test_statistics_start_as_those_of_keras(network):
    variables = named_variables(build_model(network.name))
    assert keras.ops.all(variables["features_64_batch_norm/moving_variance"] == 1)
    assert keras.ops.all(variables["features_64_batch_norm/moving_mean"] == 0)


def test_saved_model_comes_back_whole(network, tmp_path):
    points, labels = batch()
    network.train_on_batch(points, labels)
    network.save(tmp_path / "model.keras")
    copy = keras.models.load_model(tmp_path / "model.keras")
    assert (copy.name, type(copy.loss)) == (network.name, type(network.loss))
    assert copy.optimizer.get_config() == network.optimizer.get_config()
    for name, variable in named_variables(network).items():
        assert keras.ops.all(variable == named_variables(copy)[name]), name
    probabilities = keras.ops.convert_to_numpy(copy(points))
    np.testing.assert_array_equal(probabilities, keras.ops.convert_to_numpy(network(points)))
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, rtol=1e-5)
    assert [float(term) for term in copy.losses] == [float(term) for term in network.losses]


@pytest.mark.parametrize("variant", VARIANTS)
def test_order_and_repetition_of_points_do_not_matter(variant):
    network = build_model(variant)
    for name, variable in named_variables(network).items():
        # The transforms start as the identity, and the answers nearly alike.
        if name.endswith(("_final/kernel", "segmentation_head/kernel")):
            spread = 3 if "head" in name else 0.01
            variable.assign(spread * np.random.default_rng(0).normal(size=variable.shape))

    @settings(max_examples=5, deadline=None)
    @given(
        st.permutations(range(9)),
        st.lists(st.integers(0, 8), min_size=4, max_size=4),
        st.integers(0, 1000),
    )
    def check(order, copied, seed):
        points = np.random.default_rng(seed).normal(size=(2, 9, 3)).astype("float32")
        probabilities = keras.ops.convert_to_numpy(network(points))
        assert np.ptp(probabilities, axis=1).max() > 1e-2
        chosen = [*order, *copied]
        again = keras.ops.convert_to_numpy(network(points[:, chosen]))
        np.testing.assert_allclose(again, probabilities[:, chosen], rtol=1e-3, atol=1e-5)

    check()


def test_published_statistics_are_those_of_the_last_batch():
    model = build_model("shape_seg")
    points, _ = batch()
    model(10 * points + 3, training=True)
    model(points, training=True)
    again = build_model("shape_seg")
    for name, variable in named_variables(model).items():
        if variable.trainable:
            named_variables(again)[name].assign(variable)
    again(points, training=True)
    for name, variable in named_variables(model).items():
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(variable),
            keras.ops.convert_to_numpy(named_variables(again)[name]),
        )


def test_has_no_tf1_checkpoint(network, tmp_path):
    with pytest.raises(InputError, match=f"{network.name} never was a TF1 network"):
        save_tf1_checkpoint(network, tmp_path / "checkpoint")
    with pytest.raises(InputError, match=r"use \.keras files"):
        load_tf1_checkpoint(network, tmp_path / "checkpoint")
    assert not list(tmp_path.iterdir())


def test_trains_in_mixed_precision():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build_model("shape_seg")
        compile_model(model, RECIPES["shape_seg"])
        points, labels = batch()
        logs = model.train_on_batch(points, labels, return_dict=True)
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.isfinite(logs["loss"])
    statistics = named_variables(model)["features_64_batch_norm/moving_mean"]
    assert keras.backend.standardize_dtype(statistics.dtype) == "float32"
    assert keras.backend.standardize_dtype(model(points).dtype) == "float32"
