"""Pipeline: the same augmentation from the same draws, batches from the same files, metrics from
the same predictions.

Clouds are float32 on disk and in both pipelines, whatever the precision of the network.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from harness.cases import Case
from harness.datasets import modelnet40
from harness.datasets.clouds import Clouds
from harness.outcome import Finding, Outcome, figures, outcome, renamed
from harness.subject import Reference, Subject
from harness.tolerance import Measurement

PRECISION = "float32"
FILES = (21, 18)  # clouds in each file; neither is a whole number of batches
BATCH_SIZE = 8


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    rng = np.random.default_rng(0)
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        write_files(data, case, rng)
        for operation, options in _requests(case, data, rng).items():
            evidence = reference.evidence(operation, case, precision=PRECISION, **options)
            arrays = candidate.answer(operation, case, **options)
            for m in evidence.measure_all(arrays, evidence.arrays):
                measured.append(renamed(m, f"{operation}/{m.tensor}"))

    def finding(measurement: Measurement) -> Finding:
        place = {"augment": "augmentation", "epoch": "batches", "metrics": "metrics"}
        operation, what = measurement.tensor.split("/", 1)
        message = f"departs: {figures(measurement)}"
        return Finding("pipeline", f"{place[operation]}: {what}", message, measurement.tensor)

    return outcome(measured, finding)


def write_files(folder: Path, case: Case, rng: np.random.Generator) -> None:
    """A small data set in the ModelNet40 layout: the case's clouds, moved, in several files."""
    points, labels = case.batch["points"], case.batch["labels"]

    def clouds(count: int) -> Clouds:
        chosen = rng.integers(len(points), size=count)
        moved = points[chosen] + rng.normal(0, 0.02, (count, *points.shape[1:]))
        return Clouds(moved.astype(np.float32), labels[chosen])

    names = [f"class {i}" for i in range(case.model.num_classes)]
    modelnet40.write(folder, {"train": map(clouds, FILES), "test": map(clouds, FILES)}, names)


def _requests(case: Case, data: Path, rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    batch, points = case.batch["points"].shape[:2]
    steps = sum(count // BATCH_SIZE for count in FILES)
    files = {"folder": str(data), "batch_size": BATCH_SIZE, "num_points": points}
    order = rng.permutation(len(FILES))
    epoch: dict[str, np.ndarray] = {
        "files": order,
        "uniform": rng.random((steps, BATCH_SIZE)),
        "normal": rng.standard_normal((steps, BATCH_SIZE, points, 3)),
        **{f"clouds/{i}": rng.permutation(FILES[file]) for i, file in enumerate(order)},
    }
    one_batch: dict[str, np.ndarray] = {
        "uniform": rng.random((batch,)),
        "normal": 3 * rng.standard_normal((batch, points, 3)),  # wide enough to be clipped
    }
    predictions: dict[str, np.ndarray] = {
        "logits": rng.standard_normal((steps, BATCH_SIZE, case.model.num_classes)),
        "loss": rng.random((steps,)),
    }
    return {
        "augment": {"batch": {"points": case.batch["points"]}, "draws": one_batch},
        "epoch": {**files, "draws": epoch},
        "metrics": {**files, "predictions": predictions},
    }
