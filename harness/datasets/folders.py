"""Folders of files named in a list: read with clear refusals, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.datasets.errors import DatasetError


def read_list(folder: Path, name: str) -> tuple[str, ...]:
    """The lines of a list that are not blank.

    Raises:
        DatasetError: the folder or the list is missing, or the list is empty or not text.
    """
    path = find_file(folder, name, "list")
    try:
        text = path.read_text(encoding="utf-8-sig")  # Some editors begin with a byte-order mark.
    except UnicodeDecodeError:
        raise DatasetError(f"{path}: is not text; build or unpack the data set again") from None
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    if not lines:
        raise DatasetError(f"{path}: the list is empty; build or unpack the data set again")
    return lines


def read_json(folder: Path, name: str) -> Any:
    """The content of a JSON file.

    Raises:
        DatasetError: the folder or the file is missing, or it is not JSON.
    """
    path = find_file(folder, name)
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: not JSON ({error}); restore it") from None


def find_file(folder: Path, name: str, kind: str = "file") -> Path:
    """The path of a file that has to be in a folder.

    Raises:
        DatasetError: the folder or the file is missing.
    """
    # Unlike those of `Path`, these say no, and do not fail, of a name longer than one may be.
    if not os.path.isdir(folder):
        raise DatasetError(f"{folder}: no such folder; build or unpack the data set there")
    path = folder / name
    if not os.path.isfile(path):
        raise DatasetError(f"{path}: no such {kind}; build or unpack the data set again")
    return path


def listed_files(folder: Path, name: str) -> list[Path]:
    """The files a list names: each beside the list if it is there, else as written.

    Published lists are relative to the root of the original repository, wherever that was.

    Raises:
        DatasetError: as `read_list`, or a file is at neither place.
    """
    return [_resolve(folder, line, name) for line in read_list(folder, name)]


def write_list(path: Path, lines: Iterable[str]) -> None:
    """Writes a line each."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def check_free(folder: Path) -> None:
    """Refuses to write where something is.

    Raises:
        DatasetError: `folder` exists and is not an empty folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(f"{folder}: exists and is not empty; remove it or choose another")


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder to fill under a temporary name beside `folder`; renamed to it if all goes well.

    Raises:
        DatasetError: on entering, `folder` is not free.
    """
    check_free(folder)
    partial = folder.parent / f".{folder.name}.partial-{os.getpid()}"
    partial.mkdir(parents=True)
    try:
        yield partial
        # Renaming over an empty folder is not portable; removing it first is.
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _resolve(folder: Path, line: str, list_name: str) -> Path:
    for path in (folder / Path(line).name, Path(line)):
        if os.path.isfile(path):
            return path
    raise DatasetError(
        f"{folder / list_name}: lists {line}, which is neither beside the list nor at that path; "
        "put it beside the list"
    )
