"""Loss curves: what stands out among clean ones, by their own measure."""

from __future__ import annotations

import numpy as np
import pytest

from harness.hazards.curves import share_outside, stands_out

STEPS = 100


@pytest.fixture
def clean() -> np.ndarray:
    """Eight curves that fall alike, and scatter."""
    rng = np.random.default_rng(0)
    return 3 * np.exp(-np.arange(STEPS) / 30) + 0.2 * rng.standard_normal((8, STEPS))


def test_a_clean_curve_does_not_stand_out(clean: np.ndarray) -> None:
    assert not any(stands_out(curve, clean) for curve in clean)
    assert not stands_out(clean.mean(axis=0), clean)


@pytest.mark.parametrize("fault", [lambda x: 2 * x, lambda x: 0 * x + 3, lambda x: x - 1])
def test_a_curve_of_its_own_stands_out(clean: np.ndarray, fault: object) -> None:
    assert stands_out(fault(clean[0]), clean)  # type: ignore[operator]


def test_a_spike_does_not_stand_out(clean: np.ndarray) -> None:
    curve = clean[0].copy()
    curve[50] = 100
    assert not stands_out(curve, clean)


def test_the_share_counts_steps_on_either_side_and_what_is_no_number() -> None:
    band = [[0.0] * 4, [1.0] * 4]
    assert share_outside([0.5, -1.0, 2.0, np.nan], band) == 0.75
    assert share_outside([0.0, 1.0, 0.5, 0.5], band) == 0.0
