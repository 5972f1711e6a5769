"""Colours that people with any kind of colour vision can tell apart."""

from collections.abc import Sequence

# Okabe and Ito, "Color Universal Design" (2008), without black, the most different ones first.
_FEW = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
# Paul Tol, "Colour Schemes" (SRON/EPS/TN/09-002, 2021): his "muted" scheme, with an orange and a
# blue of "vibrant", Okabe and Ito's yellow, and black. Pale ones first: of the classes of S3DIS,
# ceilings and floors have the most points.
_MANY = (
    "#DDCC77", "#88CCEE", "#CC6677", "#332288", "#117733", "#44AA99", "#999933", "#882255",
    "#EE7733", "#AA4499", "#0077BB", "#F0E442", "#000000",
)  # fmt: skip
RIGHT, WRONG = "#BDBDBD", "#D55E00"
LINES = _FEW


def palette(count: int) -> Sequence[str]:
    """Colours for so many classes, as hexadecimal strings; beyond 13 they begin again."""
    colours = _FEW if count <= len(_FEW) else _MANY
    return [colours[number % len(colours)] for number in range(count)]


def as_rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a hexadecimal string."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
