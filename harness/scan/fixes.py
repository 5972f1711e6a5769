"""The mechanical mends of a scan as one unified diff, to be read before it is applied."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from harness.scan.findings import Edit, Finding
from harness.scan.trees import Scan


def to_patch(root: Path, scan: Scan) -> str:
    """A patch for `patch -p1` or `git apply` in the scanned tree; empty if nothing is mechanical.

    Arguments:
        root: what was scanned, as it was then.
    """
    by_file: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in scan.findings:
        if finding.edits:
            by_file[finding.file].append(finding)
    return "".join(
        _file_patch(root if root.is_file() else root / file, file, findings)
        for file, findings in sorted(by_file.items())
    )


def _file_patch(path: Path, file: str, findings: Iterable[Finding]) -> str:
    before = path.read_bytes()
    after = _edited(before, [edit for finding in findings for edit in finding.edits])
    diff = difflib.diff_bytes(
        difflib.unified_diff,
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{file}".encode(),
        f"b/{file}".encode(),
    )
    lines = (
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in diff
    )
    return b"".join(lines).decode("utf-8", errors="surrogateescape")


def _edited(source: bytes, edits: Iterable[Edit]) -> bytes:
    """Source with edits made from the end backwards; of two that overlap, the first one wins."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = []
    for edit in set(edits):
        begin = starts[edit.line - 1] + edit.column
        spans.append((begin, starts[edit.end_line - 1] + edit.end_column, edit.text))
    taken: list[tuple[int, int, str]] = []
    for span in sorted(spans):
        if not taken or span[0] >= taken[-1][1]:
            taken.append(span)
    for begin, end, text in reversed(taken):
        source = source[:begin] + text.encode("utf-8", errors="surrogateescape") + source[end:]
    return source
