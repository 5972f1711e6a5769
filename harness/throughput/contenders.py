"""Who is timed: every implementation in every runtime, and the peers."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.models import MODELS
from harness.runtimes import RUNTIMES, RuntimeUnavailable
from harness.throughput.plan import Plan, Setting
from harness.worker import ROOT, Worker

PEERS_PYTHON = "HARNESS_PEERS_PYTHON"  # an interpreter that has the peers, if this one has not
REFERENCE = "original_tf1@tf1"
_MODULE = "harness.workers.timing_worker"
_ONLY_FLOAT32 = ("float32",)
# Read by numerical libraries when they are loaded; NPROC and PJRT_NPROC are XLA's on the CPU.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NPROC",
    "PJRT_NPROC",
)


@dataclass(frozen=True)
class Contender:
    """An implementation in a runtime.

    Attributes:
        implementation: folder of the project, or a peer's name on PyPI.
        runtime: what it runs on, and how it is compiled.
        kind: which engine of the timing worker runs it.
        packages: modules that have to be importable.
        xla: whether Keras compiles its functions with XLA.
        precisions: that it can be asked for.
        devices: that it can run on.
        models: keys of networks that a peer has; None for whatever the implementation has.
    """

    implementation: str
    runtime: str
    kind: str
    packages: tuple[str, ...]
    xla: bool = False
    precisions: tuple[str, ...] = _ONLY_FLOAT32
    devices: tuple[str, ...] = ("cpu", "gpu")
    models: tuple[str, ...] | None = None

    @property
    def key(self) -> str:
        """How records and messages name it."""
        return f"{self.implementation}@{self.runtime}"

    @property
    def is_peer(self) -> bool:
        """Whether it is somebody else's."""
        return self.kind == "peer"

    def objection(self, setting: Setting) -> str:
        """Why it cannot be asked for a setting; empty if it can."""
        if setting.precision not in self.precisions:
            return f"has no {setting.precision}"
        orphan = not MODELS[setting.model].has_ancestor
        if orphan and self.implementation in ("original_tf1", "tf2_upgraded"):
            return "has no network of this shape"
        if self.models is not None and setting.model not in self.models:
            return "has no network of this shape"
        return ""

    def interpreter(self) -> Path:
        """The Python to start its worker with.

        Raises:
            RuntimeUnavailable: this machine has none that will do; the message says why.
        """
        if self.runtime == "tf1":
            return RUNTIMES["tf1"].interpreter()
        if self.is_peer and os.environ.get(PEERS_PYTHON):
            return self._peers_interpreter(Path(os.environ[PEERS_PYTHON]))
        missing = [name for name in self.packages if importlib.util.find_spec(name) is None]
        if missing:
            advice = f"; {PEERS_PYTHON} may name a Python that has it" if self.is_peer else ""
            raise RuntimeUnavailable(f"{', '.join(missing)} is not installed{advice}")
        return Path(sys.executable)

    def _peers_interpreter(self, python: Path) -> Path:
        probe = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, {})))"
        command = [str(python), "-c", probe.format(list(self.packages))]
        try:
            found = subprocess.run(command, capture_output=True).returncode == 0
        except OSError as error:
            raise RuntimeUnavailable(f"{PEERS_PYTHON}={python}: {error.strerror}") from None
        if not found:
            raise RuntimeUnavailable(
                f"{PEERS_PYTHON}={python} lacks one of {', '.join(self.packages)}"
            )
        return python

    def start(self, python: Path, setting: Setting, plan: Plan) -> Worker:
        """Start a worker of its own for a setting.

        Arguments:
            python: what `interpreter` found.

        Raises:
            WorkerError: the worker does not start.
        """
        settings = {
            "runtime": self.runtime,
            "threads": plan.threads,
            "device": plan.device,
            "precision": setting.precision,
            "tf32": setting.tf32,
            "xla": self.xla,
        }
        root = self.implementation if self.is_peer else str(ROOT / self.implementation)
        command = [str(python), "-m", _MODULE, self.kind, root, json.dumps(settings)]
        return Worker(self.key, command, self._environment(plan))

    def _environment(self, plan: Plan) -> Mapping[str, str]:
        backend = {"keras": {"KERAS_BACKEND": self.runtime.removesuffix("_xla")}}
        return {**environment(plan.threads, plan.device), **backend.get(self.kind, {})}


def environment(threads: int, device: str) -> dict[str, str]:
    """Settings that have to be made before a framework is imported: its own defaults, pinned."""
    found = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # On by default where TensorFlow knows it; equivalence turns it off for its own purposes.
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "PYTHONWARNINGS": "ignore",
        **dict.fromkeys(_THREAD_VARIABLES, str(threads)),
    }
    if device == "cpu":
        found.update(CUDA_VISIBLE_DEVICES="-1", JAX_PLATFORMS="cpu")
    else:
        # All contenders are alive at once: none may take the whole GPU's memory for a start.
        found.update(TF_FORCE_GPU_ALLOW_GROWTH="true", XLA_PYTHON_CLIENT_PREALLOCATE="false")
    return found


_KERAS_PRECISIONS = ("float32", "bfloat16", "float16")
_PEER_MODELS = ("pointnet_cls",)


def _native(runtime: str, package: str, xla: bool = False) -> Contender:
    return Contender("tf2_native", runtime, "keras", ("keras", package), xla, _KERAS_PRECISIONS)


def _peer(package: str, module: str) -> Contender:
    return Contender(
        package,
        "torch",
        "peer",
        (module, "torch"),
        precisions=("float32", "bfloat16"),
        models=_PEER_MODELS,
    )


CONTENDERS = (
    Contender("original_tf1", "tf1", "graph", (), devices=("cpu",)),
    Contender("original_tf1", "compat", "graph", ("tensorflow", "tf_slim")),
    Contender("tf2_upgraded", "tf2", "graph", ("tensorflow",)),
    _native("tensorflow", "tensorflow"),
    _native("tensorflow_xla", "tensorflow", xla=True),
    _native("jax", "jax", xla=True),
    _native("torch", "torch"),
    _peer("pointnet", "pointnet"),
    _peer("torch-pointcloud", "torch_pointcloud"),
)
