"""The format of `accuracy.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.report.decoding import decode_document, encode_document
from harness.report.errors import ReportError
from harness.report.schema import Machine

SCHEMA = 1


@dataclass(frozen=True)
class Settings:
    """What every training was told; everything else is the implementation's own default.

    Attributes:
        epochs: passes over the training files.
        batch: clouds a step.
        points: points a cloud.
        test_area: of S3DIS, the area left out of training; None for other data.
    """

    epochs: int
    batch: int
    points: int
    test_area: int | None


@dataclass(frozen=True)
class Run:
    """One training, judged.

    Attributes:
        seed: of the training.
        seconds: the training took.
        scores: shares from 0 to 1 by name, the same names in every run of a comparison.
        classes: the same for each class or category that occurs.
    """

    seed: int
    seconds: float
    scores: Mapping[str, float]
    classes: Mapping[str, float]


@dataclass(frozen=True)
class Entry:
    """An implementation on a runtime, and its trainings.

    Attributes:
        key: `implementation@runtime`.
        versions: by package.
        runs: a training a seed.
    """

    key: str
    versions: Mapping[str, str]
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Comparison:
    """One network on one data set, trained by every implementation.

    Attributes:
        model: its key in the catalogue.
        data: the folder, as it was named.
        started: ISO 8601, UTC.
        machine: where.
        settings: how.
        clouds: that were judged, the same for all.
        of_class: what `classes` of a run measures, "accuracy of a class".
        entries: the first is what the others are compared with.
        left_out: a sentence for each implementation that did not take part.
    """

    model: str
    data: str
    started: str
    machine: Machine
    settings: Settings
    clouds: int
    of_class: str
    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str, int | None]:
        """A later comparison in the same place takes this one's."""
        return self.model, self.data, self.settings.test_area


@dataclass(frozen=True)
class Accuracy:
    """Every comparison made so far."""

    comparisons: tuple[Comparison, ...]

    def with_comparison(self, comparison: Comparison) -> Accuracy:
        """The same with one more, or in the place of an older one."""
        kept = {known.place: known for known in self.comparisons}
        kept[comparison.place] = comparison
        return Accuracy(tuple(kept.values()))

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write, version first."""
        return encode_document(SCHEMA, self)

    @classmethod
    def from_json(cls, document: Any, where: str = "accuracy.json") -> Accuracy:
        """Reads parsed JSON.

        Arguments:
            document: as `json.load` returns it.
            where: the file, to name in the message.

        Raises:
            ReportError: another version, or anything out of format.
        """
        accuracy = decode_document(cls, SCHEMA, document, where)
        for i, comparison in enumerate(accuracy.comparisons):
            _check_names(comparison, f"{where}.comparisons[{i}]")
        return accuracy


def _check_names(comparison: Comparison, where: str) -> None:
    """Scores stand in one table: there has to be a first row, and every row has its cells."""
    runs = [run for entry in comparison.entries for run in entry.runs]
    if not runs or not all(entry.runs for entry in comparison.entries):
        raise ReportError(f"{where}: an entry without a run")
    if any(run.scores.keys() != runs[0].scores.keys() for run in runs):
        raise ReportError(f"{where}: runs with different scores")
