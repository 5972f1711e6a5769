"""Mistakes that the person at the keyboard can put right, and how the commands report them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


class InputError(ValueError):
    """Something the user supplied is wrong; one line says where, what, and what to do."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns an `InputError` into one line on standard error and exit status 2.

    Raises:
        typer.Exit: with code 2, in place of an `InputError`.
    """
    try:
        yield
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
