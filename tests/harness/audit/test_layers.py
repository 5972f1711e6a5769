"""Activations of layers whose borders lie elsewhere, settings that differ, and likely causes."""

from __future__ import annotations

import numpy as np

from harness.audit.activations import compare_activations
from harness.audit.causes import causes
from harness.audit.ladder import RUNGS
from harness.audit.layers import LayerPair, pair_layers
from harness.audit.mapping import find_mapping
from harness.audit.spec import Weights
from harness.commands.audit import RUNGS as COMMAND_RUNGS
from harness.diagnosis import Departure
from harness.models import Parameter
from harness.outcome import Finding, Outcome
from harness.subject import Evidence
from harness.tolerance import Measurement

LAYERS = (LayerPair("conv1", "c1", {}), LayerPair("conv2", "c2", {}))
RNG = np.random.default_rng(0)
LINEAR, POOLED, SECOND = (RNG.standard_normal(shape) for shape in ((2, 8), (2, 4), (2, 3)))
RELU = np.maximum(LINEAR, 0)


def evidence(**arrays: np.ndarray) -> Evidence:
    named = {f"activations/{k.replace('__', '/')}": a for k, a in arrays.items()}
    return Evidence(named, dict.fromkeys(named, 1e-16), "float64")


def theirs() -> Evidence:
    """A reference whose first layer ends after its activation, and is pooled."""
    return evidence(conv1__000=RELU, conv1__001=POOLED, conv2__000=SECOND)


def ours(**arrays: np.ndarray) -> dict[str, np.ndarray]:
    return {f"activations/{k.replace('__', '/')}": a for k, a in arrays.items()}


def test_a_layer_may_end_before_its_activation_function() -> None:
    given = ours(c1__000=LINEAR, c1__001=RELU, c1__002=POOLED, c2__000=SECOND)
    found = compare_activations(LAYERS, theirs(), given)
    assert [m.passed for m in found.measured] == [True, True]


def test_a_lost_activation_function_departs_at_its_layer() -> None:
    given = ours(c1__000=LINEAR, c1__001=POOLED + 1, c2__000=SECOND + 1)
    found = compare_activations(LAYERS, theirs(), given)
    assert [m.passed for m in found.measured] == [False, False]
    assert found.place(found.measured[0]) == "conv1 (here c1)"


def test_another_pooling_departs_between_its_layers() -> None:
    given = ours(c1__000=RELU, c1__001=POOLED + 1, c2__000=SECOND + 1)
    found = compare_activations(LAYERS, theirs(), given)
    assert [m.passed for m in found.measured] == [True, False]
    assert found.place(found.measured[1]) == "between conv1 (here c1) and conv2 (here c2)"


def test_layers_are_paired_by_their_weights_and_their_settings_compared() -> None:
    names = (("bn/gamma", "norm/gamma"), ("bn/beta", "norm/beta"))
    mapping = find_mapping(
        [Parameter(a, (4,), True) for a, _ in names],
        [Parameter(b, (4,), True) for _, b in names],
        Weights(),
    )
    settings = {"epsilon": 1e-3, "momentum": 0.9}, {"epsilon": 1e-5, "momentum": 0.9}
    (layer,) = pair_layers(mapping, ["bn"], ["norm"], {"bn": settings[0]}, {"norm": settings[1]})
    assert (layer.reference, layer.candidate) == ("bn", "norm")
    assert layer.differs == {"epsilon": (1e-3, 1e-5)}


def departure(rung: str, tensor: str, place: str, gain: float = 1.0) -> Departure:
    measured = Measurement(tensor, 1.0, 1e-16, 1.0, gain)
    return Departure(rung, Outcome((measured,), (Finding(rung, place, "departs", tensor),)))


def test_a_setting_that_differs_where_it_begins_is_the_cause() -> None:
    layers = (LayerPair("bn", "norm", {"epsilon": (1e-3, 1e-5), "momentum": (0.9, 0.99)}),)
    (inference,) = causes(departure("inference", "activations/bn", "bn"), layers, "bn")
    assert inference.hazard == "batch_norm_epsilon"
    assert "0.001 in the reference, 1e-05 in the candidate" in inference.evidence
    (state,) = causes(departure("state", "state/001/bn/moving_mean", "bn"), layers, "bn")
    assert state.hazard == "batch_norm_momentum"


def test_a_biased_average_is_told_from_another_momentum() -> None:
    differs = {"momentum": (0.9, 0.99), "moving_variance": ("unbiased", "biased")}
    layers = (LayerPair("bn", "norm", differs),)
    (cause,) = causes(departure("state", "state/001/bn/moving_variance", "bn"), layers, "bn")
    assert cause.hazard == "batch_norm_unbiased_variance"
    assert "unbiased in the reference, biased in the candidate" in cause.evidence


def test_what_cannot_be_read_off_is_named_by_its_signature() -> None:
    frozen = departure("state", "state/001/bn/moving_mean", "bn/moving_mean", gain=0.0)
    assert [c.hazard for c in causes(frozen, (), "bn/moving_mean")] == ["moving_statistics_frozen"]


def test_the_command_knows_the_rungs_of_the_ladder() -> None:
    assert tuple(RUNGS) == COMMAND_RUNGS
