"""The figures: error by depth and error over training."""

from harness.report.figures.depth import error_by_depth
from harness.report.figures.panels import Figure, Panel
from harness.report.figures.trajectory import error_over_training

__all__ = ["Figure", "Panel", "error_by_depth", "error_over_training"]
