"""Rooms that could be: things stand on the floor, in the room, and not in one another."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from harness.datasets.meshes import sample
from harness.datasets.rooms import PLANS
from harness.datasets.rooms.shell import REVEAL, Shell
from harness.datasets.rooms.solids import Thing, area
from harness.datasets.s3dis import CLASSES

SHELL = {"wall", "floor", "ceiling"}


@pytest.fixture(params=[(kind, seed) for kind in PLANS for seed in range(4)], ids=str)
def shell(request: pytest.FixtureRequest) -> Shell:
    kind, seed = request.param
    return PLANS[kind](np.random.default_rng(seed))


def bounds(thing: Thing) -> tuple[np.ndarray, np.ndarray]:
    return thing.mesh.corners.min(axis=(0, 1)), thing.mesh.corners.max(axis=(0, 1))


def of(shell: Shell, *categories: str) -> list[Thing]:
    return [thing for thing in shell.things if thing.category in categories]


def test_every_class_is_one_of_the_thirteen(shell: Shell) -> None:
    assert {thing.category for thing in shell.things} <= set(CLASSES)


def test_an_office_and_a_lounge_have_all_thirteen() -> None:
    found = {
        thing.category
        for kind in ("office", "lounge")
        for thing in PLANS[kind](np.random.default_rng(0)).things
    }
    assert found == set(CLASSES)


def test_everything_is_in_the_room(shell: Shell) -> None:
    for thing in shell.things:
        low, high = bounds(thing)
        deep = REVEAL if thing.category in ("wall", "door", "window") else 0
        room = np.array([shell.width, shell.depth, shell.height])
        slack = np.array([deep, deep, 0]) + 1e-6
        assert (low >= -slack).all(), thing.category
        assert (high <= room + slack).all(), thing.category


def test_nothing_stands_in_something_else(shell: Shell) -> None:
    for one, other in combinations([t for t in shell.things if t.category not in SHELL], 2):
        # Chairs are pushed under tables.
        if {one.category, other.category} == {"table", "chair"}:
            continue
        (low1, high1), (low2, high2) = bounds(one), bounds(other)
        overlap = np.minimum(high1, high2) - np.maximum(low1, low2)
        assert (overlap < 0.03).any(), (one.category, other.category)


def test_furniture_stands_on_the_floor(shell: Shell) -> None:
    for thing in of(shell, "table", "chair", "sofa", "bookcase", "door", "column"):
        assert bounds(thing)[0][2] == pytest.approx(0, abs=0.065), thing.category


def test_what_hangs_hangs(shell: Shell) -> None:
    for thing in of(shell, "beam", "ceiling"):
        assert bounds(thing)[1][2] == pytest.approx(shell.height)
    for thing in of(shell, "board", "window"):
        assert bounds(thing)[0][2] > 0.5
    for thing in of(shell, "column"):
        assert bounds(thing)[1][2] == pytest.approx(shell.height)


def test_doors_can_be_walked_through(shell: Shell) -> None:
    for door in of(shell, "door"):
        low, high = bounds(door)
        if high[1] < shell.depth / 2:
            high[1] = 0.6
        else:
            low[1] = shell.depth - 0.6
        for thing in shell.things:
            if thing.category in SHELL | {"door", "beam"}:
                continue
            low2, high2 = bounds(thing)
            blocked = np.minimum(high, high2) - np.maximum(low, low2) > 0.01
            assert not blocked.all(), thing.category


def test_walls_leave_their_openings_out_and_lack_nothing_else(shell: Shell) -> None:
    walls = of(shell, "wall")
    assert len(walls) == 4
    for number, wall in enumerate(walls):
        length, openings = shell.length(number), shell.openings[number]
        hole = sum((o.end - o.start) * (o.top - o.bottom) for o in openings)
        rim = sum(2 * (o.end - o.start + o.top - o.bottom) * REVEAL for o in openings)
        assert area(wall.mesh) == pytest.approx(length * shell.height - hole + rim)
        assert all(0 < o.start < o.end < length for o in openings)


def test_the_shell_faces_inwards(shell: Shell) -> None:
    middle = np.array([shell.width, shell.depth, shell.height]) / 2
    for thing in of(shell, *SHELL):
        points, normals, _ = sample(thing.mesh, 200, np.random.default_rng(0))
        # All but the insides of openings, which face each other.
        flat = np.abs(points - middle) @ np.eye(3)
        on_shell = (np.abs(flat - middle) < 1e-9).any(axis=1)
        facing = ((middle - points) * normals).sum(axis=1)
        assert (facing[on_shell] > -1e-9).mean() > 0.95
