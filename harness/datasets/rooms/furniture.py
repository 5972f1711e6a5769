"""Furniture and what lies about, of random proportions and colours.

What stands against a wall has its back in the plane y = 0 and faces along y; everything else is
centred on the z axis, chairs looking along y.
"""

from __future__ import annotations

import itertools

import numpy as np

from harness.datasets.meshes import Mesh, joined
from harness.datasets.rooms.palette import colour_of
from harness.datasets.rooms.solids import Thing, on_legs, round_slab, slab

Random = np.random.Generator

DESK_HEIGHT = 0.74


def table(width: float, depth: float, random: Random, height: float = DESK_HEIGHT) -> Thing:
    """A top on four legs, centred."""
    top = slab(width, depth, 0.04)
    mesh = on_legs(top, width, depth, height - 0.04, 0.06)
    return Thing("table", mesh, (colour_of("laminate", random), colour_of("steel", random)))


def desk(width: float, depth: float, random: Random) -> Thing:
    """A table against a wall, on a side panel and a chest of drawers."""
    clear = DESK_HEIGHT - 0.04
    top = slab(width, depth, 0.04).moved(z=clear)
    side = slab(0.04, depth, clear).moved(x=0.02 - width / 2)
    chest = slab(0.42, depth - 0.06, clear).moved(x=width / 2 - 0.21)
    mesh = joined(top, joined(side, chest).of_part(1)).moved(y=depth / 2)
    return Thing("table", mesh, (colour_of("laminate", random), colour_of("steel", random)))


def chair(random: Random) -> Thing:
    """A seat with a back on four legs."""
    width, height = random.uniform(0.42, 0.5), random.uniform(0.4, 0.45)
    seat = on_legs(slab(width, width, 0.06), width, width, height, 0.035)
    back = slab(width * 0.95, 0.05, random.uniform(0.34, 0.46))
    posts = joined(*(slab(0.03, 0.03, 0.2).moved(x=s * width * 0.4) for s in (-1, 1)))
    mesh = joined(
        seat,
        back.moved(y=0.025 - width / 2, z=height + 0.2),
        posts.of_part(1).moved(y=0.025 - width / 2, z=height + 0.04),
    )
    return Thing("chair", mesh, (colour_of("fabric", random), colour_of("steel", random)))


def sofa(width: float, random: Random) -> Thing:
    """A base, cushions for each to sit on, a back and two arms, against a wall."""
    depth, arm = 0.85, 0.18
    seats = max(int((width - 2 * arm) / 0.6), 1)
    each = (width - 2 * arm) / seats
    base = slab(width, depth, 0.26).moved(z=0.06)
    back = slab(width, 0.22, 0.5).moved(y=0.11 - depth / 2, z=0.32)
    arms = [slab(arm, depth, 0.3).moved(x=side * (width - arm) / 2, z=0.32) for side in (-1.0, 1.0)]
    cushions = [
        slab(each - 0.03, depth - 0.24, 0.14).moved(x=(i - (seats - 1) / 2) * each, y=0.11, z=0.32)
        for i in range(seats)
    ]
    mesh = joined(base, back, *arms, joined(*cushions).of_part(1)).moved(y=depth / 2)
    cover = colour_of("upholstery", random)
    lighter = (cover[0] * 0.85 + 38, cover[1] * 0.85 + 38, cover[2] * 0.85 + 38)
    return Thing("sofa", mesh, (cover, lighter))


def bookcase(width: float, random: Random) -> Thing:
    """Shelves between two sides and before a back, filled with books more or less."""
    depth, height, board = 0.3, random.uniform(1.7, 2.2), 0.025
    shelves = np.linspace(0.06, height - board, int(height / 0.36) + 1)
    sides = [slab(board, depth, height).moved(x=side * (width - board) / 2) for side in (-1.0, 1.0)]
    back = slab(width, 0.01, height).moved(y=0.005 - depth / 2)
    boards = [slab(width - 2 * board, depth, board).moved(z=float(z)) for z in shelves]
    books = [
        row
        for z, above in itertools.pairwise(shelves)
        for row in _row_of_books(width - 0.08, float(above - z) - board, random, float(z) + board)
    ]
    colours = [colour_of("wood", random)] + [colour_of("book", random) for _ in books]
    painted = [book.of_part(number) for number, book in enumerate(books, start=1)]
    mesh = joined(*sides, back, *boards, *painted).moved(y=depth / 2)
    return Thing("bookcase", mesh, tuple(colours))


def board(width: float, random: Random) -> Thing:
    """A whiteboard in its frame, and a ledge for pens, against a wall; its lower edge at z = 0."""
    height = random.uniform(1.0, 1.25)
    face = slab(width, 0.02, height).moved(y=0.01)
    upright, lying = slab(0.03, 0.03, height), slab(width, 0.03, 0.03)
    frame = [upright.moved(x=side * (width - 0.03) / 2) for side in (-1, 1)]
    frame += [lying, lying.moved(z=height - 0.03)]
    ledge = slab(width * 0.6, 0.07, 0.02).moved(y=0.05, z=0.03)
    mesh = joined(face, joined(*(bar.moved(y=0.015) for bar in frame), ledge).of_part(1))
    return Thing("board", mesh, (colour_of("whiteboard", random), colour_of("steel", random)))


# -- clutter ---------------------------------------------------------------------------------------


def monitor(random: Random) -> Thing:
    """A screen on a foot, looking along y."""
    width = random.uniform(0.45, 0.62)
    screen = slab(width, 0.04, width * 0.6).moved(z=0.12)
    foot = joined(slab(0.22, 0.18, 0.015), slab(0.06, 0.03, 0.14).moved(y=-0.03))
    return _clutter(joined(screen, foot), "plastic", random)


def keyboard(random: Random) -> Thing:
    """A flat box."""
    return _clutter(slab(0.44, 0.15, 0.025), "plastic", random)


def laptop(random: Random) -> Thing:
    """A base and a screen at right angles."""
    mesh = joined(slab(0.34, 0.24, 0.02), slab(0.34, 0.015, 0.22).moved(y=-0.11, z=0.02))
    return _clutter(mesh, "steel", random)


def papers(random: Random) -> Thing:
    """A pile of sheets."""
    return _clutter(slab(0.3, 0.21, random.uniform(0.01, 0.12)), "paper", random)


def cup(random: Random) -> Thing:
    """A cup, closed by what is in it."""
    return _clutter(round_slab(0.045, 0.1), "book", random)


def bin_(random: Random) -> Thing:
    """A waste-paper basket."""
    return _clutter(round_slab(random.uniform(0.13, 0.18), 0.36), "plastic", random)


def carton(random: Random) -> Thing:
    """A cardboard box."""
    width, depth, height = random.uniform(0.25, 0.5, 3)
    return _clutter(slab(float(width), float(depth), float(height)), "cardboard", random)


def plant(random: Random) -> Thing:
    """A pot, and a globe of leaves above it."""
    height = random.uniform(0.5, 0.9)
    pot = round_slab(0.16, 0.3)
    globe = [round_slab(r, 0.12).moved(z=0.3 + height * k) for r, k in _GLOBE]
    mesh = joined(pot, joined(*globe).of_part(1))
    return Thing("clutter", mesh, (colour_of("cardboard", random), colour_of("leaves", random)))


def lamp(random: Random) -> Thing:
    """A ceiling light, its upper side at z = 0."""
    return _clutter(slab(1.2, 0.3, 0.06).moved(z=-0.06), "light", random)


# Radius, and how far up, of the discs a plant is made of.
_GLOBE = ((0.1, 0.05), (0.22, 0.25), (0.28, 0.45), (0.24, 0.65), (0.12, 0.85))


def _clutter(mesh: Mesh, material: str, random: Random) -> Thing:
    return Thing("clutter", mesh, (colour_of(material, random),))


def _row_of_books(width: float, clear: float, random: Random, z: float) -> list[Mesh]:
    """Books of one shelf, a few joined to a block of one colour, with a gap at the end."""
    books, x = [], -width / 2
    end = width * random.uniform(0.05, 0.5)
    while x < end:
        thick = min(float(random.uniform(0.05, 0.14)), width / 2 - x)
        height = clear * float(random.uniform(0.6, 0.92))
        deep = float(random.uniform(0.16, 0.24))
        books.append(slab(thick, deep, height).moved(x=x + thick / 2, y=-0.02, z=z))
        x += thick
    return books
