"""The matrix: for each model, rungs down and pairs by precision across, a verdict a cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, groupby

from harness.report.ladder import Rung, rungs
from harness.report.schema import Result
from harness.report.wording import number, ratio

SYMBOLS = {"pass": "✓", "fail": "✗", "skipped": "–"}
WORDS = {"pass": "pass", "fail": "departs", "skipped": "skipped"}


@dataclass(frozen=True)
class Column:
    """A pair at a precision."""

    reference: str
    candidate: str
    precision: str

    @property
    def pair(self) -> tuple[str, str]:
        """Reference and candidate."""
        return self.reference, self.candidate


@dataclass(frozen=True)
class Span:
    """A heading over several columns."""

    text: str
    columns: int


@dataclass(frozen=True)
class Cell:
    """What a result looks like.

    Attributes:
        status: pass, fail, skipped, or empty where there is no such check.
        symbol: so that colour is never alone.
        word: the same, to be read aloud.
        ratio: distance over noise of the worst tensor; empty where there is none.
        title: the sentence shown on pointing at it.
    """

    status: str
    symbol: str
    word: str
    ratio: str
    title: str


@dataclass(frozen=True)
class Row:
    """A rung and its cells, in the order of the columns."""

    rung: Rung
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """The matrix of one model, with its headings from the outermost inwards."""

    model: str
    columns: tuple[Column, ...]
    references: tuple[Span, ...]
    candidates: tuple[Span, ...]
    rows: tuple[Row, ...]

    def starts_pair(self, i: int) -> bool:
        """Whether column `i` is the first of its pair."""
        return i == 0 or self.columns[i].pair != self.columns[i - 1].pair

    def by_reference(self) -> tuple[Table, ...]:
        """A table for each reference, for where headings cannot be nested."""
        starts = accumulate((span.columns for span in self.references), initial=0)
        return tuple(
            self._part(span, slice(start, start + span.columns))
            for span, start in zip(self.references, starts, strict=False)
        )

    def _part(self, reference: Span, part: slice) -> Table:
        columns = self.columns[part]
        return Table(
            model=self.model,
            columns=columns,
            references=(reference,),
            candidates=_candidates(columns),
            rows=tuple(Row(row.rung, row.cells[part]) for row in self.rows),
        )


EMPTY = Cell("empty", "", "no such check", "", "")


def tables(results: Iterable[Result]) -> tuple[Table, ...]:
    """A table a model, in the order in which the results name them."""
    by_model: dict[str, list[Result]] = {}
    for result in results:
        by_model.setdefault(result.model, []).append(result)
    return tuple(_table(model, of_model) for model, of_model in by_model.items())


def _table(model: str, results: list[Result]) -> Table:
    columns = _columns(results)
    by_cell = {(result.rung, _column(result)): _cell(result) for result in results}
    return Table(
        model=model,
        columns=columns,
        references=_spans(column.reference for column in columns),
        candidates=_candidates(columns),
        rows=tuple(
            Row(rung, tuple(by_cell.get((rung.key, column), EMPTY) for column in columns))
            for rung in rungs({result.rung for result in results})
        ),
    )


def _columns(results: list[Result]) -> tuple[Column, ...]:
    """Pairs in the order in which the results name them, the finer precision first."""
    seen = list(dict.fromkeys(_column(result) for result in results))
    references = list(dict.fromkeys(column.reference for column in seen))
    candidates = list(dict.fromkeys(column.candidate for column in seen))
    return tuple(
        sorted(
            seen,
            key=lambda c: (
                references.index(c.reference),
                candidates.index(c.candidate),
                c.precision != "float64",
                c.precision,
            ),
        )
    )


def _column(result: Result) -> Column:
    return Column(result.reference, result.candidate, result.precision)


def _spans(texts: Iterable[str]) -> tuple[Span, ...]:
    return tuple(Span(text, len(list(same))) for text, same in groupby(texts))


def _candidates(columns: Iterable[Column]) -> tuple[Span, ...]:
    """By pair, not by name: a candidate may stand under two references side by side."""
    pairs = groupby(columns, lambda column: column.pair)
    return tuple(Span(candidate, len(list(same))) for (_, candidate), same in pairs)


def _cell(result: Result) -> Cell:
    return Cell(
        status=result.status,
        symbol=SYMBOLS[result.status],
        word=WORDS[result.status],
        ratio=ratio(result.worst.ratio) if result.worst and result.status != "skipped" else "",
        title=_title(result),
    )


def _title(result: Result) -> str:
    if result.status == "skipped":
        return f"Skipped: {result.reason}" if result.reason else "Skipped"
    if result.worst is None:
        return result.reason or f"{WORDS[result.status].capitalize()}; nothing to measure"
    worst = result.worst
    return (
        f"{worst.tensor}: distance {number(worst.distance)}, noise {number(worst.noise)}, "
        f"relative {number(worst.relative)}; worst of {result.tensors}"
    )
