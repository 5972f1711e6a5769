"""The figures: error by depth and over training; speed, and how it grows."""

from harness.report.figures.depth import error_by_depth
from harness.report.figures.panels import Figure, Panel, files_of
from harness.report.figures.speed import speed, speed_by_size
from harness.report.figures.trajectory import error_over_training

__all__ = [
    "Figure",
    "Panel",
    "error_by_depth",
    "error_over_training",
    "files_of",
    "speed",
    "speed_by_size",
]
