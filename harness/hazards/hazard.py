"""What a hazard is, and how it is planted in a copy of an implementation."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.worker import ROOT


class PlantingError(ValueError):
    """A mutation does not fit the source it was written for."""


@dataclass(frozen=True)
class Mutation:
    """One passage of one file, replaced.

    Attributes:
        file: relative to the implementation's folder.
        old: a passage that stands there exactly once.
        new: what takes its place.
    """

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Hazard:
    """A silent fault of migrations.

    Attributes:
        key: short name.
        title: the fault as one says it.
        differs: what is different, and from what.
        shows: how it shows in training.
        mends: what to do.
        mutation: plants it in the native implementation.
        model: the network in which to look for it.
        rung: the first rung of the ladder that has to catch it.
        place: what that rung's first finding has to name.
    """

    key: str
    title: str
    differs: str
    shows: str
    mends: str
    mutation: Mutation
    model: str
    rung: str
    place: str


def plant(hazard: Hazard, root: Path) -> Path:
    """Copy the native implementation to `root/tf2_native` and plant a hazard there.

    Returns:
        `root`, which a worker takes in place of the project's own folder.

    Raises:
        PlantingError: the passage to replace is not there exactly once.
    """
    copy = root / "tf2_native"
    shutil.copytree(ROOT / "tf2_native", copy, ignore=shutil.ignore_patterns("__pycache__"))
    mutation = hazard.mutation
    target = copy / mutation.file
    source = target.read_text()
    if source.count(mutation.old) != 1:
        raise PlantingError(
            f"{hazard.key}: {mutation.file} has {source.count(mutation.old)} passages "
            f"{mutation.old!r}, not one"
        )
    target.write_text(source.replace(mutation.old, mutation.new))
    return root
