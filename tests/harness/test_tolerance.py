"""Tolerance: nudges of one unit in the last place, distances, and what noise excuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from harness.tolerance import (
    MULTIPLE,
    Measurement,
    distance,
    gain,
    measure,
    nudged,
    rounding_noise,
)

EPSILON = {name: float(np.finfo(name).eps) for name in ("float32", "float64")}
FINITE = st.floats(-1e6, 1e6, allow_nan=False)
SHAPES = hnp.array_shapes(max_dims=2, max_side=6)
ARRAYS = hnp.arrays(np.float64, SHAPES, elements=FINITE)
NORMAL = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_nudge_moves_every_entry_by_one_unit_in_the_last_place(dtype: str) -> None:
    array = np.random.default_rng(0).standard_normal((40, 25)).astype(dtype)
    moved = nudged(array, np.random.default_rng(1))
    assert moved.dtype == array.dtype
    up = moved == np.nextafter(array, np.array(np.inf, dtype))
    down = moved == np.nextafter(array, np.array(-np.inf, dtype))
    assert (up ^ down).all()
    assert 0.4 < up.mean() < 0.6


@settings(max_examples=30, deadline=None)
@given(ARRAYS, st.integers(0, 2**32 - 1))
def test_a_nudge_leaves_zeros_and_nothing_else(array: np.ndarray, seed: int) -> None:
    moved = nudged(array, np.random.default_rng(seed))
    np.testing.assert_array_equal(moved == array, array == 0)


def test_the_same_generator_nudges_alike_and_another_does_not() -> None:
    array = np.ones(100)
    one, again, other = (nudged(array, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (one == again).all()
    assert (one != other).any()


@settings(max_examples=30, deadline=None)
@given(ARRAYS, st.data())
def test_distance_is_that_of_the_entry_furthest_apart(
    array: np.ndarray, data: st.DataObject
) -> None:
    other = data.draw(hnp.arrays(np.float64, array.shape, elements=FINITE))
    expected = max(abs(a - b) for a, b in zip(array.ravel(), other.ravel(), strict=True))
    assert distance(array, other) == distance(other, array) == expected


def test_distance_to_a_nan_is_infinite() -> None:
    assert distance(np.array([1.0, 2.0]), np.array([1.0, np.nan])) == np.inf
    assert distance(np.array([np.nan]), np.array([0.0])) == np.inf


def test_distance_between_shapes_is_infinite_even_where_they_broadcast() -> None:
    assert distance(np.zeros((2, 3)), np.zeros((3, 2))) == np.inf
    assert distance(np.zeros((2, 3)), np.zeros((1, 3))) == np.inf
    assert distance(np.zeros(()), np.zeros(1)) == np.inf


def test_distance_of_nothing_is_nought() -> None:
    assert distance(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


def test_distance_is_taken_in_float64() -> None:
    one, other = np.array([1.0], np.float32), np.array([1 + 1e-12])
    assert distance(one, other) == pytest.approx(1e-12, rel=1e-3)


def test_rounding_noise_is_the_largest_move_of_any_rerun() -> None:
    reference = {"a": np.zeros(2), "b": np.ones(1)}
    reruns = [
        {"a": np.array([0.0, 1.0]), "b": np.ones(1)},
        {"a": np.array([-3.0, 0.0]), "b": np.ones(1)},
    ]
    assert rounding_noise(reference, reruns) == {"a": 3.0, "b": 0.0}
    assert rounding_noise(reference, []) == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_noise_is_at_least_one_unit_of_the_largest_entry(precision: str) -> None:
    reference = np.array([1.0, -8.0, 0.5])
    assert measure("t", reference, reference, 0.0, precision).noise == 8 * EPSILON[precision]
    assert measure("t", reference, reference, 0.25, precision).noise == 0.25


def test_the_scale_is_the_largest_entry() -> None:
    reference = np.array([1.0, -8.0])
    m = measure("t", reference, reference + 0.5, 0.0, "float64")
    assert (m.scale, m.relative) == (8.0, 0.0625)


def test_the_scale_of_cancelled_tensors_is_what_was_cancelled() -> None:
    noise = 1e-16  # of sums over terms of about 1, of which 1e-17 is left
    m = measure("t", np.array([1e-17]), np.array([5e-17]), noise, "float64")
    assert m.scale == pytest.approx(noise / EPSILON["float64"])
    assert m.relative < 1e-15
    assert m.passed


def test_without_noise_and_magnitude_only_equality_passes() -> None:
    zeros = np.zeros(3)
    same = measure("t", zeros, zeros, 0.0, "float32")
    assert (same.ratio, same.relative, same.passed) == (0.0, 0.0, True)
    other = measure("t", zeros, np.array([0, 0, 1e-30]), 0.0, "float32")
    assert (other.ratio, other.relative, other.passed) == (np.inf, np.inf, False)


@pytest.mark.parametrize("slip", [np.nan, np.inf, -np.inf])
def test_a_candidate_that_is_not_finite_never_passes(slip: float) -> None:
    m = measure("t", np.ones(2), np.array([1.0, slip]), 1e300, "float64")
    assert m.ratio == np.inf
    assert not m.passed


def test_a_reference_that_is_nan_lets_nothing_pass() -> None:
    m = measure("t", np.array([np.nan, 1.0]), np.ones(2), 1.0, "float64")
    assert not m.passed


@pytest.mark.parametrize("field", ["distance", "noise"])
def test_a_measurement_with_a_nan_does_not_pass(field: str) -> None:
    figures = {"distance": 1.0, "noise": 1.0, field: np.nan}
    assert not Measurement("t", scale=1.0, **figures).passed


def test_the_multiple_is_the_limit() -> None:
    assert Measurement("t", MULTIPLE, 1.0, 1.0).passed
    assert not Measurement("t", np.nextafter(MULTIPLE, np.inf), 1.0, 1.0).passed


@settings(max_examples=30, deadline=None)
@given(hnp.arrays(np.float64, SHAPES, elements=NORMAL), st.sampled_from(sorted(EPSILON)))
def test_one_nudge_always_passes_and_a_thousandth_never(array: np.ndarray, precision: str) -> None:
    array = array.astype(precision)
    moved = nudged(array, np.random.default_rng(0))
    assert measure("t", array, moved, 0.0, precision).passed
    largest = np.max(np.abs(array))
    if largest > 0:
        assert not measure("t", array, array + largest / 1000, 0.0, precision).passed


def test_the_gain_is_the_multiple_by_least_squares() -> None:
    reference = np.array([[1.0, -2.0], [3.0, 0.5]])
    assert gain(reference, 0.125 * reference) == pytest.approx(0.125)
    assert measure("t", reference, 2 * reference, 0.0, "float64").gain == pytest.approx(2)
    orthogonal = np.array([[2.0, 1.0], [0.0, 0.0]])
    assert gain(reference, reference + orthogonal) == pytest.approx(1)


@pytest.mark.parametrize("candidate", [np.ones(3), np.array([1.0, np.nan])])
def test_the_gain_is_unknown_where_it_says_nothing(candidate: np.ndarray) -> None:
    assert np.isnan(gain(np.ones(2), candidate))
    assert np.isnan(gain(np.zeros(2), np.ones(2)))


def test_the_share_counts_the_entries_that_depart() -> None:
    reference = np.arange(1.0, 9.0)
    candidate = reference + np.array([0, 1e-12, 1, 0, 0, np.nan, 0, 0])
    assert measure("t", reference, candidate, 1e-9, "float64").share == 0.25
    assert np.isnan(measure("t", reference, np.ones(3), 0.0, "float64").share)
    assert np.isnan(measure("t", reference, reference, 0.0, "float64").share)


def test_it_is_told_when_a_candidate_alone_goes_below_zero() -> None:
    reference = np.array([0.0, 1.0])
    assert measure("t", reference, np.array([-1.0, 1.0]), 0.0, "float64").negative
    assert not measure("t", reference, np.array([0.0, 2.0]), 0.0, "float64").negative
    assert not measure("t", -reference, np.array([-1.0, 1.0]), 0.0, "float64").negative


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_opposite_nudges_go_as_far_the_other_way(dtype: str) -> None:
    array = np.random.default_rng(0).standard_normal((40, 25)).astype(dtype)
    up, down = (nudged(array, np.random.default_rng(1), ulps) for ulps in (16, -16))
    integers = f"i{array.itemsize}"
    assert (np.abs(up.view(integers) - array.view(integers)) == 16).all()
    assert (
        up.view(integers) - array.view(integers) == array.view(integers) - down.view(integers)
    ).all()
