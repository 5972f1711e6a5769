"""The folder layouts there are: how each is recognised, counted and drawn from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets import modelnet40, part_annotation, s3dis, shapenet_part
from harness.datasets.baselines import majority_part, nearest_centroid
from harness.datasets.batch import spread
from harness.datasets.errors import DatasetError
from harness.datasets.summary import (
    Summary,
    summarise_modelnet40,
    summarise_shapenet_annotation,
    summarise_shapenet_part,
)
from harness.datasets.virtual import VirtualClouds
from harness.pictures.clouds import LabelledCloud

AnySummary = Summary | s3dis.SceneSummary  # a table when printed; a kind for scenes


@dataclass(frozen=True)
class Layout:
    """A folder layout.

    Attributes:
        key: its name on the command line.
        title: its name in prose.
        marker: the file, or glob, that only such a folder has.
        summarise: reads, checks and counts a whole folder.
        samples: draws some clouds, the classes in turn, given a folder, how many and a seed.
        baseline: metrics of the test clouds that can be had without learning; None where no such
            guess is known.
    """

    key: str
    title: str
    marker: str
    summarise: Callable[[Path], AnySummary]
    samples: Callable[[Path, int, int], list[LabelledCloud]]
    baseline: Callable[[Path], Mapping[str, float]] | None = None


def modelnet40_samples(folder: Path, count: int, seed: int) -> list[LabelledCloud]:
    """Test clouds, in the colour of their class, or of their parts where these are stored."""
    names = modelnet40.read_shape_names(folder)
    with VirtualClouds(modelnet40.split_files(folder, "test")) as clouds:
        drawn = clouds.read(_draw(clouds.labels(), count, seed))
    found = []
    for i, label in enumerate(drawn.labels.tolist()):
        if drawn.parts is None:
            colored, legend = np.full(len(drawn.points[i]), label), names
        else:
            colored = drawn.parts[i] - drawn.parts[i].min()
            legend = tuple(f"part {part}" for part in range(1, 2 + int(colored.max())))
        found.append(LabelledCloud(names[label], drawn.points[i], colored, legend))
    return found


def shapenet_part_samples(folder: Path, count: int, seed: int) -> list[LabelledCloud]:
    """Test clouds in the colours of their parts."""
    taxonomy = shapenet_part.read_taxonomy(folder)
    with VirtualClouds(shapenet_part.split_files(folder, "test")) as clouds:
        drawn = clouds.read(_draw(clouds.labels(), count, seed))
    shapenet_part.check_part_clouds(drawn, f"{folder}, test", taxonomy)
    assert drawn.parts is not None
    found = []
    for points, label, parts in zip(drawn.points, drawn.labels.tolist(), drawn.parts, strict=True):
        own = taxonomy.parts_of(label)
        legend = [taxonomy.part_names[part] for part in own]
        found.append(
            LabelledCloud(taxonomy.names[label], points, np.searchsorted(own, parts), legend)
        )
    return found


def shapenet_annotation_samples(folder: Path, count: int, seed: int) -> list[LabelledCloud]:
    """The first labelled clouds of categories in turn; `seed` decides in which order."""
    categories = list(part_annotation.read_metadata(folder).values())
    order = np.random.default_rng(seed).permutation(len(categories)).tolist()
    readers = [
        (categories[i], part_annotation.read_category(folder, categories[i].name)) for i in order
    ]
    found: list[LabelledCloud] = []
    while readers and len(found) < count:
        category, clouds = readers.pop(0)
        cloud = next((cloud for cloud in clouds if cloud.labels is not None), None)
        if cloud is not None and cloud.labels is not None:
            found.append(
                LabelledCloud(category.name, cloud.points, cloud.labels, category.class_names)
            )
            readers.append((category, clouds))
    return found


def s3dis_samples(folder: Path, count: int, seed: int) -> list[LabelledCloud]:
    """Blocks of the test area, in the colours of their classes."""
    found: list[LabelledCloud] = []
    for shard in s3dis.read_blocks(folder, "test"):
        drawn = np.random.default_rng(seed).permutation(len(shard.points))[: count - len(found)]
        for i in sorted(drawn.tolist()):
            # Where the points are in the block; z is up.
            points = shard.points[i, :, :3]
            found.append(
                LabelledCloud(shard.rooms[i], points, shard.labels[i], s3dis.CLASSES, up="z")
            )
    return found


def modelnet40_baseline(folder: Path) -> dict[str, float]:
    """What the nearest centroid of a class reaches."""
    train, test = (
        (shard.clouds for shard in modelnet40.read_split(folder, split))
        for split in modelnet40.SPLITS
    )
    found = nearest_centroid(train, test, len(modelnet40.read_shape_names(folder)))
    return {"mean class accuracy": found.mean_class, "overall accuracy": found.overall}


def shapenet_part_baseline(folder: Path) -> dict[str, float]:
    """What the most frequent part of each category reaches."""
    taxonomy = shapenet_part.read_taxonomy(folder)
    train, test = (
        (shard.clouds for shard in shapenet_part.read_split(folder, split))
        for split in ("train", "test")
    )
    parts_of = [taxonomy.parts_of(label) for label in range(len(taxonomy.names))]
    found = majority_part(train, test, parts_of)
    return {
        "point accuracy": found.accuracy,
        "mean IoU of categories": found.mean_category_iou,
        "mean IoU of shapes": found.mean_iou,
    }


LAYOUTS = (
    Layout(
        key="modelnet40",
        title="ModelNet40",
        marker="shape_names.txt",
        summarise=summarise_modelnet40,
        samples=modelnet40_samples,
        baseline=modelnet40_baseline,
    ),
    Layout(
        key="shapenet_part",
        title="ShapeNet parts (HDF5)",
        marker=shapenet_part.CATEGORIES,
        summarise=summarise_shapenet_part,
        samples=shapenet_part_samples,
        baseline=shapenet_part_baseline,
    ),
    Layout(
        key="shapenet_annotation",
        title="ShapeNet parts (annotation)",
        marker=part_annotation.METADATA,
        summarise=summarise_shapenet_annotation,
        samples=shapenet_annotation_samples,
    ),
    Layout(
        key="s3dis",
        title="S3DIS blocks",
        marker=s3dis.block_files.ROOMS_LIST,
        summarise=s3dis.summary,
        samples=s3dis_samples,
    ),
)


def detect(folder: Path) -> list[tuple[Layout, Path]]:
    """The layout of a folder, or those of the folders in it where it has none itself.

    Raises:
        DatasetError: there is no such folder, or nothing is recognised.
    """
    if not os.path.isdir(folder):  # False, too, of a name longer than one may be.
        raise DatasetError(f"{folder}: no such folder; build or unpack a data set there")
    for candidates in ([folder], sorted(path for path in folder.iterdir() if path.is_dir())):
        found = [
            (layout, path)
            for path in candidates
            for layout in LAYOUTS
            if next(path.glob(layout.marker), None) is not None
        ]
        if found:
            return found
    markers = ", ".join(layout.marker for layout in LAYOUTS)
    raise DatasetError(f"{folder}: in no layout known here, which have one of {markers}")


def summaries(folder: Path) -> list[AnySummary]:
    """Reads, checks and counts all that a folder holds.

    Raises:
        DatasetError: nothing is recognised, or something is not sound.
    """
    return [layout.summarise(path) for layout, path in detect(folder)]


def _draw(labels: npt.NDArray[np.int32], count: int, seed: int) -> npt.NDArray[np.intp]:
    """Clouds at random, the classes taking turns; shown in the order of the classes."""
    drawn = spread(labels, np.random.default_rng(seed))[:count]
    return drawn[np.argsort(labels[drawn], kind="stable")]
