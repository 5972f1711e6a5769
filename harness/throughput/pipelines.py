"""Input pipelines: how many clouds a second come from HDF5 files to the device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import h5py
import numpy as np

from harness.models import MODELS
from harness.report.measurements import InputPipeline
from harness.roofline import spread
from harness.subject import network_of
from harness.throughput.contenders import REFERENCE, Contender
from harness.throughput.plan import Plan, Setting
from harness.throughput.timing import ratios
from harness.worker import WorkerError

MODEL = "pointnet_cls"
FILES, CLOUDS, STORED_POINTS = 2, 512, 2048  # a quarter of a ModelNet40 file each
ROUNDS = 3

Leave = Callable[[str, str], None]


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
    plan: Plan,
    contenders: Mapping[Contender, Path],
    scratch: Path,
    leave: Leave,
    clouds: int = CLOUDS,
) -> tuple[InputPipeline, ...]:
    """One epoch of each implementation's training pipeline at a time, in turn, a few times over.

    The original and the upgrade shuffle, rotate and jitter cloud by cloud and feed a session; the
    native one serves its `PointCloudFiles` and converts to the backend's arrays.

    Arguments:
        contenders: with their interpreters.
        scratch: folder for the files.
        leave: is told who drops out, and why.
        clouds: a file.
    """
    folder = scratch / "clouds"
    write_folder(folder, clouds)
    batch, points = min(max(plan.batches), clouds), min(max(plan.points), STORED_POINTS)
    setting = Setting(MODEL, "training", batch, points)
    arguments = {
        "network": network_of(MODELS[MODEL]),
        "folder": str(folder),
        "batch_size": batch,
        "num_points": points,
    }
    seconds: dict[str, list[float]] = {}
    counted: dict[str, int] = {}
    with ExitStack() as stack:
        workers = {}
        for contender, python in contenders.items():
            if not _has_pipeline(contender):
                continue
            try:
                worker = stack.enter_context(contender.start(python, setting, plan))
                worker.ask("drain", **arguments)  # warm: files, code, device
            except WorkerError as error:
                leave(contender.key, " ".join(str(error).split()))
            else:
                workers[contender] = worker
        for _ in range(ROUNDS):
            for contender, worker in workers.items():
                answer = worker.ask("drain", **arguments)
                seconds.setdefault(contender.key, []).append(answer["seconds"])
                counted[contender.key] = answer["clouds"]
    return tuple(
        InputPipeline(
            implementation=contender.implementation,
            runtime=contender.runtime,
            device=plan.device,
            batch=batch,
            points=points,
            clouds=counted[contender.key],
            seconds=tuple(seconds[contender.key]),
            clouds_per_second=counted[contender.key] / float(np.median(seconds[contender.key])),
            spread=spread(seconds[contender.key]),
            against_reference=ratios(seconds[contender.key], seconds[REFERENCE])
            if REFERENCE in seconds
            else None,
        )
        for contender in workers
    )


def _has_pipeline(contender: Contender) -> bool:
    """Peers have none of their own, and XLA has no part in feeding."""
    return not contender.is_peer and contender.runtime != "tensorflow_xla"
