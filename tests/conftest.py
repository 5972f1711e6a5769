"""Options of the whole test suite: benchmarks run when asked for, and leave their results."""

from __future__ import annotations

from pathlib import Path

import pytest

RESULTS = Path(__file__).resolve().parents[1] / "reports" / "results"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full",
        action="store_true",
        help="With --benchmark-only: every network, batch size and number of points.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep what pytest-benchmark writes, wherever nobody says otherwise."""
    option = config.option
    if option.benchmark_only and not option.benchmark_json:
        RESULTS.mkdir(parents=True, exist_ok=True)
        option.benchmark_json = str(RESULTS / "benchmark.json")
