"""Triangle meshes with a part label a face, and uniform samples of their surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SEGMENTS = 48


@dataclass(frozen=True)
class Mesh:
    """Triangles, their outward orientation, and the part each belongs to.

    Attributes:
        corners: float64, F x 3 x 3; face, corner, axis; anticlockwise seen from outside.
        parts: int32, F.
    """

    corners: Floats
    parts: npt.NDArray[np.int32]

    def with_area(self) -> Mesh:
        """Without the triangles that have none, which no point can fall on."""
        edges = self.corners[:, 1:] - self.corners[:, :1]
        area = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=-1)
        kept = area > 1e-12 * max(float(area.max(initial=0.0)), np.finfo(float).tiny)
        return Mesh(self.corners[kept], self.parts[kept])

    def of_part(self, part: int) -> Mesh:
        """The same faces, all labelled `part`."""
        return Mesh(self.corners, np.full_like(self.parts, part))

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        """The mesh shifted."""
        return Mesh(self.corners + np.array([x, y, z]), self.parts)

    def turned(self, axes: Sequence[int]) -> Mesh:
        """The mesh with its axes cycled, (1, 2, 0) or (2, 0, 1): a rotation, so still outward."""
        return Mesh(self.corners[..., list(axes)], self.parts)


def joined(*meshes: Mesh) -> Mesh:
    """All the faces of all the meshes."""
    return Mesh(
        np.concatenate([mesh.corners for mesh in meshes]),
        np.concatenate([mesh.parts for mesh in meshes]),
    )


def box(width: float, height: float, depth: float, top: bool = True) -> Mesh:
    """A box along x, y, z standing on y = 0, centred in x and z; without its top if hidden."""
    half = np.array([width, height, depth]) / 2
    quads = []
    for axis in range(3):
        for side in (1.0, -1.0):
            if axis == 1 and side > 0 and not top:
                continue
            quads.append(_box_side(axis, side) * half + [0.0, half[1], 0.0])
    return _from_quads(np.stack(quads))


def revolved(profile: Sequence[tuple[float, float]], turn: float = 2 * np.pi) -> Mesh:
    """A profile turned about the y axis.

    Arguments:
        profile: (radius, y) pairs, from the bottom of the outside upwards; radius zero closes
            an end.
        turn: radians; less than a full turn leaves the ends open.
    """
    angles = np.linspace(0.0, turn, SEGMENTS + 1)
    radius, height = np.array(profile, dtype=np.float64).T
    grid = np.stack(
        [
            radius[:, None] * np.cos(angles),
            np.broadcast_to(height[:, None], (len(radius), len(angles))),
            -radius[:, None] * np.sin(angles),
        ],
        axis=-1,
    )
    quads = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2)
    return _from_quads(quads.reshape(-1, 4, 3))


def ring(radius: float, tube: float, turn: float = 2 * np.pi) -> Mesh:
    """A torus about the y axis, or an arc of one with open ends.

    Arguments:
        radius: from the axis to the middle of the tube.
        tube: the radius of the tube, below `radius`.
        turn: radians.
    """
    angles = np.linspace(0.0, 2 * np.pi, SEGMENTS // 2 + 1)
    profile = zip(radius + tube * np.cos(angles), tube * np.sin(angles), strict=True)
    return revolved([(float(r), float(y)) for r, y in profile], turn)


def sample(
    mesh: Mesh, num_points: int, random: np.random.Generator
) -> tuple[Floats, Floats, npt.NDArray[np.int32]]:
    """Points spread evenly over the surface: faces by area, then uniformly within each.

    Returns:
        points, float64, N x 3; unit normals of their faces, float64, N x 3; parts, int32, N.
    """
    edge1 = mesh.corners[:, 1] - mesh.corners[:, 0]
    edge2 = mesh.corners[:, 2] - mesh.corners[:, 0]
    cross = np.cross(edge1, edge2)
    twice_area = np.linalg.norm(cross, axis=-1)
    faces = random.choice(len(cross), size=num_points, p=twice_area / twice_area.sum())
    along, across = random.random((2, num_points, 1))
    # Fold the unit square over its diagonal: uniform on the triangle.
    outside = along + across > 1
    along, across = np.where(outside, [1 - along, 1 - across], [along, across])
    points = mesh.corners[faces, 0] + along * edge1[faces] + across * edge2[faces]
    return points, cross[faces] / twice_area[faces, None], mesh.parts[faces]


def _box_side(axis: int, side: float) -> Floats:
    """One face of the cube -1 .. 1, anticlockwise seen from outside, 4 x 3."""
    square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    face = np.empty((4, 3))
    face[:, axis] = side
    face[:, [(axis + 1) % 3, (axis + 2) % 3]] = square[:: int(side)]
    return face


def _from_quads(quads: Floats) -> Mesh:
    """Each of Q x 4 x 3 quadrilaterals as two triangles, part 0; those without area dropped."""
    corners = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    corners = corners[np.linalg.norm(cross, axis=-1) > 1e-12]
    return Mesh(corners, np.zeros(len(corners), dtype=np.int32))
