"""Clouds as PNG images."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tf2_native.pictures.cloud import DrawnCloud, panels

_LEGEND_COLUMNS = 6
_INCHES, _CAPTION = 3.0, 0.55  # Of a cloud on a sheet, and of two lines above it.


def draw_cloud(path: Path, cloud: DrawnCloud) -> None:
    """Draws the panels of a cloud side by side, with one legend under them.

    Arguments:
        path: the PNG file.
        cloud: what to draw.
    """
    cloud = cloud.thinned()
    views = panels(cloud)
    entries = {group.name: group.colour for view in views for group in view.groups}
    rows = -(-len(entries) // _LEGEND_COLUMNS)
    height = 4.4 + 0.3 * rows
    figure = Figure(figsize=(4 * len(views), height), dpi=120)
    figure.suptitle(cloud.title, y=1 - 0.1 / height, va="top", fontsize=12)
    points = cloud.upright()
    for number, view in enumerate(views, 1):
        axes = figure.add_subplot(1, len(views), number, projection="3d")
        axes.set_title(view.title, fontsize=11, pad=0)
        for group in view.groups:
            axes.scatter(
                *points[group.rows].T,
                s=_point_size(len(points)),
                c=group.colour,
                linewidths=0,
                depthshade=False,
                alpha=0.9,
            )
        axes.set_box_aspect(np.maximum(np.ptp(points, axis=0), 1e-6), zoom=1.1)
        axes.view_init(elev=20, azim=35)
        axes.set_axis_off()
    handles = [
        Line2D([], [], marker="o", linestyle="", color=colour, label=name)
        for name, colour in entries.items()
    ]
    figure.legend(
        handles=handles,
        loc="lower center",
        ncols=min(len(handles), _LEGEND_COLUMNS),
        frameon=False,
        fontsize=10,
    )
    bottom = (0.15 + 0.3 * rows) / height
    figure.subplots_adjust(left=0, right=1, wspace=0, bottom=bottom, top=1 - 0.6 / height)
    figure.savefig(path, facecolor="white")


def draw_sheet(path: Path, clouds: Sequence[tuple[np.ndarray, str, bool]]) -> None:
    """Draws classified clouds in rows, each with what it was taken for.

    Arguments:
        path: the PNG file.
        clouds: upright points N x 3, caption, and whether it is right.
    """
    columns = min(4, len(clouds))
    rows = -(-len(clouds) // columns)
    height = (_INCHES + _CAPTION) * rows
    figure = Figure(figsize=(_INCHES * columns, height), dpi=120)
    for number, (points, caption, right) in enumerate(clouds, 1):
        axes = figure.add_subplot(rows, columns, number, projection="3d")
        shade = points[:, 2]
        axes.scatter(*points.T, s=_point_size(len(points)), c=shade, cmap="cividis", linewidths=0)
        axes.set_title(caption, fontsize=10, pad=0, color="black" if right else "#A23B00")
        axes.set_box_aspect(np.maximum(np.ptp(points, axis=0), 1e-6))
        axes.view_init(elev=20, azim=35)
        axes.set_axis_off()
    # No layout engine of Matplotlib leaves room for what stands above three axes.
    top = 1 - _CAPTION / height
    figure.subplots_adjust(left=0, right=1, bottom=0, top=top, wspace=0, hspace=_CAPTION / _INCHES)
    figure.savefig(path, facecolor="white")


def _point_size(count: int) -> float:
    """In square points: large for few, small for many."""
    return float(np.clip(16000 / count, 1.6, 16))
