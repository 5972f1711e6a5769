"""`python -m harness throughput`: what it prints, refuses, and returns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness import machine
from harness.report.measurements import Throughput
from harness.worker import ROOT

SMALL = ["--model", "pointnet_cls_basic", "--mode", "inference"]
SMALL += ["--batch", "2", "--points", "16", "--rounds", "2"]
SMALL += ["--contender", "tf2_native@tensorflow"]


def harness(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", "throughput", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_it_prints_writes_and_compares(tmp_path: Path) -> None:
    run = harness(*SMALL, "--json", "--out", tmp_path)
    assert run.returncode == 0, run.stderr
    file = tmp_path / "results" / "throughput.json"
    written = json.loads(file.read_text())
    assert json.loads(run.stdout) == written
    assert (tmp_path / "throughput.md").exists()
    assert 'id="throughput"' in (tmp_path / "index.html").read_text()

    found = Throughput.from_json(written)
    faster = [replace(r, clouds_per_second=1e9, spread=0.0) for r in found.records]
    (tmp_path / "before.json").write_text(
        json.dumps(replace(found, records=tuple(faster)).to_json())
    )
    run = harness(*SMALL, "--out", tmp_path, "--baseline", tmp_path / "before.json")
    assert run.returncode == 1, run.stderr
    assert "slower" in run.stdout


@pytest.mark.skipif(bool(machine.gpus()), reason="this machine has a GPU")
def test_without_a_gpu_one_line_says_so(tmp_path: Path) -> None:
    run = harness("--device", "gpu", "--out", tmp_path)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "no GPU" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_baseline_that_is_none_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text('{"schema": 7}')
    run = harness("--baseline", tmp_path / "before.json", "--out", tmp_path / "out")
    assert run.returncode == 2
    assert "before.json" in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_contender_there_is_not_is_refused(tmp_path: Path) -> None:
    run = harness("--contender", "tf2_native@torch7", "--out", tmp_path)
    assert run.returncode == 2
    assert "tf2_native@jax" in run.stderr
