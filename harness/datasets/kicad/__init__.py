"""`kicad`: a CAD data set with part labels, made from Debian's package of KiCad's 3-D models."""

from harness.datasets.kicad.build import build

__all__ = ["build"]
