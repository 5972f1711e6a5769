"""Small batches by task: the input on which implementations are compared, folder or no folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from harness.datasets import digits, primitives
from harness.datasets.batch import read_batch, spread
from harness.datasets.errors import DatasetError
from harness.datasets.rooms import furnish
from harness.datasets.rooms.scan import scan
from harness.datasets.s3dis import Room, cut, read_blocks
from harness.datasets.s3dis.classes import label_of

Sample = dict[str, np.ndarray]

_DENSITY = 120  # points a square metre of a generated room
_MOST = 64  # points of a digit


def sample(task: str, batch: int, points: int, seed: int, folder: Path | None = None) -> Sample:
    """One batch for a task.

    Arguments:
        task: "classification", "parts", "shapes" (of one category) or "scenes".
        batch: B, number of clouds.
        points: N, points of each.
        seed: the same seed draws the same batch.
        folder: of data, in the task's layout; left out, digits, generated shapes or generated
            rooms.

    Returns:
        `points` float32 B x N x C, `labels` int32 B or B x N, and for parts `category` int32 B.

    Raises:
        DatasetError: too few clouds or points, an unsound folder, or one of another layout.
    """
    if min(batch, points) < 1:
        raise DatasetError(f"asked for {batch} clouds of {points} points; ask for more")
    builtin, stored = _SOURCES[task]
    return builtin(batch, points, seed) if folder is None else stored(folder, batch, points, seed)


def description(task: str) -> str:
    """What `sample` draws from where no folder is given, in a few words."""
    return {
        "classification": "handwritten digits",
        "parts": "generated shapes with parts",
        "shapes": "generated chairs with parts",
        "scenes": "generated rooms in blocks",
    }[task]


def _digits(batch: int, points: int, seed: int) -> Sample:
    if points > _MOST:
        raise DatasetError(
            f"digits: have {_MOST} points, but {points} were asked for; ask for fewer, or give a "
            "folder of data"
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "digits")
        digits.build(folder)
        return _shapes(folder, batch, points, seed)


def _shapes(folder: Path, batch: int, points: int, seed: int) -> Sample:
    data, labels = read_batch(folder, "test", batch, points, seed)
    return {"points": data, "labels": labels}


def _parts(batch: int, points: int, seed: int) -> Sample:
    clouds = primitives.generate(-(-batch // len(primitives.SHAPES)), points, seed)
    clouds = clouds.take(spread(clouds.labels, np.random.default_rng(seed))[:batch])
    assert clouds.parts is not None
    return {"points": clouds.points, "labels": clouds.parts, "category": clouds.labels}


def _chairs(batch: int, points: int, seed: int) -> Sample:
    clouds = primitives.generate(batch, points, seed)
    clouds = clouds.take(np.flatnonzero(clouds.labels == primitives.SHAPE_NAMES.index("chair")))
    assert clouds.parts is not None
    return {"points": clouds.points, "labels": clouds.parts - clouds.parts.min()}


def _stored_parts(folder: Path, batch: int, points: int, seed: int) -> Sample:
    raise DatasetError(f"{folder}: part segmentation is compared on generated shapes alone so far")


def _scenes(batch: int, points: int, seed: int) -> Sample:
    """Blocks of one generated office."""
    random = np.random.default_rng(seed)
    scanned = [
        (label_of(t.category), *scan(t, _DENSITY, random)) for t in furnish("office", random)
    ]
    place = np.concatenate([found for _, found, _ in scanned])
    room = Room(
        name="Area_1_office_1",
        points=(place - place.min(axis=0)).astype(np.float32),
        colours=np.concatenate([colours for _, _, colours in scanned]),
        labels=np.repeat(
            [label for label, _, _ in scanned], [len(p) for _, p, _ in scanned]
        ).astype(np.uint8),
    )
    blocks = [(piece.points, piece.labels) for piece in cut(room, num_points=points, seed=seed)]
    return _some("generated rooms", blocks, batch, seed)


def _stored_scenes(folder: Path, batch: int, points: int, seed: int) -> Sample:
    shards = [(shard.points[:, :points], shard.labels[:, :points]) for shard in read_blocks(folder)]
    if shards[0][0].shape[1] < points:
        raise DatasetError(
            f"{folder}: blocks of {shards[0][0].shape[1]} points, but {points} were asked for; "
            "ask for fewer"
        )
    return _some(str(folder), shards, batch, seed)


def _some(where: str, shards: list[tuple[np.ndarray, np.ndarray]], batch: int, seed: int) -> Sample:
    points, labels = (np.concatenate(arrays) for arrays in zip(*shards, strict=True))
    if len(points) < batch:
        raise DatasetError(f"{where}: {len(points)} blocks, but {batch} were asked for")
    chosen = np.random.default_rng(seed).permutation(len(points))[:batch]
    return {"points": points[chosen], "labels": labels[chosen].astype(np.int32)}


_SOURCES: Mapping[str, tuple[Callable[..., Sample], Callable[..., Sample]]] = MappingProxyType(
    {
        "classification": (_digits, _shapes),
        "parts": (_parts, _stored_parts),
        "shapes": (_chairs, _stored_parts),
        "scenes": (_scenes, _stored_scenes),
    }
)
