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
    if config.getoption("benchmark_only", False) and not config.option.benchmark_json:
        RESULTS.mkdir(parents=True, exist_ok=True)
        config.option.benchmark_json = str(RESULTS / "benchmark.json")
