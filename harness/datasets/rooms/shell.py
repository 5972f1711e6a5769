"""A room's shell, and where things stand in it: floor, ceiling, walls and what is in the walls."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.datasets.meshes import Mesh, joined
from harness.datasets.rooms.palette import Colour, colour_of
from harness.datasets.rooms.solids import Thing, placed, rectangle, slab

# How deep doors and windows sit in a wall.
REVEAL = 0.12

SOUTH, EAST, NORTH, WEST = range(4)


@dataclass(frozen=True)
class Opening:
    """A hole in a wall.

    Attributes:
        start, end: along the wall.
        bottom, top: above the floor.
    """

    start: float
    end: float
    bottom: float
    top: float


@dataclass
class Shell:
    """A rectangular room that fills up: x to `width`, y to `depth`, z to `height`, in metres.

    Walls are numbered anticlockwise from y = 0. Along each runs an x of its own, from left to
    right as seen from outside, and into the room a y.
    """

    width: float
    depth: float
    height: float
    random: np.random.Generator
    things: list[Thing] = field(default_factory=list)
    openings: dict[int, list[Opening]] = field(default_factory=lambda: {w: [] for w in range(4)})

    def length(self, wall: int) -> float:
        """Of a wall."""
        return self.width if wall in (SOUTH, NORTH) else self.depth

    def put(self, thing: Thing, x: float, y: float, z: float = 0.0, angle: float = 0.0) -> None:
        """Stands a thing on the floor, or `z` above it, turned anticlockwise by radians."""
        mesh = placed(thing.mesh, x, y, z, angle)
        self.things.append(Thing(thing.category, mesh, thing.colours))

    def put_at_wall(
        self, thing: Thing, wall: int, along: float, out: float = 0.0, z: float = 0.0
    ) -> None:
        """Stands a thing with its back to a wall, its middle `along` it, `out` into the room."""
        x, y = [(0.0, 0.0), (self.width, 0.0), (self.width, self.depth), (0.0, self.depth)][wall]
        angle = wall * np.pi / 2
        c, s = np.cos(angle), np.sin(angle)
        self.put(thing, x + c * along - s * out, y + s * along + c * out, z, angle)

    def door(self, wall: int, along: float, width: float = 0.95, height: float = 2.1) -> None:
        """A closed door with a handle, set into a wall."""
        self.openings[wall].append(Opening(along - width / 2, along + width / 2, 0.0, height))
        leaf = slab(width, 0.04, height)
        handle = slab(0.12, 0.05, 0.03).moved(x=0.38 * width, y=0.045, z=1.02)
        colours = (colour_of("wood", self.random), colour_of("steel", self.random))
        thing = Thing("door", joined(leaf, handle.of_part(1)), colours)
        self.put_at_wall(thing, wall, along, out=0.02 - REVEAL)

    def window(self, wall: int, along: float, width: float, bottom: float = 0.9) -> None:
        """Panes in a frame, set into a wall: the sky above what is outside."""
        top = self.height - 0.35
        self.openings[wall].append(Opening(along - width / 2, along + width / 2, bottom, top))
        height, bar = top - bottom, 0.06
        horizon = height * 0.4
        low = slab(width, 0.01, horizon)
        high = slab(width, 0.01, height - horizon).moved(z=horizon)
        upright = slab(bar, 0.05, height)
        lying = slab(width, 0.05, bar)
        frame = [upright.moved(x=k * (width - bar) / 2) for k in (-1, 0, 1)]
        frame += [lying, lying.moved(z=height - bar)]
        mesh = joined(high, low.of_part(1), joined(*frame).of_part(2))
        colours = tuple(colour_of(m, self.random) for m in ("sky", "outside", "light"))
        self.put_at_wall(Thing("window", mesh, colours), wall, along, 0.03 - REVEAL, bottom)

    def beam(self, along: float, thick: float = 0.3, drop: float = 0.3) -> None:
        """A beam under the ceiling, across the room, `along` its x."""
        mesh = slab(thick, self.depth, drop)
        thing = Thing("beam", mesh, (colour_of("concrete", self.random),))
        self.put(thing, along, self.depth / 2, self.height - drop)

    def column(self, x: float, y: float, thick: float = 0.4) -> None:
        """A square column from floor to ceiling."""
        thing = Thing(
            "column", slab(thick, thick, self.height), (colour_of("concrete", self.random),)
        )
        self.put(thing, x, y)

    def close(self, floor: str = "carpet") -> None:
        """Floor, ceiling and walls, last, as these have to leave the openings out."""
        w, d, h = self.width, self.depth, self.height
        ground = rectangle((0, 0, 0), (w, 0, 0), (0, d, 0))
        self.put(Thing("floor", ground, (colour_of(floor, self.random),)), 0, 0)
        above = rectangle((0, 0, h), (0, d, 0), (w, 0, 0))
        self.put(Thing("ceiling", above, (colour_of("ceiling", self.random),)), 0, 0)
        paint: Colour = colour_of("paint", self.random)
        for wall, openings in self.openings.items():
            mesh = _wall(self.length(wall), h, openings)
            self.put_at_wall(Thing("wall", mesh, (paint,)), wall, 0.0)


def _wall(length: float, height: float, openings: list[Opening]) -> Mesh:
    """A wall along x that faces along y, around its openings, with the depth they are set in."""
    pieces, x = [], 0.0
    for opening in sorted(openings, key=lambda o: o.start):
        pieces.append(_upright(x, opening.start, 0.0, height))
        pieces.append(_upright(opening.start, opening.end, opening.top, height))
        if opening.bottom > 0:
            pieces.append(_upright(opening.start, opening.end, 0.0, opening.bottom))
        pieces.append(_reveal(opening))
        x = opening.end
    pieces.append(_upright(x, length, 0.0, height))
    return joined(*pieces)


def _upright(start: float, end: float, bottom: float, top: float) -> Mesh:
    return rectangle((start, 0, bottom), (0, 0, top - bottom), (end - start, 0, 0))


def _reveal(opening: Opening) -> Mesh:
    """The four faces inside an opening; a threshold lies under a door."""
    width, height = opening.end - opening.start, opening.top - opening.bottom
    near, far = (opening.start, -REVEAL, opening.bottom), (opening.end, -REVEAL, opening.bottom)
    deep = (0.0, REVEAL, 0.0)
    return joined(
        rectangle(near, deep, (0, 0, height)),
        rectangle(far, (0, 0, height), deep),
        rectangle(near, (width, 0, 0), deep),
        rectangle((opening.start, -REVEAL, opening.top), deep, (width, 0, 0)),
    )
