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
        also: a second passage, where the fault needs one.
    """

    file: str
    old: str
    new: str
    also: Mutation | None = None

    @property
    def passages(self) -> tuple[Mutation, ...]:
        """This one, and those that go with it."""
        return (self, *(self.also.passages if self.also else ()))


# Of a layer that does one operation after the other, in training too: many faults need a place.
STEP_BY_STEP = Mutation(
    "layers/shared_mlp.py", 'if self.formulation == "plain" or not training:', "if True:"
)

Range = tuple[float, float]


@dataclass(frozen=True)
class Signature:
    """What the first departure on the hazard's rung looks like, whatever the network.

    Attributes:
        departs: shell patterns of the tensor that shows it first; one has to fit.
        along: shell patterns of tensors that depart as well; each has to fit one of that rung.
        agrees: shell patterns of tensors of that rung that must not depart.
        gain: within which the candidate is a multiple of the reference (of a parameter or a moving
            statistic, its movement; of a starting value, its spread); None for any.
        relative: within which the distance is, relative to the tensor's scale; None for any.
        share: within which the share of entries that depart is; None for any.
        negative: whether the candidate goes below zero where the reference never does; None for
            either.
    """

    departs: tuple[str, ...]
    along: tuple[str, ...] = ()
    agrees: tuple[str, ...] = ()
    gain: Range | None = None
    relative: Range | None = None
    share: Range | None = None
    negative: bool | None = None


@dataclass(frozen=True)
class Hazard:
    """A silent fault of migrations.

    Attributes:
        key: short name.
        title: the fault as one says it.
        differs: what is different, and from what.
        versions: whose behaviour it is, as far as that is known.
        shows: how it shows in training.
        mends: what to do.
        evidence: where one can read of it; empty where nothing public is known for certain.
        api: the TensorFlow 1 symbol at stake, as `tf_upgrade_v2` would call it; empty where there
            is none.
        mutation: plants it in the native implementation.
        model: the network in which to look for it.
        rung: the first rung of the ladder that has to catch it.
        place: what that rung's first finding has to name.
        signature: tells it from the others of its rung.
    """

    key: str
    title: str
    differs: str
    versions: str
    shows: str
    mends: str
    mutation: Mutation
    model: str
    rung: str
    place: str
    signature: Signature
    evidence: tuple[str, ...] = ()
    api: str = ""


def plant(hazard: Hazard, root: Path) -> Path:
    """Copy the native implementation to `root/tf2_native` and plant a hazard there.

    Returns:
        `root`, which a worker takes in place of the project's own folder.

    Raises:
        PlantingError: the passage to replace is not there exactly once.
    """
    copy = root / "tf2_native"
    shutil.copytree(ROOT / "tf2_native", copy, ignore=shutil.ignore_patterns("__pycache__"))
    for mutation in hazard.mutation.passages:
        target = copy / mutation.file
        source = target.read_text()
        if source.count(mutation.old) != 1:
            raise PlantingError(
                f"{hazard.key}: {mutation.file} has {source.count(mutation.old)} passages "
                f"{mutation.old!r}, not one"
            )
        target.write_text(source.replace(mutation.old, mutation.new))
    return root
