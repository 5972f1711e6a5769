"""A figure as readers get it: one sheet to print, and the same panels one by one for the page."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from harness.report.figures.style import LIMIT, NOISE, RC, VARIABLES, Stroke

# Inches; narrow enough that a panel fills a phone without its text becoming small.
PANEL = (4.6, 3.4)
DPI = 160

NOISE_BANDS: Mapping[str, str] = MappingProxyType(
    {"the reference's own noise": NOISE, "passes": LIMIT}
)

Draw = Callable[[Axes], None]


@dataclass(frozen=True)
class Panel:
    """One panel for the page.

    Attributes:
        title: the model, the precision and the reference.
        alt: what it shows, for those who cannot see it.
        svg: an `<svg>` element that takes its colours from the page's style sheet.
    """

    title: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Figure:
    """All panels, apart and on one sheet.

    Attributes:
        name: of its files, without suffix.
        panels: for the page.
        legend: the candidates and how each is drawn.
        png, svg: the sheet.
    """

    name: str
    panels: tuple[Panel, ...]
    legend: Mapping[str, Stroke]
    png: bytes
    svg: bytes


def files_of(figure: Figure | None) -> dict[str, bytes]:
    """A figure's files by name, relative to the report; none of what was not drawn."""
    if figure is None:
        return {}
    return {f"figures/{figure.name}.png": figure.png, f"figures/{figure.name}.svg": figure.svg}


@dataclass(frozen=True)
class Drawing:
    """A panel before it is drawn."""

    title: str
    subtitle: str
    alt: str
    draw: Draw


def figure(
    name: str,
    drawings: Sequence[Drawing],
    legend: Mapping[str, Stroke],
    areas: Mapping[str, str] = NOISE_BANDS,
) -> Figure:
    """Draws every panel for the page, and the sheet.

    Arguments:
        areas: for the sheet's legend, what shaded areas mean, with their colours.
    """
    with mpl.rc_context(dict(RC)):
        sheet = _sheet(drawings, legend, areas)
        return Figure(
            name=name,
            panels=tuple(
                Panel(
                    f"{drawing.title}, {drawing.subtitle}", drawing.alt, _inline(drawing, name, i)
                )
                for i, drawing in enumerate(drawings)
            ),
            legend=legend,
            png=_save(sheet, "png"),
            svg=_save(sheet, "svg"),
        )


def _sheet(
    drawings: Sequence[Drawing], legend: Mapping[str, Stroke], areas: Mapping[str, str]
) -> Canvas:
    columns = min(2, len(drawings))
    rows = math.ceil(len(drawings) / columns)
    canvas = Canvas(
        figsize=(PANEL[0] * columns, PANEL[1] * rows + 0.5), layout="constrained", facecolor="white"
    )
    for axes, drawing in zip(_grid(canvas, rows, columns), drawings, strict=False):
        drawing.draw(axes)
        axes.set_title(f"{drawing.title}\n{drawing.subtitle}")
        axes.set_visible(True)
    handles = [
        *(Line2D([], [], color=s.color, marker=s.marker, label=key) for key, s in legend.items()),
        *(Patch(color=color, label=label) for label, color in areas.items()),
    ]
    canvas.legend(handles=handles, loc="outside upper left", ncols=3 if columns > 1 else 2)
    return canvas


def _grid(canvas: Canvas, rows: int, columns: int) -> list[Axes]:
    """Axes from the top left; hidden until drawn on, for the last row may have room left."""
    grid = list(canvas.subplots(rows, columns, squeeze=False).flat)
    for axes in grid:
        axes.set_visible(False)
    return grid


def _inline(drawing: Drawing, name: str, number: int) -> str:
    """One panel as an element of the page."""
    canvas = Canvas(figsize=PANEL, layout="constrained")
    canvas.patch.set_alpha(0)
    axes = canvas.subplots()
    axes.patch.set_alpha(0)
    drawing.draw(axes)
    svg = _save(canvas, "svg").decode("utf-8")
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # The page sets the size, and the figure's words stand in the element around it.
    svg = re.sub(
        r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 aria-hidden="true">', svg, count=1
    )
    # Names must be unique within a page, and matplotlib gives every figure the same.
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-{number}-", svg)
    for color, variable in VARIABLES.items():
        svg = svg.replace(color, f"var(--{variable})")
    return svg


def _save(canvas: Canvas, kind: str) -> bytes:
    """The file's bytes, without the date and version that would make each run differ."""
    stamps = {"png": ("Software",), "svg": ("Date", "Creator")}[kind]
    buffer = io.BytesIO()
    canvas.savefig(buffer, format=kind, dpi=DPI, metadata=dict.fromkeys(stamps))
    return buffer.getvalue()
