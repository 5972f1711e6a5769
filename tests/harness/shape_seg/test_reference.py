"""The NumPy reference of the shape segmenter, and the native network held against it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.shape_seg import derivative, forward, mixed_orthogonality, own_orthogonality

ROOT = Path(__file__).parents[3]
PROCESS = Path(__file__).with_name("native_process.py")
CLOUDS, POINTS, CLASSES = 3, 7, 5
RUNS = ("shape_seg/training", "shape_seg_corrected/inference")
# Rounding of float64 through 30 layers; a semantic slip is a million times as large.
RELATIVE = 1e-12

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


@pytest.fixture(scope="module", params=["tensorflow", "jax"])
def native(request, case, tmp_path_factory) -> dict[str, np.ndarray]:
    """What the native network computes on one backend, by `<variant>/<mode>/<name>`."""
    weights, points, labels = case
    folder = tmp_path_factory.mktemp(request.param)
    np.savez(folder / "case.npz", points=points, labels=labels, **weights)
    subprocess.run(
        [sys.executable, PROCESS, "case.npz", "out.npz", *RUNS],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": request.param, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    with np.load(folder / "out.npz") as found:
        return dict(found)


def far(found: np.ndarray, expected: np.ndarray) -> float:
    """Largest difference, relative to the largest entry expected."""
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def run_of(run: str, native: dict[str, np.ndarray]) -> tuple[dict, dict[str, np.ndarray]]:
    """The options of one run of the reference, and what the native network found in it."""
    variant, mode = run.split("/")
    found = {n.removeprefix(f"{run}/"): v for n, v in native.items() if n.startswith(f"{run}/")}
    return {"variant": variant, "training": mode == "training"}, found


@pytest.mark.parametrize("run", RUNS)
def test_native_network_is_the_reference(native, case, run):
    options, found = run_of(run, native)
    expected = forward(*case, **options)
    assert found["probabilities"].dtype == np.float64
    assert np.ptp(expected.probabilities) > 0.3
    assert far(found["probabilities"], expected.probabilities) < RELATIVE
    assert far(found["loss"], expected.loss) < RELATIVE
    for name, term in expected.terms.items():
        assert term > 1e-4
        assert far(found[f"terms/{name}"], term) < RELATIVE, name
    assert {n for n in found if n.startswith("state/")} == {f"state/{n}" for n in expected.state}
    for name, statistic in expected.state.items():
        assert far(found[f"state/{name}"], statistic) < RELATIVE, name


def test_slips_of_a_rewrite_are_seen(native, case):
    options, found = run_of("shape_seg/training", native)
    remembering = forward(*case, **options, momentum=0.9)
    own_clouds = forward(*case, variant="shape_seg_corrected", training=True)
    statistics = ("features_64_batch_norm/moving_mean", "features_64_batch_norm/moving_variance")
    for name in statistics:
        assert far(found[f"state/{name}"], remembering.state[name]) > 1e-3
    for name in ("input_orthogonality", "feature_orthogonality"):
        assert far(found[f"terms/{name}"], own_clouds.terms[name]) > 1e-3
    # All that the variants differ in is the penalty.
    assert far(found["probabilities"], own_clouds.probabilities) < RELATIVE


SAMPLED = (
    "input_transformation_block_final/bias",
    "features_128_1_conv/kernel",
    "transformed_features_1_1_dense/kernel",
    "transformed_features_2_1_batch_norm/gamma",
    "segmentation_features_conv/kernel",
)


def test_native_gradients_are_the_derivatives_of_the_reference(native, case):
    options, found = run_of("shape_seg/training", native)
    weights, points, labels = case
    rng = np.random.default_rng(8)
    for name in SAMPLED:
        gradient = found[f"gradients/{name}"]
        # Along its own sign, so that no entry cancels another.
        direction = np.sign(gradient) * rng.uniform(size=gradient.shape)
        expected = derivative(weights, {name: direction}, points, labels, **options)
        assert expected > 1e-6
        assert (gradient * direction).sum() == pytest.approx(expected, rel=1e-10), name


def test_gradient_of_one_entry(native, case):
    options, found = run_of("shape_seg/training", native)
    weights, points, labels = case
    gradient = found["gradients/transformed_features_final/kernel"]
    entry = np.zeros_like(gradient)
    entry.ravel()[np.abs(gradient).argmax()] = 1
    name = "transformed_features_final/kernel"
    expected = derivative(weights, {name: entry}, points, labels, **options)
    assert np.abs(gradient).max() == pytest.approx(abs(expected), rel=1e-10)


def test_published_penalty_is_that_of_the_published_tensordot():
    transforms = np.random.default_rng(2).normal(size=(4, 3, 3))
    products = np.tensordot(transforms, transforms, axes=(2, 2)).reshape(-1, 3, 3)
    expected = ((products - np.eye(3)) ** 2).sum()
    assert mixed_orthogonality(transforms) == pytest.approx(expected, rel=1e-13)


def test_penalties_agree_for_one_cloud_alone():
    transform = np.random.default_rng(3).normal(size=(1, 5, 5))
    assert mixed_orthogonality(transform) == pytest.approx(own_orthogonality(transform), rel=1e-13)


def test_only_the_corrected_penalty_spares_rotations():
    rotations = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 8, 8)))[0]
    assert own_orthogonality(rotations) < 1e-25
    assert mixed_orthogonality(rotations) > mixed_orthogonality(0 * rotations)
