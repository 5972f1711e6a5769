"""Every implementation in every runtime: `pytest --benchmark-only`, and `--full` for the sweep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.report.measurements import InputPipeline, Record, Throughput
from harness.throughput.contenders import Contender
from harness.throughput.plan import Setting


class Replay:
    """A timer that goes forward by what was measured, when the measured function is called.

    The seconds were taken round by round, all contenders in turn; pytest-benchmark, which times one
    function at a time, is handed them afterwards and makes its statistics and its JSON of them.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._seconds: Iterator[float] = iter(())

    def __call__(self) -> float:
        return self.now

    def load(self, seconds: tuple[float, ...]) -> None:
        self._seconds = iter(seconds)

    def step(self) -> None:
        self.now += next(self._seconds)


REPLAY = Replay()


def replay(benchmark: BenchmarkFixture, seconds: tuple[float, ...]) -> None:
    REPLAY.load(seconds)
    benchmark.pedantic(REPLAY.step, rounds=len(seconds), iterations=1)


def reason(found: Throughput, *names: str) -> str:
    """Why something was not measured."""
    for omission in found.omissions:
        if omission.what in names:
            return f"{omission.what}: {omission.reason}"
    raise AssertionError(f"{names[-1]} was neither measured nor left out")


@pytest.mark.benchmark(timer=REPLAY, disable_gc=True)
def test_step(
    benchmark: BenchmarkFixture, measured: Throughput, setting: Setting, contender: Contender
) -> None:
    def sought(record: Record) -> bool:
        asked = setting.model, setting.mode, setting.batch, setting.points, setting.precision
        given = record.model, record.mode, record.batch, record.points, record.precision
        return asked == given and record.contender == contender.key

    record = next(filter(sought, measured.records), None)
    if record is None:
        pytest.skip(reason(measured, contender.key, f"{contender.key}, {setting}"))
    benchmark.group = str(setting)
    benchmark.extra_info.update(
        clouds_per_second=record.clouds_per_second,
        against_reference=record.against_reference,
        against_peer=record.against_peer,
        roofline_share=record.roofline_share,
        memory_added_bytes=record.memory_added_bytes,
        threads=record.threads,
    )
    replay(benchmark, record.seconds)
    assert record.clouds_per_second > 0
    assert record.roofline_share > 0


@pytest.mark.benchmark(timer=REPLAY, disable_gc=True)
def test_input_pipeline(
    benchmark: BenchmarkFixture, measured: Throughput, feeder: Contender
) -> None:
    def sought(pipeline: InputPipeline) -> bool:
        return (pipeline.implementation, pipeline.runtime) == (
            feeder.implementation,
            feeder.runtime,
        )

    pipeline = next(filter(sought, measured.pipelines), None)
    if pipeline is None:
        pytest.skip(reason(measured, feeder.key, f"{feeder.key}, input pipeline"))
    benchmark.group = "HDF5 to device"
    benchmark.extra_info["clouds_per_second"] = pipeline.clouds_per_second
    replay(benchmark, pipeline.seconds)
    assert pipeline.clouds_per_second > 0
