"""The `trace` and `compare` commands: one implementation's answer on file, and two compared."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import exchange
from harness.cases import Case, check_batch, check_range, check_weights
from harness.exchange import ExchangeError
from harness.models import MODELS
from harness.runtimes import Runtime
from harness.subject import Subject
from harness.tolerance import Measurement, measure

_ATTRIBUTES = ("model", "implementation", "runtime", "versions", "precision", "mode")


def load_case(model: str, weights: Path, batch: Path) -> Case:
    """A case from its two files.

    Raises:
        ExchangeError: one of them cannot be used; the message says which and why.
    """
    if model not in MODELS:
        raise ExchangeError(f"unknown model {model!r}: one of {', '.join(MODELS)}")
    arrays, attributes, _ = exchange.read(weights)
    if attributes.get("model", model) != model:
        raise ExchangeError(f"{weights}: weights of {attributes['model']}, not of {model}")
    check_weights(MODELS[model], arrays, str(weights))
    content = exchange.read_arrays(batch)
    check_batch(MODELS[model], content, str(batch))
    return Case(MODELS[model], arrays, content)


def trace(
    case: Case,
    implementation: str,
    runtime: Runtime,
    precision: str,
    out: Path,
    options: dict[str, Any],
) -> None:
    """Run an implementation once and write what it computed, with its rounding noise.

    Arguments:
        options: of the worker's `trace`: mode, dropout, bn_decay, learning_rate, optimizer,
            activations.

    Raises:
        ExchangeError, RuntimeUnavailable, WorkerError: it cannot be done.
    """
    if implementation != "tf2_native" and not case.model.has_ancestor:
        raise ExchangeError(f"{case.model.key} has no TF1 ancestor: use tf2_native")
    check_range(case, precision)
    if options["dropout"] == "masks" and options["mode"] == "training":
        for dropout in case.model.dropouts:
            if f"dropout/{dropout.name}" not in case.batch:
                raise ExchangeError(
                    f"the batch has no mask dropout/{dropout.name} for --dropout masks"
                )
    if out.is_dir() or not out.parent.is_dir():
        raise ExchangeError(f"{out}: cannot be written: not a file in a folder that exists")
    random = options["dropout"] == "random" and options["mode"] == "training"
    with Subject(implementation, runtime, precision) as subject:
        if random:
            # Noise is how far rounding moves the answer; random masks would drown it.
            arrays, noise = subject.answer("trace", case, **options), None
        else:
            evidence = subject.evidence("trace", case, **options)
            arrays, noise = evidence.arrays, evidence.noise
        attributes = {
            "model": case.model.key,
            "implementation": implementation,
            "runtime": runtime.key,
            "versions": json.dumps(subject.versions),
            "precision": precision,
            "mode": options["mode"],
        }
    exchange.write(out, arrays, attributes, noise)


@dataclass(frozen=True)
class Comparison:
    """Two traces compared.

    Attributes:
        measurements: of every tensor that both have, in the reference's order.
        missing: tensors that only one of them has.
    """

    measurements: tuple[Measurement, ...]
    missing: tuple[str, ...]

    @property
    def agree(self) -> bool:
        return not self.missing and all(m.passed for m in self.measurements)

    def to_json(self) -> dict[str, Any]:
        return {
            "agree": self.agree,
            "missing": list(self.missing),
            "tensors": [
                {
                    "tensor": m.tensor,
                    "distance": m.distance,
                    "noise": m.noise,
                    "scale": m.scale,
                    "ratio": m.ratio,
                    "relative": m.relative,
                    "passed": m.passed,
                }
                for m in self.measurements
            ],
        }


def compare(reference: Path, candidate: Path) -> Comparison:
    """Compare two traces by the reference's recorded noise.

    Raises:
        ExchangeError: a file cannot be read, is no trace, or they are of different things.
    """
    theirs, their_attributes, noise = exchange.read(reference)
    ours, our_attributes, _ = exchange.read(candidate)
    for path, attributes in ((reference, their_attributes), (candidate, our_attributes)):
        missing = [name for name in _ATTRIBUTES if name not in attributes]
        if missing:
            raise ExchangeError(f"{path}: not a trace: it has no attribute {missing[0]}")
    for name in ("model", "precision", "mode"):
        if their_attributes[name] != our_attributes[name]:
            raise ExchangeError(
                f"{candidate}: {name} is {our_attributes[name]}, but {reference} has "
                f"{their_attributes[name]}"
            )
    if not noise:
        raise ExchangeError(f"{reference}: no noise was recorded with it (random dropout has none)")
    common = [name for name in theirs if name in ours]
    if not common:
        raise ExchangeError(f"{candidate}: has no tensor in common with {reference}")
    precision = str(their_attributes["precision"])
    return Comparison(
        measurements=tuple(
            measure(name, theirs[name], ours[name], noise.get(name, 0.0), precision)
            for name in common
        ),
        missing=tuple(sorted(set(theirs) ^ set(ours))),
    )
