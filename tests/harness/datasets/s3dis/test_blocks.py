"""Blocks: all at once they are what a plain loop cuts, and drawn as the original draws."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.s3dis import Room, cut
from harness.datasets.s3dis.blocks import MIN_POINTS, Blocks


def loop(room: Room, stride: float) -> list[set[int]]:
    """The points of each block that has enough, found one block and one point at a time."""
    size = [float(room.points[:, axis].max()) for axis in (0, 1)]
    starts: list[list[float]] = []
    for axis in (0, 1):
        along = [0.0]
        while along[-1] + 1 < size[axis]:
            along.append(len(along) * stride)
        starts.append(along)
    blocks = []
    for x in starts[0]:
        for y in starts[1]:
            inside = {
                number
                for number, (px, py, _) in enumerate(room.points.tolist())
                if x <= px <= x + 1 and y <= py <= y + 1
            }
            if len(inside) >= 100:
                blocks.append(inside)
    return blocks


def joined(room: Room, stride: float = 0.5, num_points: int = 4096, seed: int = 0) -> Blocks:
    pieces = list(cut(room, stride, num_points, seed))
    return Blocks(
        *(
            np.concatenate([getattr(piece, field.name) for piece in pieces])
            for field in dataclasses.fields(Blocks)
        )
    )


@pytest.mark.parametrize("stride", [0.5, 1.0, 0.3])
def test_blocks_are_those_of_a_plain_loop(room: Room, stride: float) -> None:
    expected = loop(room, stride)
    blocks = joined(room, stride)
    # Fewer than 4,096 points in every block, so all of them are kept.
    assert [set(row) for row in blocks.indices.tolist()] == expected
    assert len(expected) > 1
    # Some were discarded, or the room proves nothing.
    assert len(expected) < len(loop_starts(room, stride))


def loop_starts(room: Room, stride: float) -> list[tuple[float, float]]:
    x, y = (int(np.ceil((float(room.points[:, a].max()) - 1) / stride)) + 1 for a in (0, 1))
    return [(i * stride, j * stride) for i in range(x) for j in range(y)]


def test_points_on_a_border_belong_to_both_sides(room: Room) -> None:
    on_border = set(np.flatnonzero(room.points[:, 0] == 1.0).tolist())
    assert on_border
    blocks = loop(room, 0.5)
    # Along x, the blocks that end, hold and begin there; the last is sparse, but not where it is.
    assert all(sum(number in block for block in blocks) >= 2 for number in on_border)
    assert any(sum(number in block for block in blocks) >= 4 for number in on_border)


def test_channels(room: Room) -> None:
    blocks = joined(room)
    extent = room.points.max(axis=0)
    for points, labels, indices in zip(blocks.points, blocks.labels, blocks.indices, strict=True):
        xyz = room.points[indices].astype(np.float64)
        middle = xyz[:, :2].min(axis=0) + 0.5
        np.testing.assert_allclose(points[:, :2], xyz[:, :2] - middle, atol=1e-6)
        np.testing.assert_allclose(points[:, 2], xyz[:, 2], atol=1e-6)
        np.testing.assert_allclose(points[:, 3:6], room.colours[indices] / 255, atol=1e-7)
        np.testing.assert_allclose(points[:, 6:], xyz / extent, atol=1e-6)
        np.testing.assert_array_equal(labels, room.labels[indices])
    assert (blocks.points.dtype, blocks.labels.dtype) == (np.float32, np.uint8)


def dense(num_points: int) -> Room:
    random = np.random.default_rng(0)
    points = random.random((num_points, 3)).astype(np.float32)
    points[0] = 0
    colours = np.zeros((num_points, 3), np.uint8)
    return Room("Area_1_WC_1", points, colours, np.zeros(num_points, np.uint8))


def test_many_points_are_drawn_with_replacement() -> None:
    (indices,) = joined(dense(5000), num_points=4096).indices
    # Of n drawn from m with replacement, m (1 - (1 - 1/m)^n) are expected to differ.
    expected = 5000 * (1 - (1 - 1 / 5000) ** 4096)
    assert abs(len(set(indices)) - expected) < 100


def test_as_many_points_as_asked_for_are_all_taken() -> None:
    (indices,) = joined(dense(500), num_points=500).indices
    np.testing.assert_array_equal(np.sort(indices), np.arange(500))


def test_few_points_are_all_kept_and_topped_up() -> None:
    (indices,) = joined(dense(300), num_points=1000).indices
    counts = np.bincount(indices, minlength=300)
    assert counts.sum() == 1000
    assert counts.min() >= 1
    assert counts.max() < 16


@pytest.mark.parametrize("num_points", [300, 1000, 5000])
def test_the_first_few_are_a_fair_sample(num_points: int) -> None:
    """A network that takes fewer points takes the first: they must not all be of one object."""
    (indices,) = joined(dense(num_points), num_points=1000).indices
    assert abs(indices[:200].mean() / num_points - 0.5) < 0.1


@pytest.mark.parametrize(("num_points", "blocks"), [(MIN_POINTS - 1, 0), (MIN_POINTS, 1)])
def test_blocks_of_too_few_points_are_discarded(num_points: int, blocks: int) -> None:
    assert sum(map(len, cut(dense(num_points)))) == blocks


def test_the_seed_and_the_name_decide_the_draw(room: Room) -> None:
    other_room = dataclasses.replace(room, name="Area_2_office_2")
    first, again, other_seed, renamed = (
        joined(*arguments).indices
        for arguments in (
            (room, 0.5, 512, 1),
            (room, 0.5, 512, 1),
            (room, 0.5, 512, 2),
            (other_room, 0.5, 512, 1),
        )
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other_seed).any()
    assert (first != renamed).any()


def test_pieces_are_small_and_in_order() -> None:
    random = np.random.default_rng(0)
    points = (random.random((60_000, 3)) * [12, 9, 3]).astype(np.float32)
    points[0] = 0
    zeros = np.zeros(len(points), np.uint8)
    room = Room("Area_1_openspace_1", points, np.stack([zeros] * 3, axis=1), zeros)
    sizes = [len(piece) for piece in cut(room, num_points=64)]
    assert max(sizes) == 256
    assert sum(sizes) == 23 * 17


def test_a_flat_room_is_refused(room: Room) -> None:
    flat = dataclasses.replace(room, points=room.points * np.float32([1, 1, 0]))
    with pytest.raises(DatasetError, match="no extent along z"):
        list(cut(flat))


def test_a_million_points_take_seconds() -> None:
    random = np.random.default_rng(0)
    points = (random.random((1_000_000, 3)) * [6, 8, 3]).astype(np.float32)
    points[0] = 0
    zeros = np.zeros(len(points), np.uint8)
    room = Room("Area_1_openspace_1", points, np.stack([zeros] * 3, axis=1), zeros)
    start = time.process_time()
    assert sum(map(len, cut(room))) == 165
    # About one; a loop over blocks and their masks takes several times that, one over points hours.
    assert time.process_time() - start < 10
