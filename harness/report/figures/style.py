"""How the figures look: one ink, one colour and marker a candidate, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# Drawn in these colours, which suit white paper; the page puts its own in their place.
INK = "#1c1d1f"
MUTED = "#62666d"
LINE = "#e3e4e7"
NOISE = "#d3d7dd"
LIMIT = "#eef0f3"

RC: Mapping[Any, Any] = MappingProxyType(
    {
        "svg.hashsalt": "equivalence",
        "svg.fonttype": "none",
        "font.family": "DejaVu Sans",
        "font.size": 8.5,
        "text.color": INK,
        "axes.labelcolor": MUTED,
        "axes.edgecolor": LINE,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.axisbelow": True,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "grid.color": LINE,
        "grid.linewidth": 0.6,
        "lines.linewidth": 1.4,
        "lines.markersize": 4.5,
        "legend.frameon": False,
    }
)


@dataclass(frozen=True)
class Stroke:
    """How a candidate is drawn.

    Attributes:
        name: the colour's name in the page's style sheet.
        color: on white paper.
        marker: for matplotlib.
        glyph: the same marker as text.
    """

    name: str
    color: str
    marker: str
    glyph: str


_STROKES = (
    Stroke("series-1", "#2463ab", "o", "●"),
    Stroke("series-2", "#bd540b", "s", "■"),
    Stroke("series-3", "#0e7a6b", "^", "▲"),
    Stroke("series-4", "#7a4ca5", "D", "◆"),
    Stroke("series-5", "#b42c5c", "v", "▼"),
    Stroke("series-6", "#746d12", "P", "✚"),
)

# What the page's style sheet replaces, by the colour drawn.
VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        INK: "ink",
        MUTED: "muted",
        LINE: "line",
        NOISE: "noise",
        LIMIT: "limit",
        **{stroke.color: stroke.name for stroke in _STROKES},
    }
)


def strokes(candidates: Sequence[str]) -> dict[str, Stroke]:
    """A stroke for each candidate; beyond six they come round again."""
    return {key: _STROKES[i % len(_STROKES)] for i, key in enumerate(candidates)}
