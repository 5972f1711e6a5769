"""Builds `kicad`: package to models, models to clouds, clouds to both layouts, in one pass.

The main process unpacks, two others read models and sample them; clouds wait in one file on disk
until the last model has told which families there are. Memory stays at some hundred megabytes.
"""

from __future__ import annotations

import signal
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets import modelnet40, shapenet_part
from harness.datasets.clouds import Clouds, unit_sphere
from harness.datasets.errors import DatasetError
from harness.datasets.folders import write_list, written_whole
from harness.datasets.hdf5 import CLOUDS_PER_FILE
from harness.datasets.kicad.categories import CATEGORIES, CATEGORY_OF
from harness.datasets.kicad.families import (
    descriptor,
    families,
    needed_for_parts,
    split_families,
)
from harness.datasets.kicad.package import Model, models, source_or_download
from harness.datasets.kicad.parts import TAXONOMY, label_faces
from harness.datasets.meshes import Mesh, sample
from harness.datasets.vrml import VrmlError, read_scene

PROCESSES = 2
TEST_SHARE = 0.2
VAL_SHARE = 0.1
# Models read ahead of the slowest: enough to keep every process busy, few enough to hold.
AHEAD = 32
NO_PART = -1

# Told what part of the source is done, 0 .. 1, and what has been done so far, in words.
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Sampled:
    """A model after sampling.

    Attributes:
        folder, name: of the model in the library.
        category: a position in `CATEGORIES`.
        descriptor: of its shape, float64, 12.
        row: where its cloud waits.
        parts: those its cloud shows; empty where it has no part labels.
    """

    folder: str
    name: str
    category: int
    descriptor: npt.NDArray[np.float64]
    row: int
    parts: frozenset[int]

    @property
    def label(self) -> str:
        """What the list of models calls it."""
        return f"{self.folder}/{self.name}"


def build(
    out: Path,
    source: Path | None = None,
    num_points: int = 2048,
    seed: int = 0,
    progress: Progress = lambda done, words: None,
) -> None:
    """Writes `out/modelnet40` and `out/shapenet_part`, whole or not at all.

    Beside the two layouts lie `models.txt`, which says for every model its split, category, family
    and whether it has part labels, and `skipped.txt`, the models that could not be read and why.

    Arguments:
        out: where; must not exist, or be empty.
        source: the package's .deb or a folder where it was unpacked; downloaded if left out.
        num_points: points a cloud.
        seed: of the sampling, with a model's name, and of the split.
        progress: told of it now and then.

    Raises:
        DatasetError: `out` is not free, the source cannot be had or is damaged, or so few models
            can be read that a category has none.
    """
    if num_points < 1 or seed < 0:
        raise DatasetError(f"{out}: {num_points} points, seed {seed}; give at least 1 and 0")
    with written_whole(out) as partial, source_or_download(source) as found:
        waiting = partial / "clouds.partial"
        sampled, skipped = _sample_all(found, waiting, num_points, seed, progress)
        records = np.memmap(waiting, dtype=_record(num_points), mode="r")
        family = _families(sampled)
        split = _split(sampled, family, seed)
        progress(1.0, "writing")
        _write_modelnet40(partial, sampled, split, records)
        _write_shapenet_part(partial, sampled, split, records)
        _write_lists(partial, sampled, family, split, skipped)
        waiting.unlink()


def _record(num_points: int) -> np.dtype[np.void]:
    """A cloud as it waits on disk."""
    return np.dtype(
        [
            ("points", np.float32, (num_points, 3)),
            ("normals", np.float32, (num_points, 3)),
            ("parts", np.int16, (num_points,)),
        ]
    )


def _sample_all(
    source: Path, waiting: Path, num_points: int, seed: int, progress: Progress
) -> tuple[list[Sampled], list[str]]:
    """Reads and samples every model; what was sampled, by name, and what was not, with reasons."""
    sampled: list[Sampled] = []
    skipped: list[str] = []
    with waiting.open("wb") as file, _pool() as pool:
        for model, result in _in_order(pool, models(source), num_points, seed):
            if isinstance(result, str):
                skipped.append(f"{model.folder}/{model.name}: {result}")
            else:
                cloud, shape = result
                file.write(cloud.tobytes())
                category = CATEGORIES.index(CATEGORY_OF[model.folder])
                parts = frozenset(np.unique(cloud["parts"]).tolist()) - {NO_PART}
                found = (model.folder, model.name, category, shape, len(sampled), parts)
                sampled.append(Sampled(*found))
            progress(model.done, f"{len(sampled):,} models, {len(skipped)} skipped")
    return sorted(sampled, key=lambda s: (s.category, s.label)), sorted(skipped)


def _pool() -> ProcessPoolExecutor:
    """Processes that leave an interruption to the one that started them."""
    return ProcessPoolExecutor(PROCESSES, initializer=signal.signal, initargs=_IGNORE)


_IGNORE = (signal.SIGINT, signal.SIG_IGN)

_Result = tuple[npt.NDArray[np.void], npt.NDArray[np.float64]] | str


def _in_order(
    pool: ProcessPoolExecutor, found: Iterator[Model], num_points: int, seed: int
) -> Iterator[tuple[Model, _Result]]:
    """Results as the models come, with no more than `AHEAD` of them under way."""
    under_way: deque[tuple[Model, Future[_Result]]] = deque()
    try:
        for model in found:
            under_way.append((model, pool.submit(sample_model, model, num_points, seed)))
            if len(under_way) >= AHEAD:
                first, future = under_way.popleft()
                yield first, future.result()
        while under_way:
            first, future = under_way.popleft()
            yield first, future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def sample_model(model: Model, num_points: int, seed: int) -> _Result:
    """A model's cloud and its descriptor; or why it is left out.

    Points are drawn evenly by area and scaled into the unit sphere. Up, z in the library, becomes
    y, about which ModelNet40's augmentation turns clouds.
    """
    category = CATEGORY_OF[model.folder]
    try:
        scene = read_scene(model.text)
    except VrmlError as error:
        return str(error)
    labels = label_faces(category, scene.materials, scene.names)
    corners = np.stack([scene.corners[..., 0], scene.corners[..., 2], -scene.corners[..., 1]], -1)
    parts = np.full(len(corners), NO_PART, np.int32) if labels is None else labels
    mesh = Mesh(corners, parts).with_area()
    if not len(mesh.corners):
        return "has no surface"
    # A model's points are its own, whatever else is in the package.
    name = zlib.crc32(f"{model.folder}/{model.name}".encode())
    points, normals, parts = sample(mesh, num_points, np.random.default_rng([seed, name]))
    cloud = np.zeros((), _record(num_points))
    cloud["points"], cloud["normals"], cloud["parts"] = unit_sphere(points), normals, parts
    return cloud, descriptor(mesh)


def _families(sampled: Sequence[Sampled]) -> npt.NDArray[np.intp]:
    """The family of each model, numbered within its category."""
    family = np.zeros(len(sampled), np.intp)
    for members in _by_category(sampled):
        found = [sampled[i] for i in members.tolist()]
        shapes = np.stack([model.descriptor for model in found])
        family[members] = families([model.name for model in found], shapes)
    return family


def _split(
    sampled: Sequence[Sampled], family: npt.NDArray[np.intp], seed: int
) -> npt.NDArray[np.str_]:
    """The split of each model."""
    split = np.full(len(sampled), "train")
    for category, members in enumerate(_by_category(sampled)):
        random = np.random.default_rng([seed, category])
        own = family[members]
        kept = needed_for_parts(own, [sampled[i].parts for i in members.tolist()])
        test = split_families(own, TEST_SHARE, random, kept)
        val = split_families(own[~test], VAL_SHARE / (1 - TEST_SHARE), random, kept)
        split[members[test]] = "test"
        split[members[~test][val]] = "val"
    return split


def _by_category(sampled: Sequence[Sampled]) -> Iterator[npt.NDArray[np.intp]]:
    """For each category in turn, which models are in it."""
    categories = np.array([model.category for model in sampled])
    for category, name in enumerate(CATEGORIES):
        members = np.flatnonzero(categories == category)
        if len(members) < 2:
            raise DatasetError(f"kicad: {len(members)} models of {name} could be read; need two")
        yield members


def _write_modelnet40(
    partial: Path,
    sampled: Sequence[Sampled],
    split: npt.NDArray[np.str_],
    records: npt.NDArray[np.void],
) -> None:
    """All categories, with normals; what the part set holds for validation is trained on."""
    labels = np.array([s.category for s in sampled], np.int32)
    rows = np.array([s.row for s in sampled])
    chosen = {"train": split != "test", "test": split == "test"}
    splits = {
        name: _pieces(records, rows[which], labels[which], parts=False)
        for name, which in chosen.items()
    }
    modelnet40.write(partial / "modelnet40", splits, CATEGORIES)


def _write_shapenet_part(
    partial: Path,
    sampled: Sequence[Sampled],
    split: npt.NDArray[np.str_],
    records: npt.NDArray[np.void],
) -> None:
    """The categories with part labels."""
    labelled = np.array([bool(s.parts) for s in sampled])
    names = [CATEGORIES[s.category] for s in sampled]
    positions = {name: label for label, name in enumerate(TAXONOMY.names)}
    labels = np.array([positions.get(name, -1) for name in names], np.int32)
    rows = np.array([s.row for s in sampled])
    splits = {
        name: _pieces(records, rows[which], labels[which], parts=True)
        for name in shapenet_part.SPLITS
        for which in [labelled & (split == name)]
    }
    shapenet_part.write(partial / "shapenet_part", splits, TAXONOMY)


def _pieces(
    records: npt.NDArray[np.void],
    rows: npt.NDArray[np.intp],
    labels: npt.NDArray[np.int32],
    parts: bool,
) -> Iterator[Clouds]:
    """Clouds a file at a time, in an order in which every file has all categories."""
    order = np.random.RandomState(0).permutation(len(rows))
    for start in range(0, len(order), CLOUDS_PER_FILE):
        piece = order[start : start + CLOUDS_PER_FILE]
        found = records[rows[piece]]
        yield Clouds(
            found["points"],
            labels[piece],
            found["normals"],
            found["parts"].astype(np.int32) if parts else None,
        )


def _write_lists(
    partial: Path,
    sampled: Sequence[Sampled],
    family: npt.NDArray[np.intp],
    split: npt.NDArray[np.str_],
    skipped: Sequence[str],
) -> None:
    rows = [
        f"{where}\t{CATEGORIES[s.category]}\t{number}\t{'parts' if s.parts else '-'}\t{s.label}"
        for s, number, where in zip(sampled, family.tolist(), split.tolist(), strict=True)
    ]
    write_list(partial / "models.txt", ["split\tcategory\tfamily\tparts\tmodel", *rows])
    write_list(partial / "skipped.txt", skipped)
