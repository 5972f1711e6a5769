"""Activations of layers that correspond, though each side draws the borders its own way.

One framework's layer ends before the activation function, another's after it. So of either side
the layer's own result is looked at and whatever follows it up to the next layer; the layer agrees
if any of the one's is any of the other's. In float64 nothing agrees by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.audit.layers import LayerPair
from harness.outcome import renamed
from harness.subject import Evidence
from harness.tolerance import Arrays, Measurement


@dataclass(frozen=True)
class Compared:
    """Layers compared.

    Attributes:
        measured: `activations/<reference's layer>`, in the order of computation.
        places: by tensor, what to call the place.
    """

    measured: tuple[Measurement, ...]
    places: dict[str, str]

    def place(self, measurement: Measurement) -> str:
        """The layer, or the passage between two, where a tensor stands."""
        return self.places[measurement.tensor]


def compare_activations(
    layers: Sequence[LayerPair], evidence: Evidence, arrays: Arrays
) -> Compared:
    """Compare all layers that both sides can show."""
    measured, places = [], {}
    before: LayerPair | None = None
    handed_on = True  # whether what the layer before hands on is the same
    for layer in layers:
        theirs = _of(evidence.arrays, layer.reference)
        ours = _of(arrays, layer.candidate)
        closest = _closest(evidence, theirs, [arrays[name] for name in ours])
        if closest is None:
            continue
        measurement = renamed(closest, f"activations/{layer.reference}")
        places[measurement.tensor] = layer.title
        if not measurement.passed and before is not None and not handed_on:
            places[measurement.tensor] = f"between {before.title} and {layer.title}"
        measured.append(measurement)
        last = _closest(evidence, theirs[-1:], [arrays[name] for name in ours[-1:]])
        handed_on = last is None or last.passed or not measurement.passed
        before = layer
    return Compared(tuple(measured), places)


def _of(arrays: Arrays, layer: str) -> list[str]:
    """Names of a layer's arrays, in order."""
    prefix = f"activations/{layer}/"
    return sorted(n for n in arrays if n.startswith(prefix) and "/" not in n[len(prefix) :])


def _closest(
    evidence: Evidence, theirs: Sequence[str], ours: Sequence[np.ndarray]
) -> Measurement | None:
    """The comparison of the two that come closest; None where no sizes fit."""
    found = [
        evidence.measure(name, np.reshape(array, evidence.arrays[name].shape))
        for name in theirs
        for array in ours
        if np.size(array) == evidence.arrays[name].size
    ]
    return min(found, key=lambda m: m.ratio, default=None)
