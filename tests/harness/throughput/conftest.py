"""Planted measurements: two settings, the original, the native rewrite and a peer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.report.measurements import (
    Growth,
    InputPipeline,
    Mode,
    Omission,
    Record,
    Roofline,
    Settings,
    StartUp,
    Throughput,
)
from harness.report.schema import Machine

CONTENDERS = (("original_tf1", "tf1"), ("tf2_native", "jax"), ("pointnet", "torch"))
SPEED = {"original_tf1": 1.0, "tf2_native": 5.0, "pointnet": 2.0}


def record(implementation: str, runtime: str, mode: Mode, batch: int = 32) -> Record:
    rate = SPEED[implementation] * (7.0 if mode == "training" else 25.0)
    return Record(
        model="pointnet_cls",
        implementation=implementation,
        runtime=runtime,
        device="cpu",
        mode=mode,
        batch=batch,
        points=1024,
        precision="float32",
        tf32=None,
        threads=2,
        seconds=tuple(batch / rate * factor for factor in (0.99, 1.0, 1.02)),
        clouds_per_second=rate,
        spread=0.015,
        points_per_second=1024 * rate,
        latency_ms=None if mode == "training" else 12.5,
        time_to_first_step=StartUp(3.0, 1.5, 0.0),
        peak_resident_bytes=3 << 29,
        memory_added_bytes=1 << 30,
        device_memory_bytes=None,
        gflops=0.9 * rate,
        roofline_share=0.3,
        roofline=Roofline("numpy 2.4.6", 180e9, 12e9, 0.01),
        against_reference=SPEED[implementation],
        against_peer=SPEED[implementation] / 2,
        versions={"numpy": "2.4.6"},
        started="2026-01-01T10:00:00Z",
    )


@pytest.fixture
def found() -> Throughput:
    modes: tuple[Mode, ...] = ("training", "inference")
    records = tuple(record(*who, mode) for mode in modes for who in CONTENDERS)
    return Throughput(
        started="2026-01-01T10:00:00Z",
        took_s=280.0,
        machine=Machine("Linux x86_64", "A processor", 2, 23.4, "not measured on a GPU"),
        settings=Settings(2, 7, 0.25, "VmHWM", "products", "arrays in, results out"),
        records=records,
        growth=(
            Growth(
                *("pointnet_cls", "tf2_native@jax", "cpu", "training", "float32", 9),
                *(0.001, 0.0002, 1.5e-6, 0.98, 0.97, 0.03),
            ),
        ),
        pipelines=(
            InputPipeline(
                *("tf2_native", "jax", "cpu", 32, 1024, 1024),
                *((0.5, 0.51), 2027.0, 0.01, 1.9),
            ),
        ),
        omissions=(Omission("tf2_native@torch", "torch is not installed"),),
    )


@pytest.fixture
def swept(found: Throughput) -> Throughput:
    """The same with a second batch size."""
    more = tuple(record(*who, "training", batch=8) for who in CONTENDERS)
    return replace(found, records=found.records + more)
