"""The NumPy reference of the shape segmenter: its gradients, its penalties, its variants."""

from __future__ import annotations

import numpy as np
import pytest

from harness.shape_seg import (
    derivative,
    forward,
    gradients,
    mixed_orthogonality,
    own_orthogonality,
)

CLOUDS, POINTS, CLASSES = 3, 7, 5
VARIANTS = ("shape_seg", "shape_seg_corrected")
SAMPLED = (
    "input_transformation_block_final/bias",
    "features_128_1_conv/kernel",
    "transformed_features_1_1_dense/kernel",
    "transformed_features_2_1_batch_norm/gamma",
    "segmentation_features_conv/kernel",
)

T_NET = [("1_conv", 64), ("2_conv", 128), ("3_conv", 1024), ("1_1_dense", 512), ("2_1_dense", 256)]
TRUNK = [
    ("features_64_conv", 3, 64),
    ("features_128_1_conv", 64, 128),
    ("features_128_2_conv", 128, 128),
    ("features_512_conv", 128, 512),
    ("pre_maxpool_block_conv", 512, 2048),
    ("segmentation_features_conv", 3008, 128),
]


def kernels() -> list[tuple[str, int, int]]:
    """Every linear layer: name, channels in and out."""
    layers = [*TRUNK, ("segmentation_head", 128, CLASSES)]
    for name, size in (("input_transformation_block", 3), ("transformed_features", 128)):
        channels = size
        for layer, units in [*T_NET, ("final", size**2)]:
            layers.append((f"{name}_{layer}", channels, units))
            channels = units
    return layers


def random_weights(seed: int = 0) -> dict[str, np.ndarray]:
    """Weights of which none is at its starting value, and transforms well off the identity."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, channels, units in kernels():
        shape = (channels, units) if name.endswith(("dense", "final")) else (1, channels, units)
        scale = 0.01 if name.endswith("final") else np.sqrt(1 / channels)
        scale *= 3 if name == "segmentation_head" else 1
        weights[f"{name}/kernel"] = rng.normal(size=shape) * scale
        weights[f"{name}/bias"] = rng.normal(size=units) * 0.1
        if name.endswith("final"):
            weights[f"{name}/bias"] += np.eye(int(np.sqrt(units))).ravel()
        elif name != "segmentation_head":
            norm = name.rpartition("_")[0] + "_batch_norm"
            weights[f"{norm}/gamma"] = rng.uniform(0.5, 1.5, size=units)
            weights[f"{norm}/beta"] = rng.normal(size=units) * 0.2
            weights[f"{norm}/moving_mean"] = rng.normal(size=units) * 0.2
            weights[f"{norm}/moving_variance"] = rng.uniform(1, 2, size=units)
    return weights


@pytest.fixture(scope="module")
def case() -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(CLOUDS, POINTS, 3))
    return random_weights(), points, rng.integers(0, CLASSES, size=(CLOUDS, POINTS))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("variant", VARIANTS)
def test_gradients_are_the_derivatives_of_a_complex_step(case, variant, training):
    weights, points, labels = case
    found = gradients(*case, variant=variant, training=training)
    assert {n for n in weights if "/moving_" not in n} == set(found)
    rng = np.random.default_rng(8)
    for name in SAMPLED:
        # Along its own sign, so that no entry cancels another.
        direction = np.sign(found[name]) * rng.uniform(size=found[name].shape)
        expected = derivative(
            weights, {name: direction}, points, labels, variant=variant, training=training
        )
        assert expected > 1e-6
        assert (found[name] * direction).sum() == pytest.approx(expected, rel=1e-10), name


def test_variants_differ_in_penalty_and_memory_alone(case):
    published = forward(*case, variant="shape_seg", training=True)
    corrected = forward(*case, variant="shape_seg_corrected", training=True)
    np.testing.assert_array_equal(published.probabilities, corrected.probabilities)
    for name in ("input_orthogonality", "feature_orthogonality"):
        assert published.terms[name] != pytest.approx(corrected.terms[name], rel=1e-3)
    name = "features_64_batch_norm/moving_mean"
    assert published.state[name] != pytest.approx(corrected.state[name], rel=1e-3)


def test_published_penalty_is_that_of_the_published_tensordot():
    transforms = np.random.default_rng(2).normal(size=(4, 3, 3))
    products = np.tensordot(transforms, transforms, axes=(2, 2)).reshape(-1, 3, 3)
    expected = ((products - np.eye(3)) ** 2).sum()
    assert mixed_orthogonality(transforms)[0] == pytest.approx(expected, rel=1e-13)


def test_penalties_agree_for_one_cloud_alone():
    transform = np.random.default_rng(3).normal(size=(1, 5, 5))
    assert mixed_orthogonality(transform)[0] == pytest.approx(
        own_orthogonality(transform)[0], rel=1e-13
    )


def test_only_the_corrected_penalty_spares_rotations():
    rotations = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 8, 8)))[0]
    assert own_orthogonality(rotations)[0] < 1e-25
    assert mixed_orthogonality(rotations)[0] > mixed_orthogonality(0 * rotations)[0]
