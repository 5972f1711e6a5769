"""Generated shapes with named parts: a part-labelled data set that costs nothing to have.

Every cloud has its own proportions, drawn from its own random stream, so asking for more of them
leaves those there were as they are. Up is y, as in ModelNet40.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.datasets import modelnet40, part_annotation, shapenet_part
from harness.datasets.clouds import Clouds, unit_sphere
from harness.datasets.errors import DatasetError
from harness.datasets.meshes import Mesh, box, joined, revolved, ring, sample
from harness.datasets.part_annotation import AnnotatedCloud

# Draws a length between two bounds.
Draw = Callable[[float, float], float]


@dataclass(frozen=True)
class Shape:
    """A class of shapes.

    Attributes:
        name: as in `shape_names.txt`.
        parts: their names; a face's part is a position in this list.
        model: a mesh of random proportions.
    """

    name: str
    parts: tuple[str, ...]
    model: Callable[[Draw], Mesh]


def sphere(draw: Draw) -> Mesh:
    """An ellipsoid of revolution."""
    height = draw(0.8, 1.2)
    angles = np.linspace(-np.pi / 2, np.pi / 2, 25)
    return revolved([(float(np.cos(a)), float(height * np.sin(a))) for a in angles])


def cuboid(draw: Draw) -> Mesh:
    """A box."""
    return box(draw(0.6, 1.6), draw(0.6, 1.6), draw(0.6, 1.6))


def cylinder(draw: Draw) -> Mesh:
    """A side and two ends."""
    radius, height = draw(0.3, 0.8), draw(0.8, 2.0)
    ends = joined(
        revolved([(0, 0), (radius, 0)]),
        revolved([(radius, height), (0, height)]),
    )
    return joined(revolved([(radius, 0), (radius, height)]), ends.of_part(1))


def cone(draw: Draw) -> Mesh:
    """A side and a base."""
    radius, height = draw(0.4, 0.9), draw(0.8, 2.0)
    base = revolved([(0, 0), (radius, 0)])
    return joined(revolved([(radius, 0), (0, height)]), base.of_part(1))


def torus(draw: Draw) -> Mesh:
    """A ring lying flat."""
    return ring(1.0, draw(0.15, 0.45))


def table(draw: Draw) -> Mesh:
    """A top on four legs."""
    width, depth, height = draw(1.2, 2.0), draw(0.8, 1.4), draw(0.6, 1.0)
    top = box(width, draw(0.06, 0.12), depth).moved(y=height)
    return joined(top, _legs(width, depth, height, draw(0.06, 0.12)).of_part(1))


def chair(draw: Draw) -> Mesh:
    """A seat on four legs, and a back."""
    width, height, thick = draw(0.8, 1.1), draw(0.7, 1.0), draw(0.06, 0.12)
    seat = box(width, thick, width).moved(y=height)
    back = box(width, draw(0.8, 1.2), thick).moved(y=height + thick, z=(thick - width) / 2)
    legs = _legs(width, width, height, draw(0.06, 0.1))
    return joined(seat, back.of_part(1), legs.of_part(2))


def mug(draw: Draw) -> Mesh:
    """An open body and a handle at its -x side."""
    radius, height, bore = draw(0.4, 0.6), draw(0.9, 1.3), draw(0.85, 0.92)
    inner = bore * radius
    floor = radius - inner
    wall = [(0, 0), (radius, 0), (radius, height), (inner, height), (inner, floor), (0, floor)]
    # A half ring about y, stood upright by cycling the axes; its open ends meet the wall.
    handle = ring(draw(0.22, 0.32) * height, draw(0.05, 0.07), turn=np.pi).turned((2, 0, 1))
    return joined(revolved(wall), handle.moved(x=-radius, y=height / 2).of_part(1))


def lamp(draw: Draw) -> Mesh:
    """A base, a pole, and a conical shade open at both ends."""
    foot, thick, height, pole = draw(0.3, 0.5), draw(0.05, 0.1), draw(1.2, 1.8), draw(0.03, 0.05)
    wide, narrow, drop = draw(0.45, 0.65), draw(0.15, 0.3), draw(0.4, 0.6)
    base = revolved([(0, 0), (foot, 0), (foot, thick), (pole, thick)])
    stem = revolved([(pole, thick), (pole, height), (0, height)])
    shade = revolved([(wide, height - drop), (narrow, height)])
    return joined(base, stem.of_part(1), shade.of_part(2))


def bottle(draw: Draw) -> Mesh:
    """A body with a shoulder, a neck, and a cap."""
    radius, height, neck, length = draw(0.3, 0.5), draw(0.8, 1.2), draw(0.1, 0.16), draw(0.3, 0.5)
    top = height + radius / 2 + length
    body = revolved([(0, 0), (radius, 0), (radius, height), (neck, height + radius / 2)])
    throat = revolved([(neck, height + radius / 2), (neck, top)])
    lid = 1.3 * neck
    cap = revolved([(neck, top), (lid, top), (lid, top + neck), (0, top + neck)])
    return joined(body, throat.of_part(1), cap.of_part(2))


def _legs(width: float, depth: float, height: float, thick: float) -> Mesh:
    """Four legs at the corners, flush with them; their hidden tops left out."""
    leg = box(thick, height, thick, top=False)
    x, z = (width - thick) / 2, (depth - thick) / 2
    return joined(*(leg.moved(x=i * x, z=k * z) for i in (-1, 1) for k in (-1, 1)))


SHAPES = (
    Shape("sphere", ("surface",), sphere),
    Shape("box", ("surface",), cuboid),
    Shape("cylinder", ("side", "ends"), cylinder),
    Shape("cone", ("side", "base"), cone),
    Shape("torus", ("surface",), torus),
    Shape("table", ("top", "legs"), table),
    Shape("chair", ("seat", "back", "legs"), chair),
    Shape("mug", ("body", "handle"), mug),
    Shape("lamp", ("base", "pole", "shade"), lamp),
    Shape("bottle", ("body", "neck", "cap"), bottle),
)

SHAPE_NAMES = tuple(shape.name for shape in SHAPES)

# Parts are numbered through all the classes, as in ShapeNet Part: a part tells its class.
PART_NAMES = tuple(f"{shape.name}/{part}" for shape in SHAPES for part in shape.parts)


def generate(num_per_class: int, num_points: int, seed: int) -> Clouds:
    """Clouds of every class, with normals and parts; the classes take turns.

    Arguments:
        num_per_class: clouds of each class.
        num_points: points a cloud; independent draws, so any first few are a fair sample.
        seed: with a cloud's class and number, decides that cloud entirely.

    Returns:
        `num_per_class * len(SHAPES)` clouds in the unit sphere; cloud i has class
        i modulo len(SHAPES).

    Raises:
        DatasetError: a number below one, or a negative seed.
    """
    if min(num_per_class, num_points) < 1 or seed < 0:
        raise DatasetError(
            f"primitives: {num_per_class} clouds a class, {num_points} points, seed {seed}; "
            "the first two must be at least 1, the seed at least 0"
        )
    samples = [
        _cloud(label, num_points, np.random.default_rng([seed, label, number]))
        for number in range(num_per_class)
        for label in range(len(SHAPES))
    ]
    points, normals, parts = (np.stack(arrays) for arrays in zip(*samples, strict=True))
    labels = np.tile(np.arange(len(SHAPES), dtype=np.int32), num_per_class)
    return Clouds(unit_sphere(points), labels, normals.astype(np.float32), parts)


def build(
    out: Path, train: int = 80, test: int = 20, num_points: int = 2048, seed: int = 0
) -> None:
    """Writes `train` and `test` clouds of each class to `out` in ModelNet40's layout."""
    clouds = _splits(out, {"train": train, "test": test}, num_points, seed)
    modelnet40.write(out, {split: [piece] for split, piece in clouds.items()}, SHAPE_NAMES)


def build_shapenet_part(
    out: Path,
    train: int = 80,
    val: int = 10,
    test: int = 20,
    num_points: int = 2048,
    seed: int = 0,
) -> None:
    """Writes clouds of each class to `out` in the layout of ShapeNet's parts."""
    clouds = _splits(out, {"train": train, "val": val, "test": test}, num_points, seed)
    taxonomy = shapenet_part.Taxonomy.of({shape.name: shape.parts for shape in SHAPES})
    shapenet_part.write(out, {split: [piece] for split, piece in clouds.items()}, taxonomy)


def build_shapenet_annotation(
    out: Path, train: int = 80, test: int = 20, num_points: int = 2048, seed: int = 0
) -> None:
    """Writes clouds of each class to `out` in the layout of `PartAnnotation`.

    The `test` clouds have no labels. The last part of a shape that has several is not annotated,
    as with ShapeNet's laptops and mugs, so its points are in none.
    """
    clouds = _splits(out, {"train": train, "test": test}, num_points, seed)
    parts = {shape.name: shape.parts[: max(1, len(shape.parts) - 1)] for shape in SHAPES}
    part_annotation.write(
        out, parts, (found for split in clouds for found in _annotated(clouds[split], split))
    )


def _annotated(clouds: Clouds, split: str) -> Iterator[tuple[str, AnnotatedCloud]]:
    assert clouds.parts is not None
    for i, (points, label, parts) in enumerate(
        zip(clouds.points, clouds.labels.tolist(), clouds.parts, strict=True)
    ):
        labels = parts - np.int32(_first_part(label)) if split == "train" else None
        yield SHAPE_NAMES[label], AnnotatedCloud(f"{split}{i:05}", points, labels)


def _splits(out: Path, counts: dict[str, int], num_points: int, seed: int) -> dict[str, Clouds]:
    """As many clouds of each class as asked for, by split; none in two of them."""
    if min(counts.values()) < 1:
        asked = " and ".join(f"{count} {split}" for split, count in counts.items())
        raise DatasetError(f"{out}: {asked} clouds a class; give at least 1 of each")
    clouds = generate(sum(counts.values()), num_points, seed)
    borders = np.cumsum([0, *counts.values()]) * len(SHAPES)
    return {
        split: clouds.take(slice(start, stop))
        for split, start, stop in zip(counts, borders, borders[1:], strict=False)
    }


def _first_part(label: int) -> int:
    """The number of a class' first part, through all the classes."""
    return sum(len(shape.parts) for shape in SHAPES[:label])


def _cloud(
    label: int, num_points: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points and normals, N x 3, and parts numbered through all the classes, N."""
    mesh = SHAPES[label].model(lambda low, high: float(random.uniform(low, high)))
    points, normals, parts = sample(mesh, num_points, random)
    return points, normals, parts + np.int32(_first_part(label))
