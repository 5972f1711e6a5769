"""The 13 classes of S3DIS, in the order of their labels."""

from __future__ import annotations

CLASSES = (
    "ceiling",
    "floor",
    "wall",
    "beam",
    "column",
    "window",
    "door",
    "table",
    "chair",
    "sofa",
    "bookcase",
    "board",
    "clutter",
)

_LABELS = {name: label for label, name in enumerate(CLASSES)}


def label_of(name: str) -> int:
    """The label of a class; a name that is none of the 13, such as "stairs", is clutter."""
    return _LABELS.get(name, _LABELS["clutter"])
