"""How shapes of any size and place are made to look like those a network was trained on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def normalised(points: NDArray[Any]) -> NDArray[np.float32]:
    """Centres each cloud on its mean, and divides it by the distance of its furthest point.

    Arguments:
        points: ... x N x 3, floating; computed with in its own precision, as the original does.

    Returns:
        float32, of the same shape; a cloud that is one point stays at the origin.
    """
    centred = points - points.mean(axis=-2, keepdims=True)
    radius = np.sqrt(np.square(centred).sum(axis=-1)).max(axis=-1)[..., None, None]
    scaled: NDArray[Any] = centred / np.where(radius > 0, radius, 1)
    return scaled.astype(np.float32)


def repeated(points: NDArray[np.float32], num_points: int) -> NDArray[np.float32]:
    """Repeats a cloud's points in order, up to a number.

    Networks that end in a maximum over the points do not notice repetition.

    Arguments:
        points: N x C, N > 0.
        num_points: how many to return.

    Returns:
        num_points x C; the first of them where there are more.
    """
    return points[np.arange(num_points) % len(points)]
