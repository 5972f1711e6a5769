"""Reads result files and writes reports, each whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from harness.report.errors import ReportError


def read_json(path: Path) -> Any:
    """A parsed JSON file.

    Raises:
        ReportError: it cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except ValueError as error:
        raise ReportError(f"{path}: not JSON: {error}") from error


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Writes under a temporary name, then renames: nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path
