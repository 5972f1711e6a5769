"""The fits find the costs that were planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.report.measurements import Throughput
from harness.throughput.growth import affine, growth, power_law

BATCH, POINTS = (a.ravel() for a in np.meshgrid([1.0, 8, 32, 128], [256.0, 1024, 4096]))


def test_the_affine_costs_come_back() -> None:
    seconds = 2e-3 + 3e-4 * BATCH + 5e-6 * BATCH * POINTS
    assert affine(BATCH, POINTS, seconds) == pytest.approx((2e-3, 3e-4, 5e-6, 0), abs=1e-9)


def test_no_cost_is_negative() -> None:
    fixed, per_cloud, per_point, _ = affine(BATCH, POINTS, 1e-6 * (BATCH * POINTS) ** 1.1)
    assert min(fixed, per_cloud, per_point) >= 0


def test_the_exponents_come_back() -> None:
    seconds = 1e-6 * BATCH**0.9 * POINTS**1.2
    assert power_law(BATCH, POINTS, seconds) == pytest.approx((0.9, 1.2))


def test_a_grid_is_fitted_and_less_is_not(found: Throughput) -> None:
    assert growth(found.records) == ()
    base = found.records[0]
    grid = [
        replace(base, batch=b, points=n, clouds_per_second=b / (1e-3 + 1e-6 * b * n))
        for b in (1, 8)
        for n in (256, 1024)
    ]
    (fit,) = growth(grid)
    assert fit.contender == base.contender
    assert fit.per_point_s == pytest.approx(1e-6)
    assert fit.error < 1e-6
