"""What is swept: networks, each on the data folders that it learns from, under one setting."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.accuracy.tasks import TASK_OF, Task
from harness.datasets import DatasetError
from harness.report.accuracy_schema import Settings


@dataclass(frozen=True)
class Study:
    """A network on a data set.

    Attributes:
        model: key of the network.
        data: folder in the format of its task.
        settings: of every training.
    """

    model: str
    data: Path
    settings: Settings

    @property
    def task(self) -> Task:
        """What the network is trained for."""
        return TASK_OF[self.model]


def studies(
    models: Sequence[str],
    folders: Sequence[Path],
    epochs: int | None = None,
    batch: int | None = None,
    points: int | None = None,
    test_area: int = 6,
) -> tuple[Study, ...]:
    """Every network on every folder in the format of its task.

    The settings are the published ones where nothing else is asked for; clouds with fewer points
    than published are taken whole.

    Raises:
        DatasetError: a network without a folder, or a folder without a network.
    """
    found: list[Study] = []
    for model in models:
        task, reasons = TASK_OF[model], []
        for folder in folders:
            try:
                stored = task.stored_points(folder)
            except DatasetError as error:
                reasons.append(str(error))
                continue
            settings = Settings(
                epochs=epochs or task.epochs,
                batch=batch or task.batch,
                points=points or min(task.points, stored),
                test_area=test_area if task.key == "scenes" else None,
            )
            found.append(Study(model, folder, settings))
        if len(reasons) == len(folders):
            raise DatasetError("; ".join(reasons))
    for folder in folders:
        if folder not in {study.data for study in found}:
            raise DatasetError(f"{folder}: not in the format of any of {', '.join(models)}")
    return tuple(found)


def contents(folder: Path) -> str:
    """A hash of all files of a folder, wherever it stands."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
