"""What a migration breaks although the converter passed it: a static scan of a tree."""

from harness.scan.scan import Scan, ScanError, scan

__all__ = ["Scan", "ScanError", "scan"]
