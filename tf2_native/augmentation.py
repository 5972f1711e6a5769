"""Augmentation in training (arXiv 1612.00593, section 5.1), as pure functions of random draws."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


def rotate_about_y(points: FloatArray, angles: FloatArray) -> NDArray[np.float32]:
    """Rotates each cloud about the vertical axis.

    Arguments:
        points: B x N x 3, y up.
        angles: radians, [B].

    Returns:
        float32 B x N x 3: points @ [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]], computed in float64.
    """
    rotations = np.zeros((len(angles), 3, 3))
    rotations[:, 0, 0] = rotations[:, 2, 2] = np.cos(angles)
    rotations[:, 0, 2] = np.sin(angles)
    rotations[:, 2, 0] = -np.sin(angles)
    rotations[:, 1, 1] = 1
    rotated: FloatArray = np.matmul(points, rotations)
    return rotated.astype(np.float32)


def jitter(
    points: FloatArray, noise: FloatArray, sigma: float = 0.01, clip: float = 0.05
) -> NDArray[np.float32]:
    """Shifts each coordinate a little.

    Arguments:
        points: B x N x 3.
        noise: standard normal, B x N x 3.
        sigma: standard deviation of the shift.
        clip: largest shift.

    Returns:
        float32 B x N x 3. TF1 kept the float64 sum and rounded when it fed the placeholder.
    """
    jittered: FloatArray = points + np.clip(sigma * noise, -clip, clip)
    return jittered.astype(np.float32)


def augment(points: FloatArray, rng: np.random.Generator) -> NDArray[np.float32]:
    """Rotates each cloud by an angle of its own, then jitters.

    Arguments:
        points: B x N x 3.
        rng: asked for `uniform(size=B)`, then for `standard_normal(size=(B, N, 3))`.

    Returns:
        float32 B x N x 3.
    """
    angles = 2 * np.pi * rng.uniform(size=len(points))
    return jitter(rotate_about_y(points, angles), rng.standard_normal(size=points.shape))


def uniform_jitter(
    points: FloatArray, draws: FloatArray, reach: float = 0.005
) -> NDArray[np.float32]:
    """Shifts each coordinate a little, as keras.io's shape segmenter did, and nothing else.

    Arguments:
        points: B x N x 3.
        draws: uniform in [0, 1), B x N x 3.
        reach: largest shift.

    Returns:
        float32 B x N x 3. The sum is made in float64, as published, and rounded where it enters the
        network.
    """
    jittered: FloatArray = points + reach * (2 * draws - 1)
    return jittered.astype(np.float32)
