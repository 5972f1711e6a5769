"""Draws labelled clouds: a sheet (PNG), a page to turn them on (HTML), a file for a viewer (PLY).

Takes plain arrays, so it draws data sets and predictions alike: given a prediction, a cloud is
drawn three times, as truth, as prediction, and where the two differ.
"""

from __future__ import annotations

import html
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.pictures.palette import color, rgb

Points = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.integer[Any]]

INK = "#1c1d1f"
MUTED = "#62666d"
RIGHT = "#c9ccd1"
WRONG = "#d0021b"

# Seen from the front right, a little from above; radians.
AZIMUTH, ELEVATION = math.radians(35), math.radians(22)
INCHES = 2.6
DPI = 160


@dataclass(frozen=True)
class LabelledCloud:
    """A cloud to draw.

    Attributes:
        title: what it is.
        points: N x 3.
        labels: int, N: the truth.
        names: of the labels; those that occur are in the legend.
        prediction: int, N; None where there is none.
        up: the axis that points up, "y" or "z".
    """

    title: str
    points: Points
    labels: Labels
    names: Sequence[str]
    prediction: Labels | None = None
    up: str = "y"


@dataclass(frozen=True)
class _Panel:
    """One drawing of a cloud: a heading, and for each group of points a name, colour and mask."""

    heading: str
    groups: tuple[tuple[str, str, npt.NDArray[np.bool_]], ...]


def sheet(clouds: Sequence[LabelledCloud], columns: int = 4) -> bytes:
    """All clouds on one sheet, with a legend each.

    Arguments:
        clouds: at least one.
        columns: clouds in a row; a cloud with a prediction has a row of three to itself.

    Returns:
        A PNG file; the same bytes every time.
    """
    # Slow to import, and only pictures need it.
    from matplotlib.figure import Figure

    drawn = [(cloud, panel) for cloud in clouds for panel in _panels(cloud)]
    columns = 3 if any(c.prediction is not None for c in clouds) else min(columns, len(drawn))
    rows = math.ceil(len(drawn) / columns)
    figure = Figure((INCHES * columns, (INCHES + 0.75) * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, (cloud, panel) in zip(grid.flat, drawn, strict=False):
        _draw(axes, cloud, panel)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def page(clouds: Sequence[LabelledCloud], title: str) -> str:
    """One cloud at a time, to turn with the mouse; a menu chooses which.

    Returns:
        An HTML document that needs nothing else, not even a network.
    """
    # Slow to import, and only pages need it.
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    panels = [_panels(cloud) for cloud in clouds]
    width = max(map(len, panels))
    figure = make_subplots(
        rows=1, cols=width, specs=[[{"type": "scene"}] * width], horizontal_spacing=0.01
    )
    owners: list[int] = []
    for number, (cloud, drawn) in enumerate(zip(clouds, panels, strict=True)):
        told: set[str] = set()
        for column, panel in enumerate(drawn, 1):
            for trace in _traces(go, cloud, panel, told, visible=number == 0):
                figure.add_trace(trace, row=1, col=column)
                owners.append(number)
    figure.update_scenes(**_SCENE, camera=_camera(width))
    figure.update_layout(
        height=620,
        margin={"l": 10, "r": 10, "t": 70, "b": 10},
        font={"family": "system-ui, sans-serif", "color": INK},
        legend={"itemsizing": "constant"},
        annotations=_headings(panels[0], width),
        updatemenus=[_menu(clouds, panels, owners, width)],
    )
    body = figure.to_html(full_html=False, include_plotlyjs=True, div_id="clouds")
    return _PAGE.format(title=html.escape(title), body=body)


def ply(points: Points, labels: Labels) -> bytes:
    """A cloud as binary PLY, its points in the colours of their labels.

    Arguments:
        points: N x 3.
        labels: int, N.
    """
    # Only this needs it.
    import trimesh

    table = {int(label): [round(255 * c) for c in rgb(int(label))] for label in np.unique(labels)}
    colors = np.array([[*table[int(label)], 255] for label in labels], np.uint8)
    content = trimesh.PointCloud(points, colors=colors).export(file_type="ply")
    assert isinstance(content, bytes)
    return content


def _panels(cloud: LabelledCloud) -> tuple[_Panel, ...]:
    if cloud.prediction is None:
        return (_Panel(cloud.title, _by_label(cloud, cloud.labels)),)
    wrong = cloud.prediction != cloud.labels
    differing = (("same", RIGHT, ~wrong), ("differs", WRONG, wrong))
    return (
        _Panel(f"{cloud.title}: truth", _by_label(cloud, cloud.labels)),
        _Panel("prediction", _by_label(cloud, cloud.prediction)),
        _Panel(f"differ: {wrong.mean():.1%}", differing),
    )


def _by_label(
    cloud: LabelledCloud, labels: Labels
) -> tuple[tuple[str, str, npt.NDArray[np.bool_]], ...]:
    present = np.unique(labels).tolist()
    return tuple((cloud.names[label], color(label), labels == label) for label in present)


def _upright(cloud: LabelledCloud) -> Points:
    """The points with y up, whatever was."""
    x, y, z = np.asarray(cloud.points).T
    return np.stack([x, y, z] if cloud.up == "y" else [x, z, -y], axis=1)


def _draw(axes: Any, cloud: LabelledCloud, panel: _Panel) -> None:
    """One panel, flat: the nearest points last, the furthest palest."""
    points = _upright(cloud)
    points = points - (points.max(axis=0) + points.min(axis=0)) / 2
    turn = np.array(
        [
            [math.cos(AZIMUTH), 0, -math.sin(AZIMUTH)],
            [
                -math.sin(ELEVATION) * math.sin(AZIMUTH),
                math.cos(ELEVATION),
                -math.sin(ELEVATION) * math.cos(AZIMUTH),
            ],
            [
                math.cos(ELEVATION) * math.sin(AZIMUTH),
                math.sin(ELEVATION),
                math.cos(ELEVATION) * math.cos(AZIMUTH),
            ],
        ]
    )
    right, up, near = (points @ turn.T).T
    colors = np.zeros((len(points), 3))
    for _, code, mask in panel.groups:
        colors[mask] = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    depth = (near - near.min()) / max(float(np.ptp(near)), 1e-12)
    pale = 0.55 * (1 - depth)[:, None]
    order = np.argsort(near)
    size = float(np.clip(9000 / len(points), 0.6, 12))
    shaded = (colors * (1 - pale) + pale)[order]
    axes.scatter(right[order], up[order], c=shaded, s=size, linewidths=0)
    reach = max(float(np.abs(right).max()), float(np.abs(up).max()), 1e-12) * 1.05
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.set_title(panel.heading, fontsize=8.5, color=INK)
    _legend(axes, panel)


def _legend(axes: Any, panel: _Panel) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=code, marker="o", linestyle="", markersize=4, label=name)
        for name, code, _ in panel.groups
    ]
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.02),
        ncols=min(3, len(handles)),
        frameon=False,
        fontsize=7,
        labelcolor=MUTED,
        handletextpad=0.1,
        columnspacing=0.8,
    )


def _traces(
    go: Any, cloud: LabelledCloud, panel: _Panel, told: set[str], visible: bool
) -> list[Any]:
    """The groups of a panel; those whose names the legend has been `told` stand there once."""
    points = _upright(cloud)
    traces = []
    for name, code, mask in panel.groups:
        # To four digits: the page is a third of the size, and nobody sees the fifth.
        x, y, z = np.round(points[mask].T, 4)
        traces.append(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                mode="markers",
                marker={"size": 3, "color": code},
                name=name,
                legendgroup=name,
                showlegend=name not in told,
                visible=visible,
                hovertemplate=f"{html.escape(name)}<extra></extra>",
            )
        )
        told.add(name)
    return traces


_HIDDEN = {"visible": False}
_SCENE = {
    "xaxis": _HIDDEN,
    "yaxis": _HIDDEN,
    "zaxis": _HIDDEN,
    "aspectmode": "data",
}


def _camera(width: int) -> dict[str, Any]:
    """From far enough that a cloud fits into one of so many panels beside each other."""
    far = {1: 0.9, 2: 1.2}.get(width, 1.45)
    eye = {"x": far, "y": 0.72 * far, "z": 1.33 * far}
    return {"up": {"x": 0, "y": 1, "z": 0}, "eye": eye}


def _headings(panels: Sequence[_Panel], width: int) -> list[dict[str, Any]]:
    return [
        {
            "text": html.escape(panel.heading),
            "x": (column + 0.5) / width,
            "y": 1.02,
            "xref": "paper",
            "yref": "paper",
            "showarrow": False,
        }
        for column, panel in enumerate(panels)
    ]


def _menu(
    clouds: Sequence[LabelledCloud],
    panels: Sequence[Sequence[_Panel]],
    owners: Sequence[int],
    width: int,
) -> dict[str, Any]:
    buttons = [
        {
            "label": f"{number + 1}. {html.escape(cloud.title)}",
            "method": "update",
            "args": [
                {"visible": [owner == number for owner in owners]},
                {"annotations": _headings(panels[number], width)},
            ],
        }
        for number, cloud in enumerate(clouds)
    ]
    return {"buttons": buttons, "x": 0, "xanchor": "left", "y": 1.12, "yanchor": "top"}


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: system-ui, sans-serif; color: #1c1d1f; margin: 1.5rem auto; max-width: 80rem;
  padding: 0 1rem; }}
h1 {{ font-size: 1.25rem; font-weight: 600; }}
p {{ color: #62666d; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>Drag to turn, scroll to come nearer; click a name in the legend to hide its points.</p>
{body}
</body>
</html>
"""
