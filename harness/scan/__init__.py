"""What a migration breaks although the converter passed it: a static scan of a tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.scan.findings import ScanError

if TYPE_CHECKING:
    from harness.scan.trees import Scan

__all__ = ["ScanError", "scan"]


def scan(
    root: Path, jobs: int | None = None, done: Callable[[int, int], None] | None = None
) -> Scan:
    """Scan a file or a tree; see `trees.scan_tree`."""
    # Loads the interpreter and its tables, which other commands should not wait for.
    from harness.scan import trees

    return trees.scan_tree(root, jobs, done)
