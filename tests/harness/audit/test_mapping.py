"""Which weight is which: found by rule, name, shape and order, or refused."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.audit.layouts import Lstm, Same
from harness.audit.mapping import Mapping, find_mapping
from harness.audit.names import role, same_scope_form
from harness.audit.spec import LstmRule, SpecError, Weights
from harness.models import Parameter


def parameters(*described: tuple[str, tuple[int, ...]]) -> list[Parameter]:
    return [Parameter(name, shape, "moving" not in name) for name, shape in described]


def pairs(mapping: Mapping) -> dict[str, str]:
    return {link.references[0]: link.candidates[0] for link in mapping.links}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("conv1/weights:0", "model.conv1.kernel"),
        ("Net/conv1/BatchNorm/beta", "net/conv1/batch_normalization/offset"),
        ("fully_connected/w", "fc/kernel"),
        ("fc1/biases", "dense_1/bias"),
        ("conv2d_1/b", "conv_1/bias"),
    ],
)
def test_names_of_different_frameworks_have_one_form(one: str, other: str) -> None:
    assert same_scope_form(one) == same_scope_form(other)


def test_roles() -> None:
    assert role("a/biases:0") == role("a/b") == "bias"
    assert role("softmax_w") != role("softmax_b")


def test_by_name_then_similar_name_then_shape() -> None:
    found = find_mapping(
        parameters(
            ("conv1/weights", (1, 1, 3, 8)),
            ("conv1/BatchNorm/moving_mean", (8,)),
            ("head/fc/weights", (8, 4)),
            ("last/weights", (4, 2)),
        ),
        parameters(
            ("conv1/kernel", (3, 8)),
            ("conv1_bn/moving_mean", (8,)),
            ("fc/kernel", (8, 4)),
            ("logits/kernel", (4, 2)),
        ),
        Weights(),
    )
    assert pairs(found) == {
        "conv1/weights": "conv1/kernel",
        "conv1/BatchNorm/moving_mean": "conv1_bn/moving_mean",
        "head/fc/weights": "fc/kernel",
        "last/weights": "logits/kernel",
    }
    assert found.links[0].layout.says == "[1, 1, 3, 8] as [3, 8]"
    assert found.links[-1].how == "shape"


def test_automatic_numbers_need_not_start_alike() -> None:
    # Both sides have a conv2d_1, which are different layers.
    found = find_mapping(
        parameters(("conv2d/kernel", (3, 3, 8, 8)), ("conv2d_1/kernel", (3, 3, 8, 8))),
        parameters(("conv2d_1/kernel", (3, 3, 8, 8)), ("conv2d_2/kernel", (3, 3, 8, 8))),
        Weights(),
    )
    assert pairs(found) == {
        "conv2d/kernel": "conv2d_1/kernel",
        "conv2d_1/kernel": "conv2d_2/kernel",
    }


def test_order_is_the_last_resort_and_says_so() -> None:
    found = find_mapping(
        parameters(("a/kernel", (4, 4)), ("b/kernel", (4, 4))),
        parameters(("x/kernel", (4, 4)), ("y/kernel", (4, 4))),
        Weights(),
    )
    assert pairs(found) == {"a/kernel": "x/kernel", "b/kernel": "y/kernel"}
    assert {link.how for link in found.links} == {"order"}
    assert all(link.confidence <= 0.5 for link in found.links)


def test_what_might_be_several_is_ambiguous_and_says_which_rule_to_write() -> None:
    found = find_mapping(
        parameters(("a/kernel", (4, 4))),
        parameters(("x/kernel", (4, 4)), ("y/kernel", (4, 4))),
        Weights(),
    )
    assert not found.links
    assert '[weights.names] "a/kernel" = "x/kernel"' in found.ambiguous[0]


def test_a_bias_is_never_a_gamma() -> None:
    found = find_mapping(
        parameters(("conv/kernel", (3, 8)), ("conv/bias", (8,))),
        parameters(("conv/kernel", (3, 8)), ("conv/gamma", (8,))),
        Weights(),
    )
    assert found.only_reference == ("conv/bias",)
    assert found.only_candidate == ("conv/gamma",)
    assert not found.ambiguous


def test_rules_win_and_can_be_written_back() -> None:
    ours = parameters(("a/kernel", (4, 4)), ("b/kernel", (4, 4)), ("extra/step", (1,)))
    theirs = parameters(("a/kernel", (4, 4)), ("b/kernel", (4, 4)))
    rules = Weights(
        names={"a/kernel": "b/kernel"},
        transpose={"a/kernel": (1, 0)},
        ignore_reference=("extra/*",),
    )
    found = find_mapping(ours, theirs, rules)
    assert pairs(found) == {"a/kernel": "b/kernel", "b/kernel": "a/kernel"}
    assert found.links[0].layout.says == "transposed [1, 0]"
    written = tomllib.loads(found.to_toml())["weights"]
    assert written["names"] == pairs(found)
    assert written["transpose"] == {"a/kernel": [1, 0]}


@pytest.mark.parametrize(
    ("rules", "mentioned"),
    [
        (Weights(names={"c/kernel": "a/kernel"}), "the reference has no parameter 'c/kernel'"),
        (Weights(names={"a/kernel": "z"}), "the candidate has no parameter 'z'"),
        (Weights(names={"a/kernel": "a/bias"}), "a rule under weights.transpose may be missing"),
        (Weights(transpose={"a/kernel": (0, 2)}), "[0, 2] are not the axes of [4, 3]"),
        (Weights(ignore_candidate=("nothing*",)), "nothing is called 'nothing*'"),
        (Weights(lstm={"rnn": LstmRule("lstm")}), "no LSTM cell 'rnn': none at all"),
    ],
)
def test_rules_that_do_not_fit_are_refused(rules: Weights, mentioned: str) -> None:
    both = parameters(("a/kernel", (4, 3)), ("a/bias", (3,)))
    with pytest.raises(SpecError) as refusal:
        find_mapping(both, both, rules)
    assert mentioned in str(refusal.value)


CELL = parameters(("rnn/basic_lstm_cell/kernel", (5, 8)), ("rnn/basic_lstm_cell/bias", (8,)))
LAYER = parameters(
    ("lstm/lstm_cell/kernel", (3, 8)),
    ("lstm/lstm_cell/recurrent_kernel", (2, 8)),
    ("lstm/lstm_cell/bias", (8,)),
)


def test_an_lstm_cell_is_found_and_its_forget_bias_taken_from_the_graph() -> None:
    known = {"rnn/basic_lstm_cell": 0.5}
    (link,) = find_mapping(CELL, LAYER, Weights(), forget_biases=known).links
    assert isinstance(link.layout, Lstm)
    assert (link.layout.inputs, link.layout.units, link.layout.forget_bias) == (3, 2, 0.5)
    told = find_mapping(
        CELL, LAYER, Weights(lstm={"rnn/basic_lstm_cell": LstmRule("lstm", 2.0)}), "weights", known
    ).links[0]
    assert isinstance(told.layout, Lstm)
    assert (told.how, told.layout.forget_bias) == ("rule", 2.0)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@given(st.integers(1, 4), st.integers(1, 4), st.floats(-2, 2), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_an_lstm_step_is_the_same_in_either_layout(
    inputs: int, units: int, forget_bias: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = {
        "c/kernel": rng.standard_normal((inputs + units, 4 * units)),
        "c/bias": rng.standard_normal(4 * units),
    }
    layout = Lstm(
        "c", "l", ("c/kernel", "c/bias"), ("l/kernel", "l/recurrent", "l/bias"),
        inputs, units, forget_bias,
    )  # fmt: skip
    x, h = rng.standard_normal(inputs), rng.standard_normal(units)
    c = rng.standard_normal(units)
    # As rnn_cell_impl.py has it, and as keras/src/layers/rnn/lstm.py has it.
    i, j, f, o = np.split(np.concatenate([x, h]) @ weights["c/kernel"] + weights["c/bias"], 4)
    theirs = c * sigmoid(f + forget_bias) + sigmoid(i) * np.tanh(j)
    moved = layout.to_candidate(weights)
    z = x @ moved["l/kernel"] + h @ moved["l/recurrent"] + moved["l/bias"]
    zi, zf, zc, zo = np.split(z, 4)
    ours = sigmoid(zf) * c + sigmoid(zi) * np.tanh(zc)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
    np.testing.assert_allclose(zo, o, atol=1e-12)
    back = layout.to_reference(moved)
    for name, value in weights.items():
        np.testing.assert_allclose(back[name], value, atol=1e-12)


@given(st.permutations([0, 1, 2]), st.integers(0, 99))
def test_a_transposition_goes_back(axes: list[int], seed: int) -> None:
    array = np.random.default_rng(seed).standard_normal((2, 3, 4))
    shape = tuple(array.shape[axis] for axis in axes)
    layout = Same("r", "c", array.shape, shape, tuple(axes))
    moved = layout.to_candidate({"r": array})
    assert moved["c"].shape == shape
    assert np.array_equal(layout.to_reference(moved)["r"], array)


NAMES = st.lists(
    st.sampled_from([f"{kind}{i}" for kind in ("conv", "fc", "block") for i in range(1, 5)]),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(NAMES, st.randoms(use_true_random=False))
def test_renamed_and_shuffled_parameters_find_each_other(names: list[str], random: object) -> None:
    theirs = [
        Parameter(f"{n}/{leaf}", shape, True)
        for n in names
        for leaf, shape in (("weights", (1, 1, 4, 4)), ("biases", (4,)))
    ]
    ours = [
        Parameter(f"{n}/{leaf}", shape, True)
        for n in names
        for leaf, shape in (("kernel", (4, 4)), ("bias", (4,)))
    ]
    random.shuffle(ours)  # type: ignore[attr-defined]
    found = find_mapping(theirs, ours, Weights())
    assert not found.ambiguous
    assert len(found.links) == len(theirs)
    for reference, candidate in pairs(found).items():
        assert reference.split("/")[0] == candidate.split("/")[0]
