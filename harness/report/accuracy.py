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
    """An implementation in the table: a cell a score, and what a training took."""

    key: str
    cells: tuple[Cell, ...]
    took: str


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
        "rows": rows,
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
    seeds = [str(run.seed) for run in comparison.entries[0].runs]
    area = f", area {settings.test_area} left out" if settings.test_area else ""
    return (
        f"{count(settings.epochs, 'epoch')}, {settings.batch} clouds a step, "
        f"{count(settings.points, 'point')} a cloud{area}, "
        f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(seeds)}; "
        f"judged on {count(comparison.clouds, 'test cloud')}"
    )


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """The table of scores."""
    names = comparison.entries[0].runs[0].scores
    return _rows(comparison, [_score(name) for name in names])


def class_rows(comparison: Comparison) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """The same by class, the other way round: a line a class, a cell an implementation."""
    names = list(dict.fromkeys(n for e in comparison.entries for r in e.runs for n in r.classes))
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
            tuple(_cell(entry, first, figure) for figure in figures),
            duration(_mean([run.seconds for run in entry.runs])),
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
    difference = 100 * (share - measure)
    return "" if math.isnan(difference) else f"({difference:+.1f})".replace("-", "−")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
