"""Surfaces of which rooms and furniture are made: z up, standing on z = 0, in metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.datasets import meshes
from harness.datasets.meshes import Mesh, joined
from harness.datasets.rooms.palette import Colour

# The axes of the meshes next door, whose up is y, in the order of those here.
_Z_UP = (2, 0, 1)


@dataclass(frozen=True)
class Thing:
    """An object of one class, each of its parts in one colour.

    Attributes:
        category: one of the 13 classes.
        mesh: its surface; parts are positions in `colours`.
        colours: red, green, blue, 0 to 255, of each part.
    """

    category: str
    mesh: Mesh
    colours: tuple[Colour, ...]


def slab(width: float, depth: float, height: float) -> Mesh:
    """A box along x, y, z, centred on the z axis."""
    return meshes.box(depth, height, width).turned(_Z_UP)


def round_slab(radius: float, height: float) -> Mesh:
    """An upright cylinder about the z axis, closed."""
    profile = [(0.0, 0.0), (radius, 0.0), (radius, height), (0.0, height)]
    return meshes.revolved(profile).turned(_Z_UP)


def rectangle(corner: Sequence[float], first: Sequence[float], second: Sequence[float]) -> Mesh:
    """A rectangle from a corner along two edges; it faces along their cross product."""
    origin, along, across = (np.array(v, np.float64) for v in (corner, first, second))
    quad = np.stack([origin, origin + along, origin + along + across, origin + across])
    return Mesh(quad[[[0, 1, 2], [0, 2, 3]]], np.zeros(2, np.int32))


def on_legs(top: Mesh, width: float, depth: float, height: float, thick: float) -> Mesh:
    """Four square legs as part 1 under a top that is raised onto them."""
    leg = slab(thick, thick, height)
    x, y = (width - thick) / 2, (depth - thick) / 2
    legs = [leg.moved(i * x, k * y) for i in (-1, 1) for k in (-1, 1)]
    return joined(top.moved(z=height), joined(*legs).of_part(1))


def placed(mesh: Mesh, x: float, y: float, z: float = 0.0, angle: float = 0.0) -> Mesh:
    """The mesh turned about the z axis, anticlockwise, in radians, then moved."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return Mesh(mesh.corners @ turn.T, mesh.parts).moved(x, y, z)


def area(mesh: Mesh) -> float:
    """Square metres of surface."""
    edges = mesh.corners[:, 1:] - mesh.corners[:, :1]
    cross: npt.NDArray[np.float64] = np.cross(edges[:, 0], edges[:, 1])
    return float(np.linalg.norm(cross, axis=-1).sum() / 2)
