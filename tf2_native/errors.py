"""Mistakes that the person at the keyboard can put right, and how the commands report them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


class InputError(ValueError):
    """Something the user supplied is wrong; one line says where, what, and what to do."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns an `InputError`, or a file that cannot be used, into one line and exit status 2.

    Raises:
        typer.Exit: with code 2, in place of an `InputError` or an `OSError` that names a file.
    """
    try:
        yield
    except InputError as error:
        message = str(error)
    except OSError as error:
        if error.filename is None:
            raise
        message = f"{error.filename}: {error.strerror}"
    else:
        return
    print(f"error: {message}", file=sys.stderr)
    raise typer.Exit(2)
