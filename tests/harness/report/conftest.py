"""Sample results: a run in which everything agrees, and one with faults and gaps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.report import render
from harness.report.ladder import LADDER

Document = dict[str, Any]

MODELS = ("pointnet_cls", "part_seg")
REFERENCE = "original_tf1@tf1"
CANDIDATES = (
    "original_tf1@compat",
    "tf2_upgraded@tf2",
    "tf2_native@tensorflow",
    "tf2_native@jax",
    "tf2_native@torch",
)
EPSILON = {"float64": 2.2e-16, "float32": 1.2e-7}
LAYERS = (
    *("transform_net1/tconv1", "transform_net1/tconv2", "transform_net1/tconv3"),
    *("transform_net1/tfc1", "transform_net1/tfc2", "transform_net1", "conv1", "conv2"),
    *("transform_net2/tconv1", "transform_net2/tfc2", "transform_net2", "conv3", "conv4"),
    *("conv5", "maxpool", "fc1", "fc2", "fc3"),
)
STEPS = 50
NOT_NUMERICAL = {"structure", "initialisation", "pipeline"}
EXAMPLE_TENSORS = {
    "inference": "outputs/logits",
    "gradients": "gradients/transform_net1/tconv1/weights",
    "state": "state/fc1/bn/moving_variance",
    "optimiser": "parameters/conv5/weights",
    "loss": "loss",
}


def places() -> Iterator[tuple[str, str, str]]:
    for model in MODELS:
        for candidate in CANDIDATES:
            for precision in EPSILON:
                yield model, candidate, precision


def result(model: str, candidate: str, precision: str, rung: str, ratio: float) -> Document:
    noise = 6 * EPSILON[precision]
    return {
        "model": model,
        "precision": precision,
        "rung": rung,
        "reference": REFERENCE,
        "candidate": candidate,
        "status": "pass",
        "reason": "",
        "seconds": 1.25,
        "tensors": 42,
        "worst": None
        if rung in NOT_NUMERICAL
        else {
            "tensor": EXAMPLE_TENSORS.get(rung, "activations/conv5"),
            "distance": ratio * noise,
            "noise": noise,
            "scale": 14.0,
            "ratio": ratio,
            "relative": ratio * noise / 14,
        },
        "findings": [],
    }


def agreeing() -> Document:
    """Everything passes: the original's own code on another runtime exactly, zero distances."""
    random = np.random.default_rng(0)
    results, depth, trajectory = [], [], []
    for model, candidate, precision in places():
        exact = candidate == "original_tf1@compat"
        pair = {
            "model": model,
            "precision": precision,
            "reference": REFERENCE,
            "candidate": candidate,
        }
        for rung in LADDER:
            ratio = 0.0 if exact else round(float(random.gamma(2, 0.7)), 3)
            results.append(result(model, candidate, precision, rung.key, ratio))
        noise = EPSILON[precision] * np.linspace(1, 9, len(LAYERS))
        errors = np.zeros(len(LAYERS)) if exact else noise * random.gamma(3, 0.4, len(LAYERS))
        depth.append(
            {
                **pair,
                "layers": [
                    {"layer": layer, "relative": float(error), "noise": float(n)}
                    for layer, error, n in zip(LAYERS, errors, noise, strict=True)
                ],
            }
        )
        drift = EPSILON[precision] * 1.25 ** np.arange(STEPS)
        errors = np.zeros(STEPS) if exact else drift * random.gamma(3, 0.5, STEPS)
        trajectory.append({**pair, "relative": errors.tolist(), "noise": drift.tolist()})
    return {
        "schema": 1,
        "started": "2026-01-01T10:00:00Z",
        "seconds": 734.2,
        "machine": {
            "system": "Linux 6.1",
            "processor": "AMD EPYC 7763",
            "cores": 2,
            "memory_gib": 23.4,
            "gpu": "not measured on a GPU",
        },
        "data": "digits: 1,797 real handwritten digits as clouds of 64 points",
        "settings": {
            "batch": 8,
            "points": 64,
            "seed": 0,
            "nudges": 3,
            "multiple": 32.0,
            "steps": STEPS,
        },
        "references": [
            {"name": "tf1", "took_part": True, "detail": "TensorFlow 1.15.5 on Python 3.7.16"},
            {
                "name": "recorded",
                "took_part": False,
                "detail": "a living TensorFlow 1.15 took part instead",
            },
        ],
        "subjects": [subject(key) for key in (REFERENCE, *CANDIDATES)],
        "results": results,
        "depth": depth,
        "trajectory": trajectory,
        "stopped": "",
        "missing": [],
    }


def subject(key: str) -> Document:
    implementation, runtime = key.split("@")
    versions = {"tf1": {"tensorflow": "1.15.5", "numpy": "1.18.5"}}
    newer = {"tensorflow": "2.19.0", "keras": "3.10.0", "numpy": "2.1.3"}
    if runtime in ("jax", "torch"):
        newer = {runtime: "0.6.2" if runtime == "jax" else "2.7.1", **newer}
        del newer["tensorflow"]
    return {
        "key": key,
        "implementation": implementation,
        "runtime": runtime,
        "versions": versions.get(runtime, newer),
        "peak_memory_mib": {"float64": 812.4, "float32": 604.9},
    }


def departing() -> Document:
    """A wrong epsilon in two layers of the upgrade, JAX failing to train, torch left out."""
    document = agreeing()
    for found in document["results"]:
        candidate, rung = found["candidate"], found["rung"]
        if candidate == "tf2_native@torch":
            found.update(status="skipped", reason="PyTorch is not installed", worst=None)
        elif candidate == "tf2_native@tensorflow" and rung == "trajectory":
            found.update(
                status="skipped", reason="float64 training runs on two cores only on request"
            )
            found["worst"] = None
        elif candidate == "tf2_upgraded@tf2" and rung not in NOT_NUMERICAL:
            if (
                rung not in ("checkpoint", "invariance", "export")
                and found["model"] == "pointnet_cls"
            ):
                fail(found, 4.1e9 if found["precision"] == "float64" else 310.0)
                found["findings"] = epsilon_findings(rung)
        elif candidate == "tf2_native@jax" and rung == "optimiser":
            fail(found, float("inf"))
    for found in document["depth"]:
        if (found["model"], found["candidate"]) == ("pointnet_cls", "tf2_upgraded@tf2"):
            for layer in found["layers"][6:]:
                layer["relative"] = 3.1e-5 * (1 + layer["relative"] / layer["noise"])
        found["layers"] = [dict(layer) for layer in found["layers"]]
    document["depth"] = [d for d in document["depth"] if d["candidate"] != "tf2_native@torch"]
    for found in document["trajectory"]:
        if found["candidate"] == "tf2_native@jax":
            found["relative"][30:] = ["nan"] * (STEPS - 30)
    return document


def fail(found: Document, ratio: float) -> None:
    worst = found["worst"]
    worst["distance"] = ratio * worst["noise"]
    worst["ratio"] = ratio
    worst["relative"] = worst["distance"] / worst["scale"]
    for key, value in worst.items():
        if isinstance(value, float) and not np.isfinite(value):
            worst[key] = str(value)
    found["status"] = "fail"


def epsilon_findings(rung: str) -> list[Document]:
    cause = {
        "place": "conv1",
        "isolated": True if rung == "isolation" else None,
        "message": "The batch normalisation divides by the root of the variance plus 1e-5, "
        "the reference by that of the variance plus 1e-3.",
        "tensor": "activations/conv1",
    }
    upstream = [
        {
            "place": place,
            "isolated": False,
            "message": f"{place} differs, but not when fed the reference's own input.",
            "tensor": f"activations/{place}",
        }
        for place in ("conv2", "conv3", "conv4", "conv5")
    ]
    return [cause, *upstream] if rung in ("inference", "isolation") else [cause]


def one_panel(document: Document) -> Document:
    """Drawing is slow; one panel a figure is enough for most tests."""
    for key in ("depth", "trajectory"):
        document[key] = [
            found
            for found in document[key]
            if (found["model"], found["precision"]) == ("pointnet_cls", "float64")
        ]
    return document


@pytest.fixture
def agreement() -> Document:
    return one_panel(agreeing())


@pytest.fixture
def departure() -> Document:
    return one_panel(departing())


@pytest.fixture(scope="session")
def departure_once() -> Document:
    """Not to be changed."""
    return one_panel(departing())


@pytest.fixture(scope="session")
def rendered(departure_once: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report on the departing run."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "equivalence.json").write_text(json.dumps(departure_once, allow_nan=False))
    render(folder, folder / "report")
    return folder / "report"


@pytest.fixture
def store(tmp_path: Path) -> Callable[[Document], Path]:
    """Writes a document where the harness would, and returns the folder."""

    def write(document: Document) -> Path:
        folder = tmp_path / "results"
        folder.mkdir(exist_ok=True)
        (folder / "equivalence.json").write_text(json.dumps(document, allow_nan=False))
        return folder

    return write
