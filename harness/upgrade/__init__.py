"""Builds `tf2_upgraded/`: tf_upgrade_v2 over a TF1 tree, and the patches that make it run.

Reads the tool's report too, of this tree or anybody's: every line, with a verdict.
"""

from harness.upgrade.build import REPORT, UpgradeError, build, convert, rebuild
from harness.upgrade.reading import Reading, own_reading, own_scan, read_conversion

__all__ = [
    "REPORT",
    "Reading",
    "UpgradeError",
    "build",
    "convert",
    "own_reading",
    "own_scan",
    "read_conversion",
    "rebuild",
]
