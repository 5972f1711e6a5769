"""Turns surfaces into the coloured points that a scanner would have left of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from harness.datasets.meshes import sample
from harness.datasets.rooms.solids import Thing, area

# Standard deviations, of a scanner's distance in metres and of a camera's channel.
POSITION_NOISE = 0.003
COLOUR_NOISE = 5.0

# However small a thing is, some of it is seen.
_FEWEST = 12

# Light falls from above: this part of a surface's colour depends on where it faces.
_SHADE = 0.12


def scan(
    thing: Thing, density: float, random: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    """Points spread evenly over a thing, and their colours.

    Arguments:
        density: points a square metre.

    Returns:
        Points, float64, n x 3, metres; red, green, blue, uint8, n x 3.
    """
    num_points = max(round(area(thing.mesh) * density), _FEWEST)
    points, normals, parts = sample(thing.mesh, num_points, random)
    points += random.normal(0.0, POSITION_NOISE, points.shape)
    shade = 1 - _SHADE + _SHADE * normals[:, 2:]
    # Brightness varies with the pixel, the channels much less.
    noise = random.normal(0.0, COLOUR_NOISE, (num_points, 1))
    noise = noise + random.normal(0.0, COLOUR_NOISE / 3, (num_points, 3))
    colours = np.array(thing.colours)[parts] * shade + noise
    return points, np.clip(np.rint(colours), 0, 255).astype(np.uint8)
