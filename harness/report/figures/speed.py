"""Speed: clouds a second by contender, and points a second by the size of a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from harness.report.figures.panels import Drawing, Figure, figure
from harness.report.figures.style import INK, Stroke, strokes
from harness.report.measurements import Record
from harness.report.wording import number


def speed(groups: Iterable[Sequence[Record]]) -> Figure | None:
    """A panel for each setting: a bar for each contender, and on it the quartiles of the rounds.

    Arguments:
        groups: records of one setting each.

    Returns:
        None if nothing was measured.
    """
    groups = [group for group in groups if group]
    if not groups:
        return None
    legend = _legend(record.implementation for group in groups for record in group)
    return figure("throughput", [_bars_of(group, legend) for group in groups], legend, areas={})


def speed_by_size(records: Iterable[Record]) -> Figure | None:
    """A panel for each network and mode: points a second over points a step.

    Returns:
        None if no network was measured at several sizes.
    """
    panels: dict[tuple[object, ...], list[Record]] = {}
    for record in records:
        key = record.model, record.mode, record.device, record.precision, record.tf32
        panels.setdefault(key, []).append(record)
    swept = [group for group in panels.values() if len({_size(record) for record in group}) > 1]
    if not swept:
        return None
    legend = _legend(record.contender for group in swept for record in group)
    drawings = [_lines_of(group, legend) for group in swept]
    return figure("throughput_by_size", drawings, legend, areas={})


def _legend(names: Iterable[str]) -> Mapping[str, Stroke]:
    return strokes(list(dict.fromkeys(names)))


def _size(record: Record) -> int:
    return record.batch * record.points


def _subtitle(record: Record) -> str:
    tf32 = ", TF32" if record.tf32 else ""
    return f"{record.mode}, {record.precision}{tf32}, {record.device}"


def _bars_of(group: Sequence[Record], legend: Mapping[str, Stroke]) -> Drawing:
    first = group[0]
    said = "; ".join(f"{r.contender} {number(r.clouds_per_second)}" for r in group)
    return Drawing(
        title=f"{first.model} {first.batch} × {first.points}",
        subtitle=_subtitle(first),
        alt=f"Clouds a second of {first.model}, {first.mode}, {first.batch} clouds of "
        f"{first.points} points: {said}.",
        draw=lambda axes: _draw_bars(axes, group, legend),
    )


def _draw_bars(axes: Axes, group: Sequence[Record], legend: Mapping[str, Stroke]) -> None:
    places = np.arange(len(group))
    for place, record in zip(places, group, strict=True):
        axes.barh(place, record.clouds_per_second, 0.6, color=legend[record.implementation].color)
        slow, fast = np.percentile(record.seconds, (75, 25))
        axes.plot(
            [record.batch / slow, record.batch / fast], [place, place], color=INK, linewidth=1
        )
        axes.annotate(
            number(record.clouds_per_second),
            (max(record.clouds_per_second, record.batch / fast), place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(places, [record.contender for record in group])
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlim(left=0)
    axes.set_xlabel("clouds a second")
    axes.grid(visible=True, axis="x")


def _lines_of(group: Sequence[Record], legend: Mapping[str, Stroke]) -> Drawing:
    first = group[0]
    best = max(group, key=lambda record: record.points_per_second)
    return Drawing(
        title=first.model,
        subtitle=_subtitle(first),
        alt=f"Points a second of {first.model}, {first.mode}, by points a step: at most "
        f"{number(best.points_per_second)}, by {best.contender}.",
        draw=lambda axes: _draw_lines(axes, group, legend),
    )


def _draw_lines(axes: Axes, group: Sequence[Record], legend: Mapping[str, Stroke]) -> None:
    for contender, stroke in legend.items():
        own = [record for record in group if record.contender == contender]
        sizes = sorted({_size(record) for record in own})
        # Where several batches and clouds make steps of one size, their geometric mean.
        speeds = [
            np.exp(np.mean([np.log(r.points_per_second) for r in own if _size(r) == size]))
            for size in sizes
        ]
        axes.plot(sizes, speeds, color=stroke.color, marker=stroke.marker)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("points a step, all clouds together")
    axes.set_ylabel("points a second")
    axes.grid(visible=True, axis="y")
