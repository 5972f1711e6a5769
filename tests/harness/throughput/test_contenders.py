"""Who takes part, and what the absent say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.runtimes import RuntimeUnavailable
from harness.throughput.contenders import CONTENDERS, PEERS_PYTHON, environment
from harness.throughput.plan import Setting

BY_KEY = {contender.key: contender for contender in CONTENDERS}


def test_keys_tell_them_apart() -> None:
    assert len(BY_KEY) == len(CONTENDERS)


def test_peers_come_from_the_interpreter_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = BY_KEY["pointnet@torch"]
    monkeypatch.setenv(PEERS_PYTHON, str(tmp_path / "none"))
    with pytest.raises(RuntimeUnavailable, match=PEERS_PYTHON):
        peer.interpreter()
    (tmp_path / "sitecustomize.py").write_text("")
    for module in peer.packages:
        (tmp_path / f"{module}.py").write_text("")
    monkeypatch.setenv(PEERS_PYTHON, sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert peer.interpreter() == Path(sys.executable)


def test_native_on_jax_asks_for_no_tensorflow() -> None:
    assert BY_KEY["tf2_native@jax"].packages == ("keras", "jax")


def test_objections() -> None:
    half = Setting("pointnet_cls", "training", 1, 1, "float16")
    assert "float16" in BY_KEY["original_tf1@tf1"].objection(half)
    assert BY_KEY["tf2_native@jax"].objection(half) == ""
    basic = Setting("pointnet_cls_basic", "training", 1, 1)
    assert "shape" in BY_KEY["torch-pointcloud@torch"].objection(basic)


def test_threads_are_pinned_for_every_library() -> None:
    found = environment(3, "cpu")
    assert {found[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC")} == {"3"}
    assert found["CUDA_VISIBLE_DEVICES"] == "-1"
    on_gpu = environment(3, "gpu")
    assert "CUDA_VISIBLE_DEVICES" not in on_gpu
    assert on_gpu["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
