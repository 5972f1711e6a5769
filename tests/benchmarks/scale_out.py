"""Data-parallel training on the cores of one machine: `python tests/benchmarks/scale_out.py`.

One process on one core, two processes on a core each over the loopback interface, and two devices
of one process: the same global batch, the same network, JAX. Prints a line of JSON for each.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL, BATCH, POINTS = "pointnet_cls", 32, 1024
WARM, STEPS = 2, 8


def measure(what: str, processes: int, devices: int) -> dict[str, object]:
    """Starts the processes, a core for each of their devices, and waits for what the first says."""
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        port = listener.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    started = []
    for number in range(processes):
        command = [sys.executable, __file__, "--processes", str(processes)]
        command += ["--devices", str(devices), "--number", str(number), "--port", str(port)]
        started.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        )
    said = [process.communicate()[0] for process in started]
    if any(process.returncode for process in started):
        raise SystemExit(f"{what}: a process failed")
    return {"what": what, **json.loads(said[0].splitlines()[-1])}


def train(processes: int, devices: int, number: int, port: int) -> None:
    """Takes steps in one of the processes; prints seconds a step, and what went over loopback."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[number : number + devices])
    from tf2_native import RECIPES, build_model, compile_model
    from tf2_native.distribution import Distribution

    shared = processes * devices > 1
    distribution = Distribution(
        "jax" if shared else None,
        f"localhost:{port}" if processes > 1 else None,
        num_processes=processes,
        process_id=number,
    )
    with distribution.scope(BATCH):
        recipe = dataclasses.replace(RECIPES[MODEL], batch_size=BATCH, num_points=POINTS)
        model = build_model(MODEL, num_points=POINTS, bn_momentum=recipe.bn_momentum_schedule())
        compile_model(model, recipe)
        seconds, sent = [], []
        for taken in steps(model, BATCH // processes):
            seconds.append(taken[0])
            sent.append(taken[1])
    median = statistics.median(seconds[WARM:])
    print(
        json.dumps(
            {
                "seconds": round(median, 4),
                "clouds_per_second": round(BATCH / median, 1),
                "loopback_megabytes": round(statistics.median(sent[WARM:]) / 1e6, 1),
            }
        )
    )


def steps(model: object, share: int) -> Iterator[tuple[float, int]]:
    """Seconds of each step, and bytes that went through the loopback interface meanwhile."""
    import numpy as np

    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (share, POINTS, 3)).astype(np.float32)
    labels = rng.integers(0, 40, share).astype(np.int32)
    for _ in range(WARM + STEPS):
        before, started = loopback_bytes(), time.perf_counter()
        model.train_on_batch(points, labels)  # type: ignore[attr-defined]
        yield time.perf_counter() - started, loopback_bytes() - before


def loopback_bytes() -> int:
    """Bytes received through `lo` since the machine started."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        name, _, counters = line.partition(":")
        if name.strip() == "lo":
            return int(counters.split()[0])
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--processes", "--devices", "--number", "--port"):
        parser.add_argument(option, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.number is not None:
        train(given.processes, given.devices, given.number, given.port)
        return
    print(json.dumps(measure("one process, one core", 1, 1)))
    print(json.dumps(measure("two processes, a core each", 2, 1)))
    print(json.dumps(measure("two devices of one process", 1, 2)))


if __name__ == "__main__":
    main()
