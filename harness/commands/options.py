"""Options that several commands take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from harness.models import MODELS
from harness.runtimes import IMPLEMENTATIONS, PRECISIONS, RUNTIMES


class Refusal(ValueError):
    """A command line that asks for something there is not."""


def keys(kind: str, values: Iterable[str]) -> Any:
    """An option that takes one of some keys."""
    values = tuple(values)

    def check(value: str | list[str] | None) -> str | list[str] | None:
        for given in value if isinstance(value, list) else [value]:
            if given is not None and given not in values:
                raise Refusal(f"unknown {kind} {given!r}: one of {', '.join(values)}")
        return value

    return typer.Option(callback=check, metavar="KEY", help=f"One of {', '.join(values)}.")


def number(text: str, largest: float = math.inf) -> Any:
    """An option that takes a finite number from 0 to a largest."""
    span = "0 or more" if math.isinf(largest) else f"from 0 to {largest:g}"

    def check(param: typer.CallbackParam, value: float | None) -> float | None:
        if value is not None and not (math.isfinite(value) and 0 <= value <= largest):
            raise Refusal(f"{param.opts[0]} {value:g}: give a number, {span}")
        return value

    return typer.Option(callback=check, help=text)


ImplementationKey = Annotated[str, keys("implementation", IMPLEMENTATIONS)]
ModelKey = Annotated[str, keys("model", MODELS)]
RuntimeKey = Annotated[str | None, keys("runtime", RUNTIMES)]
PrecisionKey = Annotated[str, keys("precision", PRECISIONS)]
# Of sweeps.
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="At a time; 0: as many as cores.")]
Cluster = Annotated[
    str,
    typer.Option("--cluster", metavar="tcp://HOST:PORT", help="Run the jobs on a Dask cluster."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Do not repeat what the results file has.")]
