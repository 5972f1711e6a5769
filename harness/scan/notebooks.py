"""Notebooks as code: their code cells one after the other, and where each line came from."""

from __future__ import annotations

import json
import re

SUFFIX = ".ipynb"

# A cell in another language, or one that is not run here.
_OTHER = re.compile(r"\s*%%(?!time|capture|prun)\w")
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?\??\s*)$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$")


def code(source: bytes) -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """A notebook's code, and for each line of it the cell and the line there, from 1.

    Lines for IPython are left out: `pass` stands in their place. Cells are numbered as the notebook
    has them, text and all.

    Raises:
        ValueError: it is no notebook.
    """
    document = json.loads(source)
    sheets = document.get("worksheets") or [document] if isinstance(document, dict) else []
    cells = [cell for sheet in sheets for cell in sheet.get("cells", [])]
    if not sheets or (not cells and "cells" not in document):
        raise ValueError("no cells")
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    for number, cell in enumerate(cells, 1):
        text = cell.get("source", cell.get("input", ""))
        text = text if isinstance(text, str) else "".join(text)
        if cell.get("cell_type") != "code" or _OTHER.match(text):
            continue
        for line, content in enumerate(text.split("\n"), 1):
            lines.append(_python(content))
            places.append((number, line))
    return ("\n".join(lines) + "\n").encode(), tuple(places)


def _python(line: str) -> str:
    magic = _MAGIC.match(line)
    if magic is not None:
        return f"{magic[1]}pass"
    return _ASSIGNED_MAGIC.sub(r"\1...", line)
