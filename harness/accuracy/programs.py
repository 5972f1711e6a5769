"""How each implementation is trained and asked for its predictions: by its own commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.report.accuracy_schema import Settings
from harness.worker import ROOT

PREDICTIONS = "predictions.h5"  # what every implementation's evaluation leaves in its folder


@dataclass(frozen=True)
class Job:
    """One training to be done.

    Attributes:
        model: key of the network.
        data: folder that everybody trains on.
        log: folder for everything that the training leaves behind.
        settings: what all are told alike.
        seed: of this training.
    """

    model: str
    data: Path
    log: Path
    settings: Settings
    seed: int


Arguments = tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """The commands of an implementation for a task: arguments of a Python interpreter.

    Attributes:
        train: trains and leaves a checkpoint of the last epoch in the job's folder.
        predict: leaves `PREDICTIONS` there.
    """

    train: Callable[[Job], Arguments]
    predict: Callable[[Job], Arguments]


def _scripts(implementation: str, train: str, evaluate: str) -> Program:
    """Scripts in the TensorFlow 1.x style."""
    folder = ROOT / implementation

    def common(job: Job) -> Arguments:
        area = job.settings.test_area
        return (
            *("--model", job.model),
            *("--data_dir", str(job.data)),
            *("--num_point", str(job.settings.points)),
            *(() if area is None else ("--test_area", str(area))),
        )

    return Program(
        train=lambda job: (
            *(str(folder / train), *common(job)),
            *("--log_dir", str(job.log)),
            *("--max_epoch", str(job.settings.epochs)),
            *("--batch_size", str(job.settings.batch)),
            *("--seed", str(job.seed)),
        ),
        predict=lambda job: (
            *(str(folder / evaluate), *common(job)),
            *("--model_path", str(job.log / "model.ckpt")),
            *("--dump_dir", str(job.log)),
            *("--batch_size", "1"),
        ),
    )


def _modules(train: str, evaluate: str) -> Program:
    """Commands of the native package."""

    def common(job: Job) -> Arguments:
        area = job.settings.test_area
        return (
            *("--data", str(job.data)),
            *("--num-point", str(job.settings.points)),
            *(() if area is None else ("--test-area", str(area))),
        )

    return Program(
        train=lambda job: (
            *("-m", train, *common(job)),
            *("--model", job.model),
            *("--log-dir", str(job.log)),
            *("--max-epoch", str(job.settings.epochs)),
            *("--batch-size", str(job.settings.batch)),
            *("--seed", str(job.seed)),
        ),
        predict=lambda job: (
            *("-m", evaluate, *common(job)),
            *("--checkpoint", str(job.log / "last.keras")),
            *("--dump-dir", str(job.log)),
            *("--batch-size", "1"),
        ),
    )


# By implementation and task; a task that an implementation has learnt is a row more.
PROGRAMS = {
    **{
        (implementation, task): _scripts(implementation, train, evaluate)
        for implementation in ("original_tf1", "tf2_upgraded")
        for task, train, evaluate in (
            ("classification", "train.py", "evaluate.py"),
            ("parts", "train_part_seg.py", "evaluate_part_seg.py"),
            ("scenes", "train_sem_seg.py", "evaluate_sem_seg.py"),
        )
    },
    **{
        ("tf2_native", task): _modules("tf2_native.train", "tf2_native.evaluate")
        for task in ("classification", "parts", "scenes")
    },
}
