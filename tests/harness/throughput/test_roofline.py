"""The roofline: its two roofs, and a probe of this machine."""

from __future__ import annotations

import pytest

from harness.report.measurements import Roofline
from harness.roofline import Probe, attainable, share, spread
from harness.throughput.contenders import environment

ROOFLINE = Roofline("a library", flops=100e9, bandwidth=10e9, spread=0.0)


def test_much_work_a_byte_is_bound_by_the_processor() -> None:
    assert attainable(ROOFLINE, flops=1e9, moved=1e6) == 100e9


def test_little_work_a_byte_is_bound_by_the_memory() -> None:
    assert attainable(ROOFLINE, flops=1e6, moved=1e6) == 10e9


def test_the_share_is_of_the_lower_roof() -> None:
    assert share(ROOFLINE, flops=1e9, moved=1e6, seconds=0.02) == pytest.approx(0.5)
    assert share(ROOFLINE, flops=1e6, moved=1e6, seconds=2e-4) == pytest.approx(0.5)


def test_the_spread_is_of_the_quartiles() -> None:
    assert spread([1, 2, 3, 4, 5]) == pytest.approx(2 / 3)
    assert spread([7.0]) == 0


def test_a_probe_measures_what_a_processor_can_do() -> None:
    settings = {"threads": 1, "device": "cpu", "precision": "float32", "tf32": None}
    probe = Probe(environment(1, "cpu"), settings, size=(256, 1 << 20))
    try:
        probe.measure()
        probe.measure()
        found = probe.roofline()
    finally:
        probe.close()
    assert found.library.startswith("numpy ")
    # Between a machine that is asleep and one that has not been built.
    assert 1e8 < found.flops < 1e14
    assert 1e8 < found.bandwidth < 1e13
