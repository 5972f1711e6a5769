"""Python 2 syntax, which the converter leaves unconverted: found, and read as what it meant.

The grammar is that of fissix, the maintained lib2to3; its fixers rewrite statements in place, so
that every line stays where it was.
"""

from __future__ import annotations

import logging
import re

from harness.scan.findings import Edit

# Syntax alone: what a name means is the scan's own business.
_FIXERS = (
    "print",
    "except",
    "exec",
    "raise",
    "throw",
    "repr",
    "ne",
    "numliterals",
    "paren",
    "tuple_params",
)
_IS_CALL = re.compile(r"\s*print\s*\(.*\)\s*(#.*)?$")  # means the same, or nearly, in both


def repair(source: bytes) -> tuple[bytes, list[tuple[int, str, tuple[Edit, ...]]]]:
    """Reads a Python 2 file as Python 3.

    Returns:
        The repaired source, and for each line that had to change its number, what stood there, and
        the edit. The source as it was and an empty list if that cannot be done.
    """
    from fissix import refactor
    from fissix.pgen2.parse import ParseError
    from fissix.pgen2.tokenize import TokenError

    logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL)
    text = source.decode("utf-8", errors="surrogateescape").expandtabs(8).replace("\r\n", "\n")
    tool = refactor.RefactoringTool([f"fissix.fixes.fix_{name}" for name in _FIXERS])
    try:
        tree = tool.refactor_string(text if text.endswith("\n") else text + "\n", "source")
    except (ParseError, TokenError, IndentationError, SyntaxError, RecursionError):
        return source, []
    # A parameter that is a tuple gets a line of its own, which would move all that follow.
    new = [line for line in str(tree).split("\n") if " = xxx_todo_changeme" not in line]
    old = text.split("\n")
    if len(old) != len(new) - (not text.endswith("\n")):
        return source, []
    repairs = []
    for number, (before, after) in enumerate(zip(old, new, strict=False), 1):
        if before.strip() != after.strip() and not _IS_CALL.match(before):
            repairs.append((number, before.strip(), _edit(number, source, after)))
    return "\n".join(new).encode("utf-8", errors="surrogateescape"), repairs


def _edit(number: int, source: bytes, after: str) -> tuple[Edit, ...]:
    line = source.splitlines()[number - 1]
    if "xxx_todo_changeme" in after or b"\t" in line:
        return ()
    return (Edit(number, 0, number, len(line), after),)
