"""Colours that people with any kind of colour vision can tell apart."""

from collections.abc import Sequence

# Okabe and Ito, "Color Universal Design" (2008), without black, the most different ones first.
_FEW = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
# Paul Tol, "Colour Schemes" (SRON/EPS/TN/09-002, 2021), discrete rainbow of 23, taken by stride so
# that neighbours in the list are far apart in the rainbow; without its palest.
_RAINBOW = (
    "#E8ECFB", "#D9CCE3", "#CAACCB", "#BA8DB4", "#AA6F9E", "#994F88", "#882E72", "#1965B0",
    "#437DBF", "#6195CF", "#7BAFDE", "#4EB265", "#90C987", "#CAE0AB", "#F7F056", "#F7CB45",
    "#F4A736", "#EE8026", "#E65518", "#DC050C", "#A5170E", "#72190E", "#42150A",
)  # fmt: skip
_STRIDE = 9
_MANY = tuple(_RAINBOW[1:][number * _STRIDE % 22] for number in range(22))
RIGHT, WRONG = "#BDBDBD", "#D55E00"
LINES = _FEW


def palette(count: int) -> Sequence[str]:
    """Colours for so many classes, as hexadecimal strings; beyond 22 they begin again."""
    colours = _FEW if count <= len(_FEW) else _MANY
    return [colours[number % len(colours)] for number in range(count)]


def as_rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a hexadecimal string."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
