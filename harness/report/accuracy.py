"""The section on accuracy, made from `accuracy.json`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.report.accuracy_schema import Accuracy, Comparison, Entry, Run
from harness.report.section import Section
from harness.report.templating import fill
from harness.report.wording import count, duration

_ROUNDING = 1e-12  # of means of shares


@dataclass(frozen=True)
class Cell:
    """A score of an implementation.

    Attributes:
        value: its mean over the seeds, in per cent.
        range: its least and largest, where there are several seeds; else empty.
        difference: from the first implementation, in percentage points; empty for that itself.
    """

    value: str
    range: str
    difference: str


@dataclass(frozen=True)
class Row:
    """An implementation in the table: its seeds, a cell a score, and what a training took."""

    key: str
    seeds: str
    cells: tuple[Cell, ...]
    took: str


@dataclass(frozen=True)
class Difference:
    """Of the means of an implementation and the first one, by a score, beside what a seed does.

    Attributes:
        key: of the implementation.
        score: its name.
        mean: implementation less first.
        spread: how far apart two seeds of one and the same come out at most, in that of the two
            where this is further.
    """

    key: str
    score: str
    mean: float
    spread: float

    @property
    def within(self) -> bool:
        """Whether a change of seed makes as much of a difference."""
        return abs(self.mean) <= self.spread + _ROUNDING


def section(document: Any, where: str) -> Section:
    """Tells what every implementation reached.

    Arguments:
        document: parsed JSON.
        where: the file, to name in messages.

    Raises:
        ReportError: the document is not in the format of `accuracy_schema.py`.
    """
    found = Accuracy.from_json(document, where)
    values = {
        "found": found,
        "heading": heading,
        "scores": scores,
        "rows": rows,
        "baseline": baseline,
        "verdict": verdict,
        "class_rows": class_rows,
        "training": training,
    }
    return Section(
        name="accuracy",
        title="Accuracy",
        html=fill("accuracy.html.j2", **values),
        markdown=fill("accuracy.md.j2", **values),
    )


def heading(comparison: Comparison) -> str:
    """One line on what was compared."""
    return f"{comparison.model} on {comparison.data}"


def training(comparison: Comparison) -> str:
    """One line on how everybody was trained and judged."""
    settings = comparison.settings
    area = f", area {settings.test_area} left out" if settings.test_area else ""
    judged = [count(run.clouds, "test cloud") for run in comparison.runs[:1]]
    return (
        f"{count(settings.epochs, 'epoch')}, {settings.batch} clouds a step, "
        f"{count(settings.points, 'point')} a cloud{area}; "
        f"judged on {judged[0] if judged else 'nothing yet'}"
    )


def scores(comparison: Comparison) -> tuple[str, ...]:
    """Names of the scores, the columns of the table."""
    return tuple(name for run in comparison.runs[:1] for name in run.scores)


def baseline(comparison: Comparison) -> tuple[str, ...]:
    """A line of the table: each score as it can be had without learning."""
    return tuple(per_cent(comparison.baseline.get(name, math.nan)) for name in scores(comparison))


def differences(comparison: Comparison) -> tuple[Difference, ...]:
    """All that can be told: of scores of implementations with several seeds each."""
    first, *others = comparison.entries
    found = []
    for entry in others:
        for name in scores(comparison):
            ours, measure = ([run.scores[name] for run in each.runs] for each in (entry, first))
            if min(len(ours), len(measure)) > 1:
                spread = max(max(values) - min(values) for values in (ours, measure))
                mean = _mean(ours) - _mean(measure)
                found.append(Difference(entry.key, name, mean, spread))
    return tuple(each for each in found if not math.isnan(each.mean))


def verdict(comparison: Comparison) -> str:
    """Whether implementations differ by more than a change of seed makes a difference."""
    found, first = differences(comparison), comparison.entries[0]
    if not found:
        return "Too few seeds to tell differences between implementations from those between seeds."
    told = {each.key for each in found}
    silent = [entry.key for entry in comparison.entries[1:] if entry.key not in told]
    rest = f" Too few seeds of {', '.join(silent)} to tell." if silent else ""
    outside = [each for each in found if not each.within]
    if not outside:
        return f"All differences from {first.key} are within the spread over seeds.{rest}"
    listed = "; ".join(
        f"{each.score} of {each.key}, {_signed(each.mean)} percentage points, where seeds are up "
        f"to {100 * each.spread:.1f} apart"
        for each in outside
    )
    return (
        f"Outside the spread over seeds, {len(outside)} of {len(found)} differences from "
        f"{first.key}: {listed}.{rest}"
    )


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """The table of scores."""
    return _rows(comparison, [_score(name) for name in scores(comparison)])


def class_rows(comparison: Comparison) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """The same by class, the other way round: a line a class, a cell an implementation."""
    names = list(dict.fromkeys(name for run in comparison.runs for name in run.classes))
    by_entry = _rows(comparison, [_class(name) for name in names])
    return tuple(
        (name, tuple(row.cells[index] for row in by_entry)) for index, name in enumerate(names)
    )


Figure = Callable[[Run], float]


def _score(name: str) -> Figure:
    return lambda run: run.scores[name]


def _class(name: str) -> Figure:
    return lambda run: run.classes.get(name, math.nan)


def _rows(comparison: Comparison, figures: Sequence[Figure]) -> tuple[Row, ...]:
    first = comparison.entries[0]
    return tuple(
        Row(
            entry.key,
            ", ".join(str(run.seed) for run in entry.runs) or "–",
            tuple(_cell(entry, first, figure) for figure in figures),
            duration(_mean([run.cpu_seconds for run in entry.runs])) if entry.runs else "–",
        )
        for entry in comparison.entries
    )


def _cell(entry: Entry, first: Entry, figure: Figure) -> Cell:
    values = [figure(run) for run in entry.runs]
    mean, measure = _mean(values), _mean([figure(run) for run in first.runs])
    return Cell(
        value=per_cent(mean),
        range=f"{per_cent(min(values))} to {per_cent(max(values))}" if len(values) > 1 else "",
        difference="" if entry is first else points_between(mean, measure),
    )


def per_cent(share: float) -> str:
    """93.1, or a dash where there is none."""
    return "–" if math.isnan(share) else f"{100 * share:.1f}"


def points_between(share: float, measure: float) -> str:
    """(+0.3), in percentage points; nothing where one of them is missing."""
    difference = share - measure
    return "" if math.isnan(difference) else f"({_signed(difference)})"


def _signed(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
