"""Training on several devices and processes: what is shared, and what comes out the same."""

import csv
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tf2_native.data import Clouds
from tf2_native.distribution import Distribution
from tf2_native.errors import InputError

ROOT = Path(__file__).parents[2]


def _clouds(count):
    return Clouds(np.zeros((count, 2, 3), "float32"), np.arange(count, dtype="int32"))


def test_processes_share_a_batch_out():
    shares = [Distribution("jax", "host:1", 3, i).share(_clouds(6)).labels for i in range(3)]
    assert [share.tolist() for share in shares] == [[0, 1], [2, 3], [4, 5]]
    assert len(Distribution().share(_clouds(5))) == 5


@pytest.mark.parametrize(
    ("distribution", "complaint"),
    [
        (Distribution(num_processes=2), "need --distribute jax"),
        (Distribution("jax", num_processes=2), "need --coordinator"),
        (Distribution("jax", "host:1", 2, 2), "it goes from 0 to 1"),
        (
            Distribution("mirrored" if keras.backend.backend() == "jax" else "jax"),
            "set KERAS_BACKEND=",
        ),
    ],
)
def test_what_does_not_go_together(distribution, complaint):
    with pytest.raises(InputError, match=complaint):
        distribution.check()


# -- in processes of their own ---------------------------------------------------------------------


def _start(arguments, **environment):
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _free_port():
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return listener.getsockname()[1]


def _histories(folder, tmp_path, processes):
    """Trains two epochs in float64 in so many processes; gives the rows of `history.csv`."""
    (tmp_path / "keras.json").write_text(json.dumps({"floatx": "float64"}))
    log_dir = tmp_path / f"log{processes}"
    options = ["--model", "pointnet_cls_basic", "--num-point", "16", "--batch-size", "4"]
    # Without Adam, which makes whole steps of gradients that are nothing but rounding.
    options += ["--max-epoch", "2", "--seed", "3", "--optimizer", "momentum"]
    options += ["--data", str(folder), "--log-dir", str(log_dir)]
    if processes > 1:
        options += ["--distribute", "jax", "--num-processes", str(processes)]
        options += ["--coordinator", f"localhost:{_free_port()}", "--process-id"]
    started = [
        _start(
            ["-m", "tf2_native.train", *options, *([str(number)] if processes > 1 else [])],
            KERAS_BACKEND="jax",
            KERAS_HOME=str(tmp_path),
            JAX_ENABLE_X64="1",
            JAX_PLATFORMS="cpu",
        )
        for number in range(processes)
    ]
    try:
        said = [process.communicate(timeout=240)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    assert [process.returncode for process in started] == [0] * processes, said
    with (log_dir / "history.csv").open() as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def test_two_processes_learn_what_one_does(folder, tmp_path):
    """The same batches, masks of dropout and statistics of batch norm; so, the same losses."""
    pytest.importorskip("jax")
    one, two = (_histories(folder, tmp_path, processes) for processes in (1, 2))
    assert len(one) == len(two) == 2
    for alone, together in zip(one, two, strict=True):
        assert together == pytest.approx(alone, rel=1e-8)
    assert (tmp_path / "log2" / "best.keras").exists()


def test_each_device_walks_through_its_own_clouds():
    """No device gathers the others' clouds: sums of gradients and statistics are all it is sent."""
    pytest.importorskip("jax")
    process = _start(
        ["tests/tf2_native/sharded_process.py"],
        KERAS_BACKEND="jax",
        JAX_PLATFORMS="cpu",
        XLA_FLAGS="--xla_force_host_platform_device_count=2",
    )
    said = process.communicate(timeout=120)[0]
    found = json.loads(said.splitlines()[-1])
    assert found["sent"] == ["all-reduce"]
    for together, alone in zip(found["together"], found["alone"], strict=True):
        np.testing.assert_allclose(together, alone, rtol=1e-5, atol=1e-5)


def test_mirrored_replicas_have_statistics_of_their_own():
    pytest.importorskip("tensorflow")
    process = _start(["tests/tf2_native/mirrored_process.py"], KERAS_BACKEND="tensorflow")
    said = process.communicate(timeout=120)[0]
    found = json.loads(said.splitlines()[-1])
    x = np.random.default_rng(0).normal(size=(4, 3, 3)).astype("float32")
    halves = [half.var((0, 1)) for half in (x[:2], x[2:])]
    np.testing.assert_allclose(found["variances"], halves, rtol=1e-5)
    np.testing.assert_allclose(found["saved"], halves[0], rtol=1e-5)
    # Each normalises by its own; what layers add to the loss is averaged over the replicas.
    normalised = [
        (half - half.mean((0, 1))) / np.sqrt(half.var((0, 1)) + 1e-3) for half in (x[:2], x[2:])
    ]
    error = np.mean((np.concatenate(normalised) - x) ** 2)
    gram = [half @ half.swapaxes(1, 2) - np.eye(3) for half in normalised]
    penalties = [0.001 * np.sum(residual**2) / 2 for residual in gram]
    assert found["loss"] == pytest.approx(error + np.mean(penalties), rel=1e-5)
