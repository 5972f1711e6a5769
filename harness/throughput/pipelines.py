"""Input pipelines: how many clouds a second come from HDF5 files to the device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from harness.models import MODELS
from harness.report.measurements import InputPipeline
from harness.roofline import spread
from harness.subject import network_of
from harness.throughput.contenders import REFERENCE, Contender
from harness.throughput.plan import Plan
from harness.throughput.timing import Entrant, Leave, ratios
from harness.worker import WorkerError

MODEL = "pointnet_cls"
FILES, CLOUDS, STORED_POINTS = 2, 512, 2048  # a quarter of a ModelNet40 file each
ROUNDS = 3


def write_folder(folder: Path, clouds: int = CLOUDS) -> None:
    """Training files in ModelNet40's layout and numbers, of random points."""
    rng = np.random.default_rng(0)
    classes = MODELS[MODEL].num_classes
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"ply_data_train{i}.h5" for i in range(FILES)]
    for name in names:
        with h5py.File(folder / name, "w") as file:
            points = rng.uniform(-1, 1, (clouds, STORED_POINTS, 3)).astype(np.float32)
            file["data"] = points
            file["label"] = rng.integers(0, classes, (clouds, 1)).astype(np.uint8)
    (folder / "train_files.txt").write_text("\n".join(names) + "\n")
    (folder / "shape_names.txt").write_text("\n".join(f"class{i}" for i in range(classes)) + "\n")


def measure(
    entrants: Sequence[Entrant],
    plan: Plan,
    scratch: Path,
    leave: Leave,
    clouds: int = CLOUDS,
) -> tuple[InputPipeline, ...]:
    """One epoch of each implementation's training pipeline at a time, in turn, a few times over.

    The original and the upgrade shuffle, rotate and jitter cloud by cloud and feed a session; the
    native one serves its `PointCloudFiles` and converts to the backend's arrays.

    Arguments:
        entrants: whose workers are alive.
        scratch: folder for the files.
        leave: is told who drops out, and why.
        clouds: a file.
    """
    folder = scratch / "clouds"
    write_folder(folder, clouds)
    batch, points = min(max(plan.batches), clouds), min(max(plan.points), STORED_POINTS)
    epochs: dict[str, Epochs] = {}
    for number in range(1 + ROUNDS):
        for entrant in entrants:
            key = entrant.contender.key
            if not has_pipeline(entrant.contender) or (number and key not in epochs):
                continue
            try:
                answer = entrant.worker.ask(
                    "drain",
                    network=network_of(MODELS[MODEL]),
                    folder=str(folder),
                    batch_size=batch,
                    num_points=points,
                )
            except WorkerError as error:
                epochs.pop(key, None)
                leave(entrant.contender, " ".join(str(error).split()))
                continue
            # The first epoch warms up: files, code, device.
            epoch = epochs.setdefault(key, Epochs(entrant.contender, answer["clouds"], []))
            if number:
                epoch.seconds.append(answer["seconds"])
    reference = epochs.get(REFERENCE)
    return tuple(_pipeline(e, plan, batch, points, reference) for e in epochs.values())


@dataclass(frozen=True)
class Epochs:
    """What a contender took: clouds an epoch, and seconds a round."""

    contender: Contender
    clouds: int
    seconds: list[float]


def _pipeline(
    epochs: Epochs, plan: Plan, batch: int, points: int, reference: Epochs | None
) -> InputPipeline:
    return InputPipeline(
        implementation=epochs.contender.implementation,
        runtime=epochs.contender.runtime,
        device=plan.device,
        batch=batch,
        points=points,
        clouds=epochs.clouds,
        seconds=tuple(epochs.seconds),
        clouds_per_second=epochs.clouds / float(np.median(epochs.seconds)),
        spread=spread(epochs.seconds),
        against_reference=ratios(epochs.seconds, reference.seconds) if reference else None,
    )


def has_pipeline(contender: Contender) -> bool:
    """Peers have none of their own, and XLA has no part in feeding."""
    return not contender.is_peer and contender.runtime != "tensorflow_xla"
