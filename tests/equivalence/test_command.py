"""The commands people were promised, on real workers: equivalence, trace and compare."""

import json
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from harness import exchange
from harness.cases import Case
from harness.equivalence import COMPAT, cast
from harness.hazards import HAZARDS
from harness.worker import ROOT


def harness(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)


@pytest.fixture(scope="module")
def files(cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights and batch of a case, as the trace command takes them."""
    folder = tmp_path_factory.mktemp("case")
    case = cases["pointnet_cls_basic"]
    exchange.write(folder / "weights.h5", case.weights, {"model": case.model.key})
    exchange.write(folder / "batch.h5", case.batch)
    return folder


def trace(files: Path, implementation: str, runtime: str, *more: object) -> Path:
    out = files / f"{implementation}-{runtime}.h5"
    run = harness(
        *("trace", "--implementation", implementation, "--runtime", runtime, *more),
        *("--model", "pointnet_cls_basic", "--precision", "float64", "--mode", "training"),
        *("--weights", files / "weights.h5", "--batch", files / "batch.h5", "--out", out),
        *("--bn-decay", 0.7, "--dropout", "masks", "--activations"),
    )
    assert run.returncode == 0, run.stderr
    return out


@pytest.fixture(scope="module")
def original(files: Path) -> Path:
    """A training trace of the original on the best reference there is."""
    return trace(files, *cast().live)


@pytest.mark.parametrize("pair", [("tf2_upgraded", "tf2"), ("tf2_native", "tensorflow")])
def test_traces_of_two_implementations_agree(
    pair: tuple[str, str], files: Path, original: Path
) -> None:
    run = harness("compare", original, trace(files, *pair), "--json")
    assert run.returncode == 0, run.stdout
    apart = {t["tensor"]: t["relative"] for t in json.loads(run.stdout)["tensors"]}
    # Adam divides rounding noise by itself where a gradient is zero by construction: that of a bias
    # in front of a batch norm. The original's alone is worth more than 1e-10 after a step.
    noisy = {n: apart.pop(n) for n in list(apart) if fnmatch(n, "parameters/*/biases")}
    assert max(apart.values()) <= 1e-10
    assert max(noisy.values()) <= 1e-9


def test_a_trace_says_what_it_is(original: Path) -> None:
    arrays, attributes, noise = exchange.read(original)
    assert attributes["model"] == "pointnet_cls_basic"
    assert (attributes["precision"], attributes["mode"]) == ("float64", "training")
    assert "tensorflow" in json.loads(attributes["versions"])
    assert set(noise) == set(arrays)
    for name in ("outputs/logits", "loss", "after/loss", "gradients/conv1/weights"):
        assert arrays[name].dtype == "float64"
    assert arrays["activations/conv1"].shape[2:] == (1, 64)
    assert arrays["state/conv1/bn/moving_mean"].shape == (64,)
    assert arrays["parameters/conv1/weights"].shape == (1, 3, 1, 64)


def test_compare_tells_traces_apart(files: Path, original: Path) -> None:
    arrays, attributes, noise = exchange.read(original)
    arrays["gradients/fc1/weights"][0, 0] += 1e-9
    exchange.write(files / "changed.h5", arrays, attributes, noise)
    run = harness("compare", original, files / "changed.h5", "--json")
    assert run.returncode == 1
    tensors = json.loads(run.stdout)["tensors"]
    assert [t["tensor"] for t in tensors if not t["passed"]] == ["gradients/fc1/weights"]


def test_equivalence_leaves_its_reports(tmp_path: Path) -> None:
    options = ["--model", "pointnet_cls_basic", "--precision", "float64"]
    rungs = ["structure", "inference", "pipeline"]
    options += [part for rung in rungs for part in ("--rung", rung)]
    run = harness("equivalence", *options, "--out", tmp_path)
    assert run.returncode == 0, run.stderr
    document = json.loads((tmp_path / "results/equivalence.json").read_text())
    assert {r["rung"] for r in document["results"]} == set(rungs)
    assert {r["status"] for r in document["results"]} == {"pass"}
    assert "checks pass" in (tmp_path / "index.html").read_text()
    assert (tmp_path / "equivalence.md").exists()


def test_without_python_37_recordings_stand_in(tmp_path: Path) -> None:
    options = ["--model", "pointnet_cls_basic", "--precision", "float64"]
    options += ["--rung", "inference", "--rung", "gradients", "--out", tmp_path]
    run = harness("equivalence", *options, HARNESS_PYTHON37="")
    assert run.returncode == 0, run.stderr
    document = json.loads((tmp_path / "results/equivalence.json").read_text())
    took_part = {r["name"]: r["took_part"] for r in document["references"]}
    assert took_part["original_tf1@tf1"] is False
    assert took_part["recorded"] is True
    recorded = [r for r in document["results"] if r["reference"] == "recorded"]
    assert recorded
    assert {r["status"] for r in recorded} == {"pass"}
    assert {r["reference"] for r in document["results"]} == {"recorded", "@".join(COMPAT)}


def test_every_hazard_is_documented() -> None:
    for key, hazard in HAZARDS.items():
        assert hazard.key == key
        assert all((hazard.title, hazard.differs, hazard.shows, hazard.mends))
