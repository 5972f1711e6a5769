"""One colour a label, the same in every picture and file."""

from __future__ import annotations

# Bright enough for points on white, and neighbours in the list easily told apart: labels of one
# category follow each other.
PALETTE = (
    "#2f6fb7",
    "#e07b16",
    "#2e9d6b",
    "#c8324f",
    "#7d55b3",
    "#c9a517",
    "#22a9bd",
    "#d764a8",
    "#7c8a1d",
    "#8a5a3c",
    "#5566d6",
    "#e8604c",
    "#4f8f9d",
    "#9b9ea4",
    "#14663f",
    "#a13d8e",
)


def color(label: int) -> str:
    """The colour of a label, as `#rrggbb`; they come round again after sixteen."""
    return PALETTE[label % len(PALETTE)]


def rgb(label: int) -> tuple[float, float, float]:
    """The same colour as red, green and blue, 0 .. 1."""
    code = color(label)
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
