"""Cuts a room into the blocks that networks are fed: all the points of a room at once, no loop.

A block is a column of the room, 1 m x 1 m, from floor to ceiling. Columns start every half metre
for training, so that they overlap, and every metre for evaluation.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from harness.datasets.errors import DatasetError
from harness.datasets.s3dis.room import Room

BLOCK_SIZE = 1.0
TRAINING_STRIDE = 0.5
EVALUATION_STRIDE = 1.0
MIN_POINTS = 100
NUM_POINTS = 4096
CHANNELS = 9

# Blocks made at once: some 40 MB.
_PIECE = 256


@dataclass(frozen=True)
class Blocks:
    """Blocks of one room, of P points each.

    Attributes:
        points: float32, n x P x 9: x and y from the middle of the block, z; red, green, blue over
            255; x, y, z over the room's largest.
        labels: uint8, n x P.
        indices: int32, n x P; the point of the room each is.
    """

    points: npt.NDArray[np.float32]
    labels: npt.NDArray[np.uint8]
    indices: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.points)


def cut(
    room: Room, stride: float = TRAINING_STRIDE, num_points: int = NUM_POINTS, seed: int = 0
) -> Iterator[Blocks]:
    """The blocks of a room, x by x and then y by y, in pieces of at most 256.

    A block takes the points between its borders, borders included; below 100 it is discarded.
    `num_points` of them are drawn with replacement; where there are fewer, all are kept, in their
    order, and the rest is drawn from them.

    Arguments:
        room: at the origin, as `Room` is.
        stride: metres from one block's start to the next one's.
        num_points: P.
        seed: with the room's name, decides the draws, whatever other rooms there are.

    Raises:
        DatasetError: a room that is flat along some axis, so that dividing by its size fails.
    """
    extent = room.points.max(axis=0)
    if not extent.all():
        axis = "xyz"[int(np.argmin(extent))]
        raise DatasetError(f"{room.name}: has no extent along {axis}; leave the room out")
    members, first, counts = _columns(room.points[:, :2], stride)
    random = np.random.default_rng([seed, zlib.crc32(room.name.encode())])
    for start in range(0, len(counts), _PIECE):
        piece = slice(start, start + _PIECE)
        rows = _draw(counts[piece], num_points, random)
        indices = members[first[piece, None] + rows]
        yield Blocks(_channels(room, indices, extent), room.labels[indices], indices)


def _columns(
    plan: npt.NDArray[np.float32], stride: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The points of every block that has enough.

    Arguments:
        plan: x and y, n x 2.

    Returns:
        Indices of points, block after block, in the points' order within each; where each
        kept block begins among them; how many points it has.
    """
    along_x, along_y = (_memberships(plan[:, axis], stride) for axis in (0, 1))
    blocks_x, blocks_y = (_num_blocks(plan[:, axis], stride) for axis in (0, 1))
    dtype = np.uint16 if blocks_x * blocks_y <= 2**16 else np.int64
    blocks, points = [], []
    for inside_x, x in along_x:
        for inside_y, y in along_y:
            inside = np.flatnonzero(inside_x & inside_y).astype(np.int32)
            blocks.append((x[inside] * blocks_y + y[inside]).astype(dtype))
            points.append(inside)
    block, point = np.concatenate(blocks), np.concatenate(points)
    # Within a block points keep their order; sorting 16-bit numbers is linear in their count.
    by_point = np.argsort(point, kind="stable")
    order = by_point[np.argsort(block[by_point], kind="stable")]
    counts = np.bincount(block, minlength=blocks_x * blocks_y)
    first = np.cumsum(counts) - counts
    kept = counts >= MIN_POINTS
    return point[order], first[kept], counts[kept]


def _num_blocks(positions: npt.NDArray[np.float32], stride: float) -> int:
    """Blocks along an axis: as many as reach the far wall, and one at least."""
    return max(int(np.ceil((positions.max() - BLOCK_SIZE) / stride)) + 1, 1)


def _memberships(
    positions: npt.NDArray[np.float32], stride: float
) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
    """The blocks along one axis that each position lies in.

    Returns:
        As many pairs as blocks overlap at one place: whether a position lies in a further block,
        and in which.
    """
    num_blocks = _num_blocks(positions, stride)
    nearest = np.floor(positions.astype(np.float64) / stride).astype(np.int64)
    pairs = []
    # One more at either end, for positions on a border and for rounding of the division.
    for back in range(-1, int(np.ceil(BLOCK_SIZE / stride)) + 1):
        block = nearest - back
        start = block * stride
        inside = (block >= 0) & (block < num_blocks)
        inside &= (positions >= start) & (positions <= start + BLOCK_SIZE)
        if inside.any():
            pairs.append((inside, block))
    return pairs


def _draw(
    counts: npt.NDArray[np.intp], num_points: int, random: np.random.Generator
) -> npt.NDArray[np.intp]:
    """For blocks of so many points, which `num_points` of each to take, n x P.

    In an order of no meaning, so that the first few of a block are a fair sample of it.
    """
    counts = counts[:, None]
    drawn = (random.random((len(counts), num_points)) * counts).astype(np.intp)
    place = np.arange(num_points)
    whole = counts <= num_points
    chosen = np.where(whole & (place < counts), place, drawn)
    whole = whole[:, 0]
    chosen[whole] = random.permuted(chosen[whole], axis=1)
    return chosen


def _channels(
    room: Room, indices: npt.NDArray[np.int32], extent: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """The nine channels of the points drawn."""
    points = room.points[indices]
    channels = np.empty((*indices.shape, CHANNELS), np.float32)
    channels[..., 6:9] = points / extent
    channels[..., 3:6] = room.colours[indices] / np.float32(255)
    # The middle is told from the points drawn, not from the grid.
    points[..., :2] -= points[..., :2].min(axis=1, keepdims=True) + BLOCK_SIZE / 2
    channels[..., 0:3] = points
    return channels
