"""The small text files that say which data files belong to a set, and what its classes are."""

import json
import os
from pathlib import Path
from typing import Any

from tf2_native.errors import InputError


def read_lines(listing: Path, like: str) -> tuple[str, ...]:
    """The lines of a file, without blank ones.

    Arguments:
        listing: the file.
        like: what its folder should be, for the message.

    Raises:
        InputError: it cannot be read, or is empty.
    """
    lines = _text(listing, like).split("\n")
    names = tuple(line.strip() for line in lines if line.strip())
    if not names:
        raise InputError(f"{listing}: is empty; it must hold one name a line")
    return names


def read_json(path: Path, like: str) -> Any:
    """The content of a JSON file.

    Arguments:
        path: the file.
        like: what its folder should be, for the message.

    Raises:
        InputError: it cannot be read, or is no JSON.
    """
    try:
        return json.loads(_text(path, like))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON ({error}); fetch it again") from error


def locate(line: str, listing: Path) -> Path:
    """The file meant by a line, which is written relative to the root of the TF1 repository.

    The list's own folder comes first, so that a copied folder never reads from the original.

    Raises:
        InputError: there is no such file.
    """
    for candidate in (listing.parent / Path(line).name, Path(line)):
        # Unlike `Path.is_file`, no error for a line that is longer than a name may be.
        if os.path.isfile(candidate):
            return candidate
    raise InputError(
        f"{listing}: names {line}, which is neither there nor in {listing.parent}; "
        "copy the file or drop the line"
    )


def _text(path: Path, like: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Some editors begin with a byte-order mark.
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise InputError(
            f"{path}: cannot be read ({reason}); the folder must be one like {like}"
        ) from error
