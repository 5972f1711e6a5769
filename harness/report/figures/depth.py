"""Error by depth: how far each layer's output is from the reference, layer after layer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from matplotlib.axes import Axes

from harness.report.figures.bands import noise_bands
from harness.report.figures.logarithm import LogAxis
from harness.report.figures.panels import Drawing, Figure, figure
from harness.report.figures.style import Stroke, strokes
from harness.report.schema import Depth
from harness.report.wording import number

_NAMED = 14  # layers that an axis has room for; of more, every second or third has its name


def error_by_depth(
    depths: Iterable[Depth], candidates: Sequence[str], multiple: float
) -> Figure | None:
    """A panel for each model, precision and reference; a line for each candidate.

    Arguments:
        depths: what was measured.
        candidates: every candidate of the report, so that each keeps its colour.
        multiple: how many times the noise passes.

    Returns:
        None if nothing was measured.
    """
    panels: dict[tuple[str, str, str], list[Depth]] = {}
    for depth in depths:
        if depth.layers:
            panels.setdefault((depth.model, depth.precision, depth.reference), []).append(depth)
    if not panels:
        return None
    drawn = {depth.candidate for group in panels.values() for depth in group}
    legend = {key: stroke for key, stroke in strokes(candidates).items() if key in drawn}
    drawings = [_drawing(group, legend, multiple) for group in panels.values()]
    return figure("error_by_depth", drawings, legend)


def _drawing(group: list[Depth], legend: Mapping[str, Stroke], multiple: float) -> Drawing:
    first = group[0]
    worst = {depth.candidate: max(layer.relative for layer in depth.layers) for depth in group}
    said = "; ".join(f"{key} at most {number(value)}" for key, value in worst.items())
    return Drawing(
        title=first.model,
        subtitle=f"{first.precision}, against {first.reference}",
        alt=f"Relative error by layer of {first.model} in {first.precision} "
        f"against {first.reference}: {said}.",
        draw=lambda axes: _draw(axes, group, legend, multiple),
    )


def _draw(axes: Axes, group: list[Depth], legend: Mapping[str, Stroke], multiple: float) -> None:
    layers = list(dict.fromkeys(layer.layer for depth in group for layer in depth.layers))
    noise = {layer.layer: layer.noise for depth in group for layer in depth.layers}
    errors = (layer.relative for depth in group for layer in depth.layers)
    scale = LogAxis(chain(errors, noise.values(), (multiple * n for n in noise.values())))
    x = np.arange(len(layers))
    noise_bands(axes, x, [noise[layer] for layer in layers], scale, multiple)
    for depth in group:
        stroke = legend[depth.candidate]
        positions = [layers.index(layer.layer) for layer in depth.layers]
        placed = scale.place(layer.relative for layer in depth.layers)
        axes.plot(positions, placed, color=stroke.color, marker=stroke.marker)
    named = slice(None, None, math.ceil(len(layers) / _NAMED))
    axes.set_xticks(x[named], layers[named], rotation=50, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.4, len(layers) - 0.6)
    axes.set_ylabel("relative error")
    scale.apply(axes)
