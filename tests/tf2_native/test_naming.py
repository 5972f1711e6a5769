"""TF1's names and shapes."""

import numpy as np
import pytest

from tf2_native.naming import tf1_shape, tf1_variable_name


@pytest.mark.parametrize(
    ("canonical", "tf1"),
    [
        ("conv1/weights", "conv1/weights"),
        ("fc1/bn/gamma", "fc1/bn/gamma"),
        (
            "conv1/bn/moving_mean",
            "conv1/bn/conv1/bn/moments/Squeeze/ExponentialMovingAverage",
        ),
        (
            "transform_net1/tfc1/bn/moving_variance",
            "transform_net1/tfc1/bn/transform_net1/tfc1/bn/moments/Squeeze_1/"
            "ExponentialMovingAverage",
        ),
    ],
)
def test_names_in_checkpoints(canonical, tf1):
    assert tf1_variable_name(canonical) == tf1


@pytest.mark.parametrize(
    ("canonical", "shape", "tf1"),
    [
        ("conv1/weights", (3, 64), (1, 3, 1, 64)),
        ("transform_net1/tconv1/weights", (3, 64), (1, 3, 1, 64)),
        ("transform_net2/tconv1/weights", (64, 64), (1, 1, 64, 64)),
        ("conv2/weights", (64, 64), (1, 1, 64, 64)),
        ("conv2/biases", (64,), (64,)),
        ("transform_net1/tfc1/weights", (1024, 512), (1024, 512)),
        ("transform_net1/transform_XYZ/weights", (256, 9), (256, 9)),
        ("fc3/weights", (256, 40), (256, 40)),
    ],
)
def test_shapes_in_checkpoints(canonical, shape, tf1):
    assert tf1_shape(canonical, np.zeros(shape)) == tf1
