"""One measurement for all benchmarks: contenders are timed in turn, so no test can time its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.models import MODELS
from harness.report.files import write_atomically
from harness.report.measurements import Throughput
from harness.throughput.contenders import CONTENDERS
from harness.throughput.pipelines import has_pipeline
from harness.throughput.plan import BATCHES, POINTS, Plan

ROUNDS, SECONDS = 5, 20.0  # of the default set, which is to fit in five minutes
RESULT = Path(__file__).resolve().parents[2] / "reports" / "results" / "throughput.json"


def plan_of(config: pytest.Config) -> Plan:
    """The default set, or with --full the sweep."""
    if config.getoption("--full"):
        return Plan(models=tuple(MODELS), batches=BATCHES, points=POINTS)
    return Plan(rounds=ROUNDS, seconds=SECONDS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each contender in each setting of the plan."""
    if "setting" in metafunc.fixturenames:
        settings = list(plan_of(metafunc.config).settings())
        metafunc.parametrize("setting", settings, ids=lambda s: str(s).replace(" ", "-"))
        metafunc.parametrize("contender", CONTENDERS, ids=lambda c: c.key)
    if "feeder" in metafunc.fixturenames:
        feeders = [contender for contender in CONTENDERS if has_pipeline(contender)]
        metafunc.parametrize("feeder", feeders, ids=lambda c: c.key)


@pytest.fixture(scope="session")
def measured(request: pytest.FixtureRequest) -> Throughput:
    """Everything the plan asks for; on disk after each setting."""
    from harness.throughput.run import run

    say = _voice(request.config)

    def keep(found: Throughput) -> None:
        write_atomically(RESULT, json.dumps(found.to_json(), indent=1, allow_nan=False) + "\n")

    found = run(plan_of(request.config), say, keep)
    for omission in found.omissions:
        say(f"left out: {omission.what}: {omission.reason}")
    say(f"wrote {RESULT}; python -m harness report makes the page")
    return found


def _voice(config: pytest.Config) -> Callable[[str], None]:
    """Says a line on the terminal at once, past the capture of a test's output."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    capture = config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            reporter.ensure_newline()
            reporter.write_line(f"  {line}")
            reporter.flush()

    return say


def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Results are passed on: the name of the machine is nobody's business."""
    machine_info.pop("node", None)
