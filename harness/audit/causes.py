"""Why a candidate departs: what is set differently where it begins, and hazards that look so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.audit.layers import LayerPair
from harness.audit.names import role
from harness.diagnosis import Departure, diagnose
from harness.hazards import HAZARDS

# Settings that can make a rung depart, and the hazard of the catalogue that each is known as.
_SETTINGS: Mapping[str, Mapping[str, str]] = {
    "inference": {
        "epsilon": "batch_norm_epsilon",
        "padding": "",
        "strides": "",
        "pooling": "",
    },
    # Where the mean agrees and the variance does not, the momentum is the same.
    "state/moving_mean": {"momentum": "batch_norm_momentum"},
    "state/moving_variance": {"moving_variance": "batch_norm_unbiased_variance"},
}
_TITLES = {
    "epsilon": "Batch norm's epsilon is another",
    "momentum": "Batch norm's momentum is another",
    "moving_variance": "The average of the variance is another",
    "padding": "The padding is another",
    "strides": "The strides are others",
    "pooling": "The pooling after the layer is another",
}
_MENDS = {
    "moving_variance": "TensorFlow's fused kernel averages the batch variance times n / (n - 1), "
    "Keras the batch variance: examples/slim_batch_norm/native.py has a layer that does the former."
}
# Signatures of these name tensors that only the networks of the catalogue have, or would fit
# anything: a lost training flag departs like every other fault of the training mode.
_ELSEWHERE = frozenset({"training_flag_lost", "batch_norm_gradient"})


@dataclass(frozen=True)
class Cause:
    """A likely cause.

    Attributes:
        hazard: its key in the catalogue; empty where the catalogue has none.
        title: the fault as one says it.
        evidence: why it is suspected.
        mends: what to do.
    """

    hazard: str
    title: str
    evidence: str
    mends: str


def causes(departure: Departure, layers: Sequence[LayerPair], place: str) -> tuple[Cause, ...]:
    """Likely causes of the first departure: those read off both networks, else by signature.

    Arguments:
        place: as the first finding names it.
    """
    read = [
        _read(layer, setting, hazard)
        for layer, settings in _concerned(departure, layers, place)
        for setting, hazard in settings.items()
        if setting in layer.differs
    ]
    if read:
        return tuple(read)
    known = (hazard for key, hazard in HAZARDS.items() if key not in _ELSEWHERE)
    return tuple(
        Cause(h.key, h.title, f"its signature fits the figures at {place}", h.mends)
        for h in diagnose(departure, known)
    )


def _concerned(
    departure: Departure, layers: Sequence[LayerPair], place: str
) -> list[tuple[LayerPair, Mapping[str, str]]]:
    """The layers whose settings can be to blame, and which settings."""
    tensor = departure.measured.tensor
    settings = _SETTINGS.get(departure.rung, {})
    if departure.rung == "state":
        parameter = tensor.split("/", 2)[2]
        settings = _SETTINGS.get(f"state/{role(parameter)}", {})
        return [(x, settings) for x in layers if parameter.startswith(x.reference + "/")]
    layer = tensor.split("/", 1)[1]
    position = next((i for i, x in enumerate(layers) if x.reference == layer), None)
    if position is None:
        return [(x, settings) for x in layers[-1:]]
    between = place.startswith("between ")
    found: list[tuple[LayerPair, Mapping[str, str]]] = []
    if position:
        found.append((layers[position - 1], {"pooling": ""}))
    if not between:
        found.append((layers[position], {k: h for k, h in settings.items() if k != "pooling"}))
    return found


def _read(layer: LayerPair, setting: str, hazard: str) -> Cause:
    theirs, ours = layer.differs[setting]
    evidence = (
        f"{setting} at {layer.title} is {_said(theirs)} in the reference, "
        f"{_said(ours)} in the candidate"
    )
    mends = _MENDS.get(setting, f"Give the candidate the reference's {setting}, and no default.")
    return Cause(hazard, _TITLES[setting], evidence, mends)


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "none"
    return str(value)
