"""Which layer is which, and what is set differently in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.audit.mapping import Mapping as WeightMapping
from harness.audit.names import scope


@dataclass(frozen=True)
class LayerPair:
    """Layers whose parameters correspond.

    Attributes:
        reference, candidate: their scopes.
        differs: what is set differently, by setting: the reference's value and the candidate's.
    """

    reference: str
    candidate: str
    differs: Mapping[str, tuple[Any, Any]]

    @property
    def title(self) -> str:
        """Both names, or the one if they are the same."""
        same = self.reference == self.candidate
        return self.reference if same else f"{self.reference} (here {self.candidate})"


def pair_layers(
    mapping: WeightMapping,
    order: Iterable[str],
    candidates: Iterable[str],
    theirs: Mapping[str, Mapping[str, Any]],
    ours: Mapping[str, Mapping[str, Any]],
) -> tuple[LayerPair, ...]:
    """Pair layers by their parameters.

    Arguments:
        mapping: of the parameters.
        order: scopes of the reference, in the order of computation.
        candidates: layers of the candidate.
        theirs, ours: settings by layer.
    """
    known = list(candidates)
    found: dict[str, str] = {}
    for link in mapping.links:
        found.setdefault(scope(link.references[0]), _layer_of(scope(link.candidates[0]), known))
    ranks = {name: i for i, name in enumerate(order)}
    ranked = sorted(found, key=lambda name: ranks.get(name, len(ranks)))
    return tuple(
        LayerPair(name, found[name], _differences(theirs.get(name, {}), ours.get(found[name], {})))
        for name in ranked
    )


def _layer_of(name: str, layers: list[str]) -> str:
    """The layer that a scope belongs to: a cell's weights are its recurrent layer's."""
    holding = [layer for layer in layers if (name + "/").startswith(layer + "/")]
    return max(holding, key=len, default=name)


def _differences(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        key: (theirs[key], ours[key])
        for key in theirs
        if key in ours and not _same(theirs[key], ours[key])
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (int, float)):
        # A graph keeps its settings as float32.
        return abs(one - other) <= 1e-6 * max(abs(one), abs(other))
    return bool(one == other)
