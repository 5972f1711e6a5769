"""Error over training: how far the loss drifts from the reference, step after step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from matplotlib.axes import Axes

from harness.report.figures.bands import noise_bands
from harness.report.figures.logarithm import LogAxis
from harness.report.figures.panels import Drawing, Figure, figure
from harness.report.figures.style import Stroke, strokes
from harness.report.schema import Trajectory
from harness.report.wording import number

# Enough to tell lines apart without colour, few enough to leave the lines in sight.
MARKERS = 6


def error_over_training(
    trajectories: Iterable[Trajectory], candidates: Sequence[str], multiple: float
) -> Figure | None:
    """A panel for each model, precision and reference; a line for each candidate.

    Arguments:
        trajectories: what was measured.
        candidates: every candidate of the report, so that each keeps its colour.
        multiple: how many times the noise passes.

    Returns:
        None if nothing was measured.
    """
    panels: dict[tuple[str, str, str], list[Trajectory]] = {}
    for run in trajectories:
        if run.relative:
            panels.setdefault((run.model, run.precision, run.reference), []).append(run)
    if not panels:
        return None
    drawn = {run.candidate for group in panels.values() for run in group}
    legend = {key: stroke for key, stroke in strokes(candidates).items() if key in drawn}
    drawings = [_drawing(group, legend, multiple) for group in panels.values()]
    return figure("trajectory", drawings, legend)


def _drawing(group: list[Trajectory], legend: Mapping[str, Stroke], multiple: float) -> Drawing:
    first = group[0]
    said = "; ".join(f"{run.candidate} ends at {number(run.relative[-1])}" for run in group)
    return Drawing(
        title=first.model,
        subtitle=f"{first.precision}, against {first.reference}",
        alt=f"Relative error of the loss over {len(first.relative)} training steps of "
        f"{first.model} in {first.precision} against {first.reference}: {said}.",
        draw=lambda axes: _draw(axes, group, legend, multiple),
    )


def _draw(
    axes: Axes, group: list[Trajectory], legend: Mapping[str, Stroke], multiple: float
) -> None:
    noise = group[0].noise
    errors = chain.from_iterable(run.relative for run in group)
    scale = LogAxis(chain(errors, noise, (multiple * n for n in noise)))
    noise_bands(axes, np.arange(1, len(noise) + 1), noise, scale, multiple)
    for i, run in enumerate(group):
        stroke = legend[run.candidate]
        every = max(1, len(run.relative) // MARKERS)
        axes.plot(
            np.arange(1, len(run.relative) + 1),
            scale.place(run.relative),
            color=stroke.color,
            marker=stroke.marker,
            # Staggered, so that markers of lines that coincide do not.
            markevery=(i * every // len(group), every),
        )
    axes.set_xlabel("training step")
    axes.set_ylabel("relative error of the loss")
    scale.apply(axes)
