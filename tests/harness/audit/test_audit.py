"""Audits end to end: small Keras models anywhere, the examples where TensorFlow 1.15 is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.worker import ROOT

Run = subprocess.CompletedProcess[str]
EXAMPLES = ROOT / "examples"


def audit(*arguments: str | Path) -> Run:
    command = [sys.executable, "-m", "harness", "audit", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def answer(run: Run) -> Mapping[str, object]:
    found: Mapping[str, object] = json.loads(run.stdout)
    return found


NETWORKS = """
import keras
from keras import layers

def build(epsilon=1e-3, units=4):
    x = keras.Input([6], name="x")
    h = layers.Dense(8, activation="relu", name="fc1")(x)
    h = layers.BatchNormalization(epsilon=epsilon, name="bn")(h)
    return keras.Model(x, layers.Dense(units, name="logits")(h))

def renamed():
    x = keras.Input([6], name="x")
    h = layers.Dense(8, name="hidden")(x)
    h = layers.ReLU(name="relu")(h)
    h = layers.BatchNormalization(epsilon=1e-3, name="norm")(h)
    return keras.Model(x, layers.Dense(4, name="head")(h))

def broken():
    return 1 / 0
"""

SPEC = """
[reference]
runtime = "tensorflow"
build = "networks:build"

[candidate]
runtime = "tensorflow"
build = "networks:{function}"
{more}

[inputs]
x = {{ shape = [5, 6] }}
y = {{ shape = [5], classes = 4 }}

[loss]
kind = "sparse_softmax_cross_entropy"
labels = "y"

[optimizer]
kind = "adam"
"""


def described(folder: Path, function: str = "renamed", more: str = "") -> Path:
    (folder / "networks.py").write_text(NETWORKS)
    (folder / "spec.toml").write_text(SPEC.format(function=function, more=more))
    return folder / "spec.toml"


def test_a_rewrite_with_other_names_and_layers_is_equivalent(tmp_path: Path) -> None:
    run = audit(described(tmp_path), "--json", "--out", tmp_path / "out")
    assert run.returncode == 0, run.stderr
    found = answer(run)
    assert found["precision"] == "float64"
    page = (tmp_path / "out" / "audit.md").read_text()
    assert "# spec: equivalent" in page
    assert "| `fc1/kernel` | `hidden/kernel` |" in page
    assert json.loads((tmp_path / "out" / "results" / "audit.json").read_text()) == found
    assert "fc1/kernel" in (tmp_path / "out" / "index.html").read_text()


def test_another_epsilon_is_found_at_its_layer_and_named(tmp_path: Path) -> None:
    spec = described(tmp_path, "build", "arguments = { epsilon = 1e-5 }")
    run = audit(spec, "--json", "--rung", "inference")
    assert run.returncode == 1, run.stderr
    verdict = answer(run)["verdict"]
    assert isinstance(verdict, dict)
    assert (verdict["rung"], verdict["place"], verdict["isolated"]) == ("inference", "bn", True)
    assert [cause["hazard"] for cause in verdict["causes"]] == ["batch_norm_epsilon"]


def test_what_fails_in_the_users_code_is_one_line(tmp_path: Path) -> None:
    spec = described(tmp_path, "broken")
    run = audit(spec, "--precision", "float32", "--out", tmp_path / "out")
    assert run.returncode == 2
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("harness: ")]
    assert "networks.py:19, in broken: ZeroDivisionError: division by zero" in line
    assert "Traceback" not in run.stderr
    assert not [file for file in (tmp_path / "out").rglob("*") if file.is_file()]


@pytest.mark.tf1
@pytest.mark.parametrize(
    "example",
    ["mnist_convnet/native.toml", "lstm/native.toml", "slim_batch_norm/upgraded.toml"],
)
def test_examples_are_equivalent(example: str) -> None:
    run = audit(EXAMPLES / example, "--json")
    assert run.returncode == 0, run.stderr
    assert answer(run)["precision"] == "float64"


@pytest.mark.tf1
def test_the_planted_fault_is_found_and_named() -> None:
    run = audit(EXAMPLES / "slim_batch_norm/native_with_fault.toml", "--json")
    assert run.returncode == 1, run.stderr
    verdict = answer(run)["verdict"]
    assert isinstance(verdict, dict)
    assert verdict["place"] == "SmallNet/conv1/BatchNorm/moving_mean"
    (cause,) = verdict["causes"]
    assert cause["hazard"] == "batch_norm_momentum"
    assert "0.9 in the reference, 0.99 in the candidate" in cause["evidence"]


@pytest.mark.tf1
@pytest.mark.parametrize(
    ("old", "new", "mentioned"),
    [
        ('logits = "logits"', 'logits = "logitz"', "outputs.logits: neither returned nor a tensor"),
        ('loss = "loss"', 'loss = "lost"', "did you mean loss"),
        ('training = "is_training"', "", "placeholder 'is_training' is not fed"),
        ("[8, 28, 28, 1]", "[8, 20, 20, 1]", "does not fit images:0, which is [None, 784]"),
    ],
)
def test_what_is_not_in_the_graph_is_one_line(
    tmp_path: Path, old: str, new: str, mentioned: str
) -> None:
    text = (EXAMPLES / "mnist_convnet/native.toml").read_text()
    assert old in text
    for name in ("original.py", "native.py"):
        (tmp_path / name).write_text((EXAMPLES / "mnist_convnet" / name).read_text())
    (tmp_path / "spec.toml").write_text(text.replace(old, new, 1))
    run = audit(tmp_path / "spec.toml", "--precision", "float32")
    assert run.returncode == 2
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("harness: ")]
    assert mentioned in line
    assert "Traceback" not in run.stderr
