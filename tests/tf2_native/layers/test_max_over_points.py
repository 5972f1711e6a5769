"""The maximum over the points, and where its gradient goes."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tf2_native.layers import MaxOverPoints
from tf2_native.layers.fast.first_maximum import first_maximum

FORMULATIONS = pytest.mark.parametrize("formulation", ["fast", "plain"])
small_integers = st.integers(-2, 2).map(float)  # Few values, many ties.


@FORMULATIONS
@settings(max_examples=15, deadline=None)
@given(arrays(np.float32, (2, 6, 3), elements=small_integers))
def test_value_is_the_maximum(formulation, x):
    y = keras.ops.convert_to_numpy(MaxOverPoints(formulation=formulation)(x))
    np.testing.assert_array_equal(y, x.max(axis=1))


@FORMULATIONS
def test_gradient_goes_to_the_first_of_equals(gradient, formulation):
    x = np.array([[[1, 0], [3, 0], [3, 0], [2, 0]]], "float32")
    layer = MaxOverPoints(formulation=formulation)
    weights = keras.ops.convert_to_tensor(np.array([5.0, 7.0], "float32"))
    found = gradient(lambda x: keras.ops.sum(layer(x) * weights), x)
    np.testing.assert_array_equal(found, [[[0, 7], [5, 0], [0, 0], [0, 0]]])


@settings(max_examples=15, deadline=None)
@given(arrays(np.float32, (2, 48, 2), elements=small_integers))
def test_winner_of_several_runs_is_the_first(x):
    _, winners = first_maximum(keras.ops.convert_to_tensor(x))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(winners), x.argmax(axis=1))


def test_works_for_any_number_of_points():
    points = keras.Input((None, 2))
    model = keras.Model(points, MaxOverPoints()(points))
    for count in (1, 4):
        x = np.arange(2 * count, dtype="float32").reshape(1, count, 2)
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(x)), x[:, -1])
