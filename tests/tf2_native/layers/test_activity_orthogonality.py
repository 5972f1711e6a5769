"""The penalties of the shape segmenter, as published and as it was meant."""

import keras
import numpy as np
import pytest

from tf2_native.layers import MixedOrthogonality, PerCloudOrthogonality


def flat(transforms: np.ndarray) -> np.ndarray:
    return transforms.reshape(len(transforms), -1).astype("float32")


def test_published_penalty_meets_every_pair_of_clouds():
    a = np.random.default_rng(0).normal(size=(3, 2, 2))
    products = [
        [[[a[b, i] @ a[c, j] for j in (0, 1)] for c in range(3)] for i in (0, 1)] for b in range(3)
    ]
    cut = np.array(products).ravel().reshape(9, 2, 2)
    expected = 0.5 * ((cut - np.eye(2)) ** 2).sum()
    assert float(MixedOrthogonality(2, weight=0.5)(flat(a))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("matrix", "expected"), [(np.eye(128), 8.128), (np.zeros((128, 128)), 4.096)]
)
def test_published_penalty_prefers_zeros_to_rotations(matrix, expected):
    transforms = np.repeat(matrix[None], 32, axis=0)
    penalty = float(MixedOrthogonality(128)(flat(transforms))) / 32
    assert penalty == pytest.approx(expected, rel=1e-5)


def test_corrected_penalty_looks_at_each_cloud_alone():
    a = np.random.default_rng(1).normal(size=(3, 4, 4))
    expected = sum(((m @ m.T - np.eye(4)) ** 2).sum() for m in a) * 0.001
    assert float(PerCloudOrthogonality(4)(flat(a))) == pytest.approx(expected, rel=1e-5)
    rotations = np.linalg.qr(a)[0]
    assert float(PerCloudOrthogonality(4)(flat(rotations))) < 1e-12


@pytest.mark.parametrize("kind", [MixedOrthogonality, PerCloudOrthogonality])
def test_config_makes_the_same_penalty(kind):
    original = kind(3, weight=0.25)
    copy = keras.regularizers.deserialize(keras.regularizers.serialize(original))
    assert type(copy) is kind
    assert (copy.size, copy.weight) == (3, 0.25)
