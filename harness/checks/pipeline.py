"""Pipeline: the same augmentation from the same draws, batches from the same files, metrics from
the same predictions.

Clouds are float32 on disk and in both pipelines, whatever the precision of the network.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from harness.cases import Case
from harness.datasets import modelnet40, s3dis, shapenet_part
from harness.datasets.clouds import Clouds
from harness.outcome import Finding, NotComparable, Outcome, figures, outcome, renamed
from harness.subject import Reference, Subject
from harness.tolerance import Measurement

PRECISION = "float32"
FILES = (21, 18)  # clouds in each file; neither is a whole number of batches
BATCH_SIZE = 8
_STAGES = (
    *("rotated", "jittered"),
    *("points", "labels", "category"),
    *("loss", "accuracy", "class_accuracy", "shape_iou", "category_iou", "mean_iou"),
)
_PARTS = (4, 2, 2, 4, 4, 3, 3, 2, 4, 2, 6, 2, 3, 3, 3, 3)  # of each of ShapeNet's 16 categories


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    if not case.model.has_ancestor:
        raise NotComparable("a network without TF1 ancestor has no pipeline to be compared with")
    rng = np.random.default_rng(0)
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        _WRITERS[case.model.task](data, case, rng)
        for operation, options in _requests(case, data, rng).items():
            evidence = reference.evidence(operation, case, precision=PRECISION, **options)
            arrays = candidate.answer(operation, case, **options)
            for m in evidence.measure_all(arrays, sorted(evidence.arrays, key=_stage)):
                measured.append(renamed(m, f"{operation}/{m.tensor}"))

    def finding(measurement: Measurement) -> Finding:
        place = {"augment": "augmentation", "epoch": "batches", "metrics": "metrics"}
        operation, what = measurement.tensor.split("/", 1)
        message = f"departs: {figures(measurement)}"
        return Finding("pipeline", f"{place[operation]}: {what}", message, measurement.tensor)

    return outcome(measured, finding)


def _stage(name: str) -> int:
    """When a cloud meets it: the first departure is to be the one that the others come from."""
    return _STAGES.index(name)


def write_shapes(folder: Path, case: Case, rng: np.random.Generator) -> None:
    """A small data set in the ModelNet40 layout: the case's clouds, moved, in several files."""

    def clouds(count: int) -> Clouds:
        moved, chosen = _moved(case, count, rng)
        return Clouds(moved, case.batch["labels"][chosen])

    names = [f"class {i}" for i in range(case.model.num_classes)]
    modelnet40.write(folder, {"train": map(clouds, FILES), "test": map(clouds, FILES)}, names)


def write_parts(folder: Path, case: Case, rng: np.random.Generator) -> None:
    """The same in the layout of ShapeNet parts; categories and parts are drawn anew."""
    taxonomy = shapenet_part.Taxonomy.of(
        {
            f"category_{i}": [f"part_{part}" for part in range(count)]
            for i, count in enumerate(_PARTS)
        }
    )

    def clouds(count: int) -> Clouds:
        moved, _ = _moved(case, count, rng)
        category = rng.integers(len(_PARTS), size=count)
        parts = [rng.choice(taxonomy.parts_of(label), moved.shape[1]) for label in category]
        return Clouds(moved, category.astype(np.int32), parts=np.stack(parts).astype(np.int32))

    splits = {name: [clouds(count) for count in FILES] for name in ("train", "val", "test")}
    shapenet_part.write(folder, splits, taxonomy)


def write_scenes(folder: Path, case: Case, rng: np.random.Generator) -> None:
    """The same as blocks of two rooms of S3DIS, one of them in the area that is tested on."""

    def pieces() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        for room, count in zip(("Area_1_office_1", "Area_6_office_1"), FILES, strict=True):
            moved, chosen = _moved(case, count, rng)
            yield room, moved, case.batch["labels"][chosen].astype(np.uint8)

    s3dis.write_blocks(folder, pieces())


_WRITERS = MappingProxyType(
    {"classification": write_shapes, "parts": write_parts, "scenes": write_scenes}
)


def _moved(case: Case, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Some of the case's clouds, each moved in its own way, and which they are."""
    points = case.batch["points"]
    chosen = rng.integers(len(points), size=count)
    moved = points[chosen] + rng.normal(0, 0.02, (count, *points.shape[1:]))
    return moved.astype(np.float32), chosen


def _requests(case: Case, data: Path, rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    model, num_points = case.model, case.batch["points"].shape[1]
    files = {"folder": str(data), "batch_size": BATCH_SIZE, "num_points": num_points}
    # All blocks of scenes are shuffled as one; of the two rooms, one is for training.
    trained = FILES[:1] if model.task == "scenes" else FILES
    tested = FILES[1:] if model.task == "scenes" else FILES
    order = rng.permutation(len(trained))
    epoch = {f"clouds/{i}": rng.permutation(trained[file]) for i, file in enumerate(order)}
    requests: dict[str, dict[str, Any]] = {}
    if model.task != "scenes":
        epoch["files"] = order
    if model.task == "classification":
        epoch.update(_augmentation(_batches(trained), BATCH_SIZE, num_points, rng))
        requests["augment"] = _one_augmentation(case, rng)
    shape = (_batches(tested), BATCH_SIZE, *([num_points] if model.per_point else []))
    predictions: dict[str, np.ndarray] = {
        "logits": rng.standard_normal((*shape, model.num_classes)),
        "loss": rng.random((_batches(tested),)),
    }
    requests["epoch"] = {**files, "draws": epoch}
    requests["metrics"] = {**files, "predictions": predictions}
    return requests


def _batches(files: tuple[int, ...]) -> int:
    """Whole batches in files of so many clouds."""
    return sum(count // BATCH_SIZE for count in files)


def _augmentation(
    steps: int, size: int, count: int, rng: np.random.Generator
) -> Mapping[str, np.ndarray]:
    return {
        "uniform": rng.random((steps, size)),
        "normal": rng.standard_normal((steps, size, count, 3)),
    }


def _one_augmentation(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    points = case.batch["points"]
    draws = {
        "uniform": rng.random(len(points)),
        "normal": 3 * rng.standard_normal(points.shape),  # wide enough to be clipped
    }
    return {"batch": {"points": points}, "draws": draws}
