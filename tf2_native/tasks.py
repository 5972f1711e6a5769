"""What each network is for: the data it learns from, and how it is fed and judged."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tf2_native.augmentation import augment, uniform_jitter
from tf2_native.data import Batch, Clouds, Split, modelnet40, part_annotation, s3dis, shapenet_part
from tf2_native.data.batches import Augmentation


@dataclass(frozen=True)
class Selection:
    """Which part of a data set to take.

    Attributes:
        test_area: of S3DIS, 1 to 6: the rooms that are kept for judging.
        category: of `PartAnnotation`.
    """

    test_area: int = 6
    category: str = "Airplane"


Reader = Callable[[Path, str, int, Selection], Split]


@dataclass(frozen=True)
class Task:
    """What a network is for.

    Attributes:
        like: the folder it takes, for people.
        read: from folder, split, points per cloud and selection to the clouds.
        judged_as: the metrics that tell how good it is.
        form: from clouds to what the network takes, and what it is told to answer.
        monitor: what tells the best epoch; the largest, or of a loss the smallest.
        validation: the split looked at after each epoch.
        test: the split evaluated afterwards.
        augmentation: in training; None for none.
        drop_remainder: whether to drop the batch that a file cannot fill.
        evaluation_batch_size: clouds per batch in evaluation.
    """

    like: str
    read: Reader
    judged_as: Literal["classes", "parts", "scenes"]
    form: Callable[[Clouds], Batch]
    monitor: str
    validation: str = "test"
    test: str = "test"
    augmentation: Augmentation | None = None
    drop_remainder: bool = True
    evaluation_batch_size: int = 1


def plain_form(clouds: Clouds) -> Batch:
    """Points, and labels of clouds or of points."""
    return clouds.points, clouds.labels


def part_form(clouds: Clouds) -> Batch:
    """Points with their shape's category, and labels of the points and of the shape."""
    return (
        {"points": clouds.points, "category": clouds.category},
        {"logits": clouds.labels, "category_logits": clouds.category},
    )


def _jittered(points: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    return uniform_jitter(points, rng.uniform(size=points.shape))


def _shapes(folder: Path, split: str, num_points: int, selection: Selection) -> Split:
    return modelnet40.read_split(folder, split, num_points)


def _parts(folder: Path, split: str, num_points: int, selection: Selection) -> Split:
    return shapenet_part.read_split(folder, split, num_points)


def _blocks(folder: Path, split: str, num_points: int, selection: Selection) -> Split:
    return s3dis.read_split(folder, split, num_points, selection.test_area)


def _annotated(folder: Path, split: str, num_points: int, selection: Selection) -> Split:
    return part_annotation.read_split(folder, split, num_points, selection.category)


_CLASSIFICATION = Task(
    like=modelnet40.LIKE,
    read=_shapes,
    judged_as="classes",
    form=plain_form,
    monitor="val_accuracy",
    augmentation=augment,
    evaluation_batch_size=4,
)
_SHAPE = Task(
    like=part_annotation.LIKE,
    read=_annotated,
    judged_as="parts",
    form=plain_form,
    monitor="val_loss",
    validation="val",
    test="val",
    augmentation=_jittered,
    drop_remainder=False,
)

TASKS: MappingProxyType[str, Task] = MappingProxyType(
    {
        "pointnet_cls": _CLASSIFICATION,
        "pointnet_cls_basic": _CLASSIFICATION,
        "pointnet_seg": Task(
            like=shapenet_part.LIKE,
            read=_parts,
            judged_as="parts",
            form=plain_form,
            monitor="val_mean_iou",
            validation="val",
        ),
        "part_seg": Task(
            like=shapenet_part.LIKE,
            read=_parts,
            judged_as="parts",
            form=part_form,
            monitor="val_logits_mean_iou",
            validation="val",
        ),
        "sem_seg": Task(
            like=s3dis.LIKE,
            read=_blocks,
            judged_as="scenes",
            form=plain_form,
            monitor="val_mean_iou",
        ),
        "shape_seg": _SHAPE,
        "shape_seg_corrected": _SHAPE,
    }
)
