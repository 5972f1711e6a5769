"""Rotation and jitter."""

import numpy as np

from tf2_native.augmentation import augment, jitter, rotate_about_y, uniform_jitter


def test_quarter_turn_takes_x_to_z():
    points = np.array([[[1, 2, 0]], [[1, 2, 0]], [[0, 2, 1]]], "float32")
    turned = rotate_about_y(points, np.array([0, np.pi / 2, np.pi / 2]))
    np.testing.assert_allclose(turned, [[[1, 2, 0]], [[0, 2, 1]], [[-1, 2, 0]]], atol=1e-7)
    assert turned.dtype == np.float32


def test_each_cloud_has_its_own_angle():
    rng = np.random.default_rng(0)
    points, angles = rng.normal(size=(4, 5, 3)).astype("float32"), rng.uniform(0, 6, size=4)
    expected = []
    for cloud, angle in zip(points, angles, strict=True):
        cos, sin = np.cos(angle), np.sin(angle)
        expected.append(cloud @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]))
    np.testing.assert_allclose(rotate_about_y(points, angles), expected, rtol=1e-5, atol=1e-6)


def test_jitter_is_scaled_then_clipped():
    noise = np.array([[[1.0, -2.0, 7.0]]])
    moved = jitter(np.ones((1, 1, 3), "float32"), noise)
    np.testing.assert_allclose(moved, [[[1.01, 0.98, 1.05]]], rtol=1e-6)
    assert moved.dtype == np.float32


def test_augment_draws_angles_then_noise():
    points = np.random.default_rng(0).normal(size=(3, 4, 3)).astype("float32")
    rng = np.random.default_rng(1)
    angles, noise = 2 * np.pi * rng.uniform(size=3), rng.standard_normal(size=(3, 4, 3))
    expected = jitter(rotate_about_y(points, angles), noise)
    np.testing.assert_array_equal(augment(points, np.random.default_rng(1)), expected)
    assert np.abs(expected - points).max() > 0.1


def test_uniform_jitter_spreads_draws_over_its_reach():
    draws = np.array([[[0.0, 0.5, 0.75]]])
    moved = uniform_jitter(np.ones((1, 1, 3), "float32"), draws)
    np.testing.assert_allclose(moved, [[[0.995, 1, 1.0025]]], rtol=1e-6)
    assert moved.dtype == np.float32
