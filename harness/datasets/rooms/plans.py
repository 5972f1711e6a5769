"""What stands where: an office, a lounge, a conference room, a hallway, a storage room."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from harness.datasets.rooms import furniture
from harness.datasets.rooms.furniture import DESK_HEIGHT
from harness.datasets.rooms.shell import EAST, NORTH, SOUTH, WEST, Shell
from harness.datasets.rooms.solids import Thing

Random = np.random.Generator


def office(random: Random) -> Shell:
    """Two desks under the windows, bookcases and a board on the walls beside them."""
    shell = _shell(random, (4.0, 5.2), (3.8, 4.8))
    half = shell.width / 2
    for along in (half / 2 + 0.1, shell.width - half / 2 - 0.1):
        shell.window(NORTH, along, half - 0.7)
        shell.put_at_wall(furniture.desk(half - 0.5, 0.75, random), NORTH, along, out=0.05)
        _desk_top(shell, shell.width - along, random)
    shell.door(SOUTH, 0.8)
    _row(shell, EAST, 0.3, shell.depth - 0.9, furniture.bookcase, random)
    shell.put_at_wall(furniture.board(1.6, random), WEST, shell.depth / 2 - 0.2, z=0.95)
    shell.put_at_wall(furniture.sofa(1.5, random), SOUTH, shell.width - 1.6, out=0.02)
    shell.column(0.15, 0.95, thick=0.3)
    shell.beam(half)
    _lamps(shell, rows=1, random=random)
    shell.put(furniture.bin_(random), 0.45, shell.depth / 2 - 0.55)
    shell.put(furniture.carton(random), 0.5, shell.depth / 2 + 0.3, angle=random.uniform(0, 1))
    shell.close("carpet")
    return shell


def lounge(random: Random) -> Shell:
    """Sofas that face each other over a low table, and a table to eat at."""
    shell = _shell(random, (5.0, 6.5), (4.4, 5.4))
    middle = shell.depth / 2
    shell.put_at_wall(furniture.sofa(2.2, random), WEST, middle, out=0.05)
    sofa = furniture.sofa(1.8, random)
    shell.put(sofa, 3.35, middle, angle=np.pi / 2)
    shell.put(furniture.table(0.6, 1.1, random, height=0.42), 1.7, middle)
    for thing, y in ((furniture.cup(random), -0.3), (furniture.papers(random), 0.2)):
        shell.put(thing, 1.7 + random.uniform(-0.1, 0.1), middle + y, 0.42)
    x = shell.width - 0.85
    shell.put(furniture.table(0.8, 0.8, random), x, middle)
    for side in (-1, 1):
        _seat(shell, x, middle + side * 0.65, np.pi * (side > 0), random)
    shell.put(furniture.laptop(random), x, middle, DESK_HEIGHT)
    for along in (shell.width * 0.3, shell.width * 0.72):
        shell.window(NORTH, along, shell.width * 0.32, bottom=0.6)
    shell.door(SOUTH, shell.width - 0.9)
    _row(shell, SOUTH, 0.4, shell.width - 2.0, furniture.bookcase, random)
    shell.put_at_wall(furniture.board(1.4, random), EAST, middle, z=1.0)
    shell.column(shell.width - 0.2, shell.depth - 0.2)
    shell.beam(shell.width / 2)
    shell.put(furniture.plant(random), 0.45, shell.depth - 0.45)
    _lamps(shell, rows=1, random=random)
    shell.close("tiles")
    return shell


def conference_room(random: Random) -> Shell:
    """A long table with chairs along it, and a board at one end."""
    shell = _shell(random, (6.0, 8.0), (4.4, 5.4))
    middle = shell.depth / 2
    long = shell.width - 2.8
    shell.put(furniture.table(long, 1.3, random), shell.width / 2, middle)
    seats = int(long / 0.75)
    for seat in range(seats):
        x = shell.width / 2 + (seat - (seats - 1) / 2) * 0.75
        for side in (-1, 1):
            _seat(shell, x, middle + side * 0.85, np.pi * (side > 0), random)
            if random.random() < 0.4:
                thing = furniture.laptop if random.random() < 0.5 else furniture.papers
                angle = np.pi * (side < 0)
                shell.put(thing(random), x, middle + side * 0.4, DESK_HEIGHT, angle)
    shell.put_at_wall(furniture.board(2.4, random), WEST, middle, z=0.9)
    shell.put_at_wall(furniture.board(1.8, random), EAST, middle, z=0.9)
    for k in range(3):
        shell.window(NORTH, shell.width * (2 * k + 1) / 6, shell.width / 4.2, bottom=0.8)
    shell.door(SOUTH, 0.9)
    shell.door(SOUTH, shell.width - 0.9)
    _row(shell, SOUTH, 2.0, shell.width - 2.0, furniture.bookcase, random, most=2)
    for x in (0.2, shell.width - 0.2):
        shell.column(x, shell.depth - 0.2)
    for k in (1, 2):
        shell.beam(shell.width * k / 3)
    shell.put(furniture.plant(random), 0.75, shell.depth - 0.5)
    _lamps(shell, rows=2, random=random)
    shell.close("carpet")
    return shell


def hallway(random: Random) -> Shell:
    """Long and narrow, doors at both sides, beams overhead, little on the floor."""
    shell = _shell(random, (9.0, 13.0), (1.9, 2.4))
    doors = int(shell.width / 2.6)
    step = shell.width / doors
    for k in range(doors):
        shell.door(SOUTH, (k + 0.5) * step)
        if k % 2:
            shell.door(NORTH, (k + 0.5) * step)
        else:
            shell.put_at_wall(furniture.board(1.2, random), NORTH, (k + 0.5) * step, z=1.0)
        shell.beam((k + 1) * step - step / 2 + 0.65)
    for k in range(1, doors):
        shell.column(k * step, 0.12, thick=0.24)
    shell.window(EAST, shell.depth / 2, 1.1)
    shell.put_at_wall(furniture.bookcase(0.9, random), NORTH, step, out=0.01)
    bays = random.permutation(doors)
    for make, bay in zip((furniture.carton, furniture.bin_, furniture.plant), bays, strict=False):
        shell.put(make(random), step * float(bay) + random.uniform(0.45, 0.55), 0.3)
    _lamps(shell, rows=1, random=random)
    shell.close("tiles")
    return shell


def storage(random: Random) -> Shell:
    """Bookcases along the walls, and boxes on a table and on the floor."""
    shell = _shell(random, (3.4, 4.4), (3.2, 4.2))
    for wall in (EAST, WEST):
        _row(shell, wall, 0.4, shell.depth - 0.4, furniture.bookcase, random)
    shell.put(furniture.table(1.2, 0.7, random), shell.width / 2, shell.depth / 2)
    shell.put(furniture.carton(random), shell.width / 2, shell.depth / 2, DESK_HEIGHT)
    for k in range(3):
        x = shell.width / 2 + (k - 1) * 0.75
        shell.put(furniture.carton(random), x, shell.depth - 0.45, angle=random.uniform(0, 0.5))
    shell.door(SOUTH, shell.width / 2)
    shell.window(NORTH, shell.width / 2, 1.0, bottom=1.5)
    shell.beam(shell.width / 2)
    _lamps(shell, rows=1, random=random)
    shell.close("tiles")
    return shell


PLANS: Mapping[str, Callable[[Random], Shell]] = MappingProxyType(
    {
        "office": office,
        "lounge": lounge,
        "conferenceRoom": conference_room,
        "hallway": hallway,
        "storage": storage,
    }
)


def furnish(kind: str, random: Random) -> list[Thing]:
    """All that is in a room of one of `PLANS`, from one corner of its floor."""
    return PLANS[kind](random).things


def _shell(random: Random, width: tuple[float, float], depth: tuple[float, float]) -> Shell:
    return Shell(random.uniform(*width), random.uniform(*depth), random.uniform(2.7, 3.2), random)


def _row(
    shell: Shell,
    wall: int,
    start: float,
    end: float,
    make: Callable[[float, Random], Thing],
    random: Random,
    most: int = 4,
) -> None:
    """As many of a thing as fit side by side between two places along a wall."""
    width = float(random.uniform(0.8, 1.05))
    number = min(int((end - start) / width), most)
    for k in range(number):
        shell.put_at_wall(make(width - 0.02, random), wall, start + (k + 0.5) * width, out=0.01)


def _seat(shell: Shell, x: float, y: float, angle: float, random: Random) -> None:
    """A chair, pulled out and turned a little as people leave them."""
    shell.put(
        furniture.chair(random),
        x + random.uniform(-0.06, 0.06),
        y + random.uniform(-0.05, 0.05),
        angle=angle + random.uniform(-0.3, 0.3),
    )


def _desk_top(shell: Shell, x: float, random: Random) -> None:
    """A screen, a keyboard and more on a desk at the far wall, and a chair before it."""
    far = shell.depth
    shell.put(furniture.monitor(random), x, far - 0.25, DESK_HEIGHT, np.pi)
    shell.put(furniture.keyboard(random), x, far - 0.58, DESK_HEIGHT)
    shell.put(furniture.papers(random), x + 0.52, far - 0.45, DESK_HEIGHT, random.uniform(-1, 1))
    shell.put(furniture.cup(random), x - 0.4, far - 0.5, DESK_HEIGHT)
    _seat(shell, x, far - 1.15, 0.0, random)


def _lamps(shell: Shell, rows: int, random: Random) -> None:
    """Ceiling lights, one between each two beams, in rows along the room."""
    lamp = furniture.lamp(random)
    beams = [t.mesh.corners[..., 0].mean() for t in shell.things if t.category == "beam"]
    borders = sorted([0.0, *map(float, beams), shell.width])
    for near, far in itertools.pairwise(borders):
        for row in range(rows):
            y = shell.depth * (row + 1) / (rows + 1)
            shell.put(lamp, (near + far) / 2, y, shell.height, np.pi / 2)
