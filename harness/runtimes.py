"""The runtimes: which interpreter and which worker run which implementation."""

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from harness import tf1_environment
from harness.tf1_environment import cache_folder
from harness.worker import ROOT, Worker, inherited_environment

IMPLEMENTATIONS = ("original_tf1", "tf2_upgraded", "tf2_native")
PRECISIONS = ("float32", "float64")
_GRAPH = "harness.workers.graph_worker"
_KERAS = "harness.workers.keras_worker"


class RuntimeUnavailable(RuntimeError):
    """A runtime that this machine does not have, or that an implementation cannot run in."""


@dataclass(frozen=True)
class Runtime:
    """A way to run one kind of implementation.

    Attributes:
        key: its name on the command line.
        title: its name for people.
        implementations: who can run in it.
        module: the worker to start.
        packages: what has to be installed beside the harness; empty for the TensorFlow 1.15 one.
    """

    key: str
    title: str
    implementations: tuple[str, ...]
    module: str
    packages: tuple[str, ...]

    def interpreter(self) -> Path:
        """The Python to start the worker with.

        Raises:
            RuntimeUnavailable: this machine has none that will do; the message says why.
        """
        if self.key == "tf1":
            try:
                return tf1_environment.ensure_environment()
            except tf1_environment.Tf1Unavailable as error:
                raise RuntimeUnavailable(f"runtime tf1: {error}") from None
        missing = [name for name in self.packages if importlib.util.find_spec(name) is None]
        if missing:
            raise RuntimeUnavailable(f"runtime {self.key}: {', '.join(missing)} is not installed")
        return Path(sys.executable)


RUNTIMES = {
    runtime.key: runtime
    for runtime in (
        Runtime("tf1", "TensorFlow 1.15", ("original_tf1",), _GRAPH, ()),
        Runtime(
            "compat",
            "TensorFlow 2, compat.v1",
            ("original_tf1",),
            _GRAPH,
            ("tensorflow", "tf_slim"),
        ),
        Runtime("tf2", "TensorFlow 2", ("tf2_upgraded",), _GRAPH, ("tensorflow",)),
        Runtime("tensorflow", "Keras on TensorFlow", ("tf2_native",), _KERAS, ("tensorflow",)),
        Runtime("jax", "Keras on JAX", ("tf2_native",), _KERAS, ("jax", "tensorflow")),
        Runtime("torch", "Keras on PyTorch", ("tf2_native",), _KERAS, ("torch", "tensorflow")),
    )
}
NATURAL = {"original_tf1": "tf1", "tf2_upgraded": "tf2", "tf2_native": "tensorflow"}


def runtime_for(implementation: str, key: str | None = None) -> Runtime:
    """The runtime of that name, or the natural one, checked to fit the implementation.

    Raises:
        RuntimeUnavailable: unknown names, or a pair that does not go together.
    """
    if implementation not in IMPLEMENTATIONS:
        raise RuntimeUnavailable(
            f"unknown implementation {implementation!r}: one of {', '.join(IMPLEMENTATIONS)}"
        )
    runtime = RUNTIMES.get(key or NATURAL[implementation])
    if runtime is None:
        raise RuntimeUnavailable(f"unknown runtime {key!r}: one of {', '.join(RUNTIMES)}")
    if implementation not in runtime.implementations:
        fitting = [r.key for r in RUNTIMES.values() if implementation in r.implementations]
        raise RuntimeUnavailable(
            f"{implementation} does not run in {runtime.key}: use {', '.join(fitting)}"
        )
    return runtime


def start(
    implementation: str, runtime: Runtime, precision: str, root: Path | None = None
) -> Worker:
    """Start a worker for an implementation.

    Arguments:
        root: folder that holds the implementation's folder; the project's own by default.

    Raises:
        RuntimeUnavailable: this machine lacks the runtime.
        WorkerError: the worker does not start.
    """
    folder = (root or ROOT) / implementation
    name = f"{implementation}@{runtime.key} {precision}"
    return launch(name, runtime, precision, runtime.module, str(folder), runtime.key, precision)


def launch(name: str, runtime: Runtime, precision: str, module: str, *arguments: str) -> Worker:
    """Start any worker in a runtime.

    Arguments:
        name: what to call it in messages.
        module: the worker's.
        arguments: of its command line.

    Raises:
        RuntimeUnavailable: this machine lacks the runtime.
        WorkerError: the worker does not start.
    """
    command = [str(runtime.interpreter()), "-m", module, *arguments]
    return Worker(name, command, _environment(runtime, precision))


def command_environment(runtime: Runtime) -> dict[str, str]:
    """The environment for an implementation's own command: on the CPU, and nothing in its way."""
    return {
        **inherited_environment(),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        **({"KERAS_BACKEND": runtime.key} if runtime.module == _KERAS else {}),
        **({"JAX_PLATFORMS": "cpu"} if runtime.key == "jax" else {}),
    }


def _environment(runtime: Runtime, precision: str) -> dict[str, str]:
    """Settings that have to be made before a framework is imported."""
    environment = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        # Numerical equivalence is judged on the CPU; a GPU's TF32 would drown it.
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONWARNINGS": "ignore",
    }
    if runtime.module == _KERAS:
        environment["KERAS_BACKEND"] = runtime.key
    if runtime.key == "jax":
        environment["JAX_PLATFORMS"] = "cpu"
        environment["JAX_ENABLE_X64"] = "1" if precision == "float64" else "0"
        # Compiled once, kept for the next run: of the many small functions, each costs little and
        # all of them a second a network.
        environment["JAX_COMPILATION_CACHE_DIR"] = str(cache_folder() / "jax")
        environment["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
        flags = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        environment["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()
    return environment
