"""One implementation on given weights and a batch, and two such traces compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness import traces
from harness.commands.options import (
    ImplementationKey,
    ModelKey,
    PrecisionKey,
    RuntimeKey,
    keys,
    number,
)
from harness.runtimes import runtime_for


def trace(
    implementation: ImplementationKey,
    model: ModelKey,
    weights: Annotated[Path, typer.Option(help="Weights file.")],
    batch: Annotated[Path, typer.Option(help="Batch file.")],
    out: Annotated[Path, typer.Option(help="Trace file to write.")],
    runtime: RuntimeKey = None,
    precision: PrecisionKey = "float32",
    mode: Annotated[str, keys("mode", ("inference", "training"))] = "inference",
    dropout: Annotated[str, keys("dropout", ("off", "masks", "random"))] = "off",
    bn_decay: Annotated[
        float | None, number("0.9 if left out, of shape_seg its own.", largest=1)
    ] = None,
    learning_rate: Annotated[float, number("Of the one step.")] = 0.001,
    optimizer: Annotated[str, keys("optimizer", ("adam", "momentum"))] = "adam",
    activations: Annotated[bool, typer.Option("--activations", help="Keep every layer's.")] = False,
) -> None:
    """Run one implementation on given weights and a batch; write outputs, gradients, state."""
    options = {
        "mode": mode,
        "dropout": dropout,
        "bn_decay": bn_decay,
        "learning_rate": learning_rate,
        "optimizer": optimizer,
        "activations": activations,
    }
    chosen = runtime_for(implementation, runtime)
    case = traces.load_case(model, weights, batch)
    traces.trace(case, implementation, chosen, precision, out, options)


def compare(
    reference: Annotated[Path, typer.Argument(help="Trace file with its noise.")],
    candidate: Annotated[Path, typer.Argument(help="Trace file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two traces tensor by tensor; exit status 1 if they differ."""
    comparison = traces.compare(reference, candidate)
    if as_json:
        print(json.dumps(comparison.to_json(), indent=1))
    else:
        _print_comparison(comparison)
    raise typer.Exit(0 if comparison.agree else 1)


def _print_comparison(comparison: traces.Comparison) -> None:
    table = Table()
    for heading in ("tensor", "distance", "noise", "ratio", "relative", ""):
        table.add_column(heading, justify="left" if heading in ("tensor", "") else "right")
    for m in comparison.measurements:
        figures = (f"{value:.2e}" for value in (m.distance, m.noise, m.ratio, m.relative))
        table.add_row(m.tensor, *figures, "agrees" if m.passed else "[red]departs")
    for name in comparison.missing:
        table.add_row(name, "", "", "", "", "[red]in one trace only")
    Console().print(table)
