"""Cases: weights that can be drawn again, and refusals that say what is wrong with a file."""

from __future__ import annotations

import numpy as np
import pytest

from harness.cases import Case, check_batch, check_weights, draw_weight, dropout_masks, make_case
from harness.exchange import ExchangeError
from harness.models import MODELS, Parameter

BASIC = MODELS["pointnet_cls_basic"]
Arrays = dict[str, np.ndarray]


@pytest.fixture
def weights(tiny_case: Case) -> Arrays:
    return {name: array.copy() for name, array in tiny_case.weights.items()}


@pytest.fixture
def batch(tiny_case: Case) -> Arrays:
    return {name: array.copy() for name, array in tiny_case.batch.items()}


def clouds_of(case: Case) -> Arrays:
    return {name: case.batch[name] for name in ("points", "labels")}


def refusal_of_weights(weights: Arrays) -> str:
    with pytest.raises(ExchangeError) as caught:
        check_weights(BASIC, weights, "w.h5")
    return str(caught.value)


def refusal_of_batch(batch: Arrays) -> str:
    with pytest.raises(ExchangeError) as caught:
        check_batch(BASIC, batch, "b.h5")
    return str(caught.value)


def test_the_same_seed_makes_the_same_case(tiny_case: Case) -> None:
    again = make_case(BASIC, clouds_of(tiny_case))
    for one, other in ((tiny_case.weights, again.weights), (tiny_case.batch, again.batch)):
        assert one.keys() == other.keys()
        assert all((one[name] == other[name]).all() for name in one)


def test_another_seed_makes_other_weights_and_masks(tiny_case: Case) -> None:
    other = make_case(BASIC, clouds_of(tiny_case), seed=1)
    assert not any((tiny_case.weights[name] == other.weights[name]).all() for name in other.weights)
    assert (tiny_case.batch["dropout/dp1"] != other.batch["dropout/dp1"]).any()


def test_a_weight_depends_on_its_name_and_not_on_its_neighbours() -> None:
    one, other = (draw_weight(Parameter(name, (64,), True), 0) for name in ("a/biases", "b/biases"))
    assert (one != other).all()
    cls = make_case(MODELS["pointnet_cls"], {"points": np.zeros((1, 8, 3)), "labels": np.zeros(1)})
    shared = Parameter("conv1/weights", (1, 3, 1, 64), True)
    np.testing.assert_array_equal(cls.weights["conv1/weights"], draw_weight(shared, 0))


def test_weights_hide_nothing(tiny_case: Case) -> None:
    for name, array in tiny_case.weights.items():
        leaf = name.rsplit("/", 1)[1]
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
        assert (array != 0).all(), f"{name} has zeros"
        if leaf == "gamma":
            assert (array > 0).any(), name
            assert (array < 0).any(), f"{name} is positive throughout"
        if leaf == "moving_variance":
            assert (array > 0).all()
            assert (array != 1).any()


def test_masks_are_of_noughts_and_ones_in_the_share_that_is_kept() -> None:
    masks = dropout_masks(MODELS["pointnet_cls"], 64, 8, np.random.default_rng(0))
    assert {name: mask.shape for name, mask in masks.items()} == {
        "dropout/dp1": (64, 512),
        "dropout/dp2": (64, 256),
    }
    for mask in masks.values():
        assert set(np.unique(mask)) == {0, 1}
        assert mask.mean() == pytest.approx(0.7, abs=0.02)


def test_a_nudged_case_moves_weights_and_points_and_leaves_the_rest(tiny_case: Case) -> None:
    nudged = tiny_case.nudged(0, "float32")
    assert nudged.key != tiny_case.key
    points = tiny_case.batch["points"]
    assert (nudged.batch["points"] != points).all()
    np.testing.assert_allclose(nudged.batch["points"], points, rtol=2e-7)
    assert all((nudged.weights[n] != tiny_case.weights[n]).all() for n in nudged.weights)
    np.testing.assert_array_equal(nudged.batch["labels"], tiny_case.batch["labels"])
    np.testing.assert_array_equal(nudged.batch["dropout/dp1"], tiny_case.batch["dropout/dp1"])
    assert (tiny_case.nudged(1, "float32").batch["points"] != nudged.batch["points"]).any()


def test_parts_of_a_batch_can_be_replaced_under_a_new_key(tiny_case: Case) -> None:
    changed = tiny_case.with_batch("flat", points=np.zeros((2, 8, 3)))
    assert changed.key == "base/flat"
    assert not changed.batch["points"].any()
    assert tiny_case.batch["points"].any()
    assert changed.batch["labels"] is tiny_case.batch["labels"]


def test_a_good_case_is_accepted(weights: Arrays, batch: Arrays) -> None:
    check_weights(BASIC, weights, "w.h5")
    check_batch(BASIC, batch, "b.h5")
    del batch["dropout/dp1"]
    check_batch(BASIC, batch, "b.h5")


def test_a_missing_parameter_is_named(weights: Arrays) -> None:
    del weights["conv3/bn/gamma"]
    message = refusal_of_weights(weights)
    assert message == "w.h5: parameter conv3/bn/gamma of pointnet_cls_basic is missing"


def test_a_parameter_too_many_is_named(weights: Arrays) -> None:
    weights["fc4/weights"] = np.zeros(3)
    assert refusal_of_weights(weights) == "w.h5: pointnet_cls_basic has no parameter fc4/weights"


def test_a_wrong_shape_is_given_with_the_right_one(weights: Arrays) -> None:
    weights["conv2/weights"] = weights["conv2/weights"][0, 0]
    message = refusal_of_weights(weights)
    assert message.startswith("w.h5: conv2/weights has shape [64, 64]")
    assert "needs [1, 1, 64, 64]" in message


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_counted(weights: Arrays, value: float) -> None:
    weights["fc2/biases"][:2] = value
    assert refusal_of_weights(weights) == "w.h5: fc2/biases has 2 values that are NaN or infinite"


def test_weights_that_are_not_numbers_are_refused(weights: Arrays) -> None:
    weights["fc2/biases"] = np.full(256, b"0")
    assert "fc2/biases is not numeric" in refusal_of_weights(weights)


def test_a_batch_that_is_not_finite_is_refused(batch: Arrays) -> None:
    batch["points"][1, 2, 0] = np.nan
    assert refusal_of_batch(batch) == "b.h5: points has 1 values that are NaN or infinite"


@pytest.mark.parametrize("name", ["points", "labels"])
def test_a_batch_without_points_or_labels_is_refused(batch: Arrays, name: str) -> None:
    del batch[name]
    assert refusal_of_batch(batch) == f"b.h5: dataset {name} is missing"


@pytest.mark.parametrize("label", [-1, 40])
def test_a_label_out_of_range_is_refused(batch: Arrays, label: int) -> None:
    batch["labels"][1] = label
    assert refusal_of_batch(batch) == "b.h5: labels go beyond the 40 classes"


@pytest.mark.parametrize("labels", [np.zeros(3, np.int32), np.zeros((2, 1), int), np.zeros(2)])
def test_labels_that_are_not_one_integer_a_cloud_are_refused(
    batch: Arrays, labels: np.ndarray
) -> None:
    batch["labels"] = labels
    assert refusal_of_batch(batch) == "b.h5: labels are not 2 integers"


@pytest.mark.parametrize("shape", [(8, 3), (2, 8, 4), (2, 8, 1, 3), (0, 8, 3), (2, 0, 3)])
def test_points_of_a_wrong_shape_are_refused(batch: Arrays, shape: tuple[int, ...]) -> None:
    batch["points"] = np.zeros(shape, np.float32)
    message = refusal_of_batch(batch)
    assert message == f"b.h5: points have shape {list(shape)}, not B x N x 3"


def test_a_mask_of_a_wrong_shape_is_refused(batch: Arrays) -> None:
    batch["dropout/dp1"] = np.ones((2, 512), np.int32)
    assert refusal_of_batch(batch) == "b.h5: mask of dp1 has shape [2, 512], not [2, 256]"
