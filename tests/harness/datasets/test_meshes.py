"""Surface samples: even by area, on the surface, with normals that point outwards."""

from __future__ import annotations

import numpy as np
import pytest

from harness.datasets import primitives
from harness.datasets.meshes import Mesh, box, joined, revolved, ring, sample


def volume(mesh: Mesh) -> float:
    """Enclosed volume by the divergence theorem; negative if faces point inwards."""
    a, b, c = np.moveaxis(mesh.corners, 1, 0)
    return float(np.einsum("fi,fi->", a, np.cross(b, c)) / 6)


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_box_is_closed_and_faces_outwards() -> None:
    assert volume(box(1, 2, 3).moved(5, 6, 7)) == pytest.approx(6)
    assert volume(box(1, 2, 3).turned((2, 0, 1))) == pytest.approx(6)


def test_ring_has_the_volume_of_a_torus() -> None:
    assert volume(ring(1.0, 0.3)) == pytest.approx(2 * np.pi**2 * 0.3**2, rel=0.02)


@pytest.mark.parametrize(
    "shape", [s for s in primitives.SHAPES if s.name != "lamp"], ids=lambda s: s.name
)
def test_every_shape_faces_outwards(shape: primitives.Shape) -> None:
    assert volume(shape.model(middle)) > 0


def test_samples_are_even_by_area() -> None:
    # Two squares, one of nine times the area: a tenth of the points belongs on the small one.
    small, large = box(1, 1, 1), box(3, 3, 3).moved(x=10)
    mesh = joined(small, large.of_part(1))
    n = 20_000
    _, _, parts = sample(mesh, n, np.random.default_rng(0))
    spread = np.sqrt(n * 0.1 * 0.9)
    assert abs((parts == 0).sum() - n * 0.1) < 4 * spread


def test_samples_are_even_within_a_triangle() -> None:
    corners = np.array([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0]]])
    n = 20_000
    points, normals, _ = sample(Mesh(corners, np.zeros(1, np.int32)), n, np.random.default_rng(0))
    # The mean of a uniform triangle is its centroid; so it is with its corner-side halves.
    np.testing.assert_allclose(points.mean(axis=0), [1 / 3, 1 / 3, 0], atol=4 * 0.236 / n**0.5)
    near = (points[:, 0] + points[:, 1] < np.sqrt(0.5)).mean()
    assert abs(near - 0.5) < 4 * 0.5 / n**0.5
    np.testing.assert_allclose(normals, np.broadcast_to([0.0, 0, 1], (n, 3)))


def test_a_sphere_is_sampled_evenly_in_height() -> None:
    # Archimedes: equal heights of a sphere have equal areas.
    angles = np.linspace(-np.pi / 2, np.pi / 2, 65)
    ball = revolved([(float(np.cos(a)), float(np.sin(a))) for a in angles])
    n = 20_000
    points, normals, _ = sample(ball, n, np.random.default_rng(0))
    counts, _ = np.histogram(points[:, 1], bins=8, range=(-1, 1))
    assert np.abs(counts - n / 8).max() < 5 * np.sqrt(n / 8)
    assert (np.einsum("pi,pi->p", points, normals) > 0.98).all()


def test_a_hidden_top_is_not_sampled() -> None:
    points, _, _ = sample(box(1, 1, 1, top=False), 5000, np.random.default_rng(0))
    assert (points[:, 1] < 1).all()
    assert (points[:, 1] == 0).any()
