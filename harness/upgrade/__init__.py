"""Builds `tf2_upgraded/`: tf_upgrade_v2 over a TF1 tree, and the patches that make it run."""

from harness.upgrade.build import REPORT, UpgradeError, build, convert, rebuild

__all__ = ["REPORT", "UpgradeError", "build", "convert", "rebuild"]
