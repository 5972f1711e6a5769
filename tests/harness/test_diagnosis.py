"""The diagnosis: a departure is called by the hazard that looks like it, and by no other."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan

import pytest

from harness.diagnosis import Departure, diagnose
from harness.hazards import HAZARDS, Hazard, Signature
from harness.outcome import Finding, Outcome
from harness.tolerance import Measurement


def departure(
    rung: str = "optimiser", gain: float = 0.5, agrees: bool = True, **told: object
) -> Departure:
    slot = Measurement("adam/slots/conv1/weights/m", 0.0 if agrees else 1.0, 1e-9, 1.0)
    parameter = Measurement("adam/parameters/conv1/weights", 1e-3, 1e-9, 1.0, gain, **told)
    finding = Finding(rung, "adam: conv1/weights", "departs", parameter.tensor)
    return Departure(rung, Outcome((slot, parameter), (finding,)))


def hazard(**signature: object) -> Hazard:
    told = {"departs": ("adam/parameters/*",), **signature}
    return replace(HAZARDS["adam_epsilon"], signature=Signature(**told))


def fits(known: Hazard, found: Departure) -> bool:
    return diagnose(found, [known]) == (known,)


def test_the_first_tensor_has_to_fit_on_the_same_rung() -> None:
    assert fits(hazard(), departure())
    assert not fits(hazard(), departure(rung="gradients"))
    assert not fits(hazard(departs=("momentum/*",)), departure())


def test_what_has_to_agree_has_to_agree() -> None:
    known = hazard(agrees=("adam/slots/*",))
    assert fits(known, departure())
    assert not fits(known, departure(agrees=False))


def test_what_has_to_depart_along_with_it_has_to_depart() -> None:
    known = hazard(along=("adam/slots/*/m",))
    assert fits(known, departure(agrees=False))
    assert not fits(known, departure())


@pytest.mark.parametrize(("gain", "expected"), [(0.5, True), (0.6, False), (nan, False)])
def test_the_gain_has_to_be_within_bounds(gain: float, expected: bool) -> None:
    assert fits(hazard(gain=(0.4, 0.55)), departure(gain=gain)) is expected


def test_the_relative_distance_has_to_be_within_bounds() -> None:
    assert fits(hazard(relative=(1e-4, 1e-2)), departure())
    assert not fits(hazard(relative=(inf, inf)), departure())


@pytest.mark.parametrize(("share", "expected"), [(0.2, True), (0.6, False), (nan, False)])
def test_the_share_that_departs_has_to_be_within_bounds(share: float, expected: bool) -> None:
    assert fits(hazard(share=(0.0, 0.5)), departure(share=share)) is expected


def test_going_below_zero_counts_where_it_is_asked_for() -> None:
    below = departure(negative=True)
    assert fits(hazard(negative=True), below)
    assert fits(hazard(), below)
    assert not fits(hazard(negative=False), below)


def test_two_that_look_alike_are_both_called() -> None:
    one, other = hazard(), hazard(gain=(0, 1))
    assert diagnose(departure(), [one, other]) == (one, other)
