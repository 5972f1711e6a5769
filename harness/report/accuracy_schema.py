"""The format of `accuracy.json`: the one place that knows it, whether written or read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.report.decoding import decode_document, encode_document
from harness.report.errors import ReportError
from harness.report.schema import Machine

SCHEMA = 2


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
        cpu_seconds: the training took, of all cores together.
        clouds: that were judged.
        truth: a hash of what is true of them; runs with another cannot be compared.
        scores: shares from 0 to 1 by name, the same names in every run of a comparison.
        classes: the same for each class or category that occurs.
    """

    seed: int
    cpu_seconds: float
    clouds: int
    truth: str
    scores: Mapping[str, float]
    classes: Mapping[str, float]


@dataclass(frozen=True)
class Failure:
    """A training that came to nothing.

    Attributes:
        key: `implementation@runtime`.
        seed: of the training.
        message: what was said of it.
    """

    key: str
    seed: int
    message: str


@dataclass(frozen=True)
class Entry:
    """An implementation on a runtime, and its trainings.

    Attributes:
        key: `implementation@runtime`.
        sources: a hash of the implementation's.
        versions: by package.
        runs: in the order of their seeds; none if none has succeeded yet.
    """

    key: str
    sources: str
    versions: Mapping[str, str]
    runs: tuple[Run, ...]

    def with_run(self, run: Run) -> Entry:
        """The same with one more, or in the place of the one with its seed."""
        runs = {known.seed: known for known in (*self.runs, run)}
        return replace(self, runs=tuple(runs[seed] for seed in sorted(runs)))

    def after(self, earlier: Entry) -> Entry:
        """The same, with earlier runs of the same sources in the same versions."""
        if (earlier.sources, earlier.versions) != (self.sources, self.versions):
            return self
        found = earlier
        for run in self.runs:
            found = found.with_run(run)
        return found


@dataclass(frozen=True)
class Comparison:
    """One network on one data set, trained by every implementation.

    Attributes:
        model: its key in the catalogue.
        data: the folder, as it was named.
        contents: a hash of its files.
        started: of the last sweep, ISO 8601, UTC.
        machine: where.
        settings: how.
        of_class: what `classes` of a run measures, "accuracy of a class".
        baseline: what can be had without learning, by score; empty where nobody knows.
        entries: the first is what the others are compared with.
        failures: of the last sweep.
        left_out: a sentence for each implementation that did not take part.
    """

    model: str
    data: str
    contents: str
    started: str
    machine: Machine
    settings: Settings
    of_class: str
    baseline: Mapping[str, float]
    entries: tuple[Entry, ...]
    failures: tuple[Failure, ...]
    left_out: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str, int | None]:
        """A later comparison in the same place takes this one's."""
        return self.model, self.data, self.settings.test_area

    @property
    def conditions(self) -> tuple[str, str, Settings]:
        """What runs have to have in common to stand in one table."""
        return self.model, self.contents, self.settings

    @property
    def runs(self) -> tuple[Run, ...]:
        """Of all entries."""
        return tuple(run for entry in self.entries for run in entry.runs)

    def entry(self, key: str) -> Entry:
        """The one of that key."""
        (found,) = (entry for entry in self.entries if entry.key == key)
        return found

    def with_run(self, key: str, run: Run) -> Comparison:
        """The same with a run of an entry more."""
        entry = self.entry(key).with_run(run)
        return replace(
            self, entries=tuple(entry if known.key == key else known for known in self.entries)
        )

    def after(self, earlier: Comparison) -> Comparison:
        """The same, with what an earlier sweep ran under the same conditions."""
        if earlier.conditions != self.conditions:
            return self
        known = {entry.key: entry for entry in earlier.entries}
        own = {
            entry.key: entry.after(known[entry.key]) if entry.key in known else entry
            for entry in self.entries
        }
        return replace(self, entries=tuple({**own, **known, **own}.values()))


@dataclass(frozen=True)
class Accuracy:
    """Every comparison made so far."""

    comparisons: tuple[Comparison, ...]

    def with_comparisons(self, comparisons: Iterable[Comparison]) -> Accuracy:
        """The same with some more, or in the place of older ones."""
        kept = {known.place: known for known in (*self.comparisons, *comparisons)}
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
            _check_table(comparison, f"{where}.comparisons[{i}]")
        return accuracy


def _check_table(comparison: Comparison, where: str) -> None:
    """Scores stand in one table: every row has its cells, and all are of the same clouds."""
    if not comparison.entries:
        raise ReportError(f"{where}: nobody took part")
    runs = comparison.runs
    if any(run.scores.keys() != runs[0].scores.keys() for run in runs):
        raise ReportError(f"{where}: runs with different scores")
    if any(run.truth != runs[0].truth for run in runs):
        raise ReportError(f"{where}: runs judged on different clouds")
