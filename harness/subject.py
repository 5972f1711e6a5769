"""An implementation in a runtime at one precision, asked in the harness's own terms."""

from __future__ import annotations

import dataclasses
import itertools
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from harness import exchange
from harness.cases import Case, repeated_points
from harness.models import Model, Parameter
from harness.runtimes import Runtime, start
from harness.tolerance import (
    FAR,
    FAR_PAIRS,
    NUDGES,
    Arrays,
    Measurement,
    gain,
    measure,
    nudged,
    rounding_noise,
)

# What of a case an operation takes as files.
_TAKES = {
    "trace": ("weights", "batch"),
    "isolate": ("weights", "batch"),
    "export": ("weights", "batch"),
    "optimise": ("weights",),
    "trajectory": ("weights",),
    "save_checkpoint": ("weights",),
}


View = Callable[[str, np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What a reference says, and how surely: arrays, and the rounding noise of each.

    Attributes:
        precision: of the computation, which a unit in the last place depends on.
        view: what is compared of an array; itself, unless the reference was recorded as sketches.
    """

    arrays: Arrays
    noise: Mapping[str, float]
    precision: str
    view: View = lambda name, array: array

    def measure(self, tensor: str, candidate: np.ndarray) -> Measurement:
        """Compare a candidate's array with the reference's of the same name."""
        seen = self.view(tensor, candidate)
        return measure(tensor, self.arrays[tensor], seen, self.noise[tensor], self.precision)

    def between(self, tensor: str, like: str, one: np.ndarray, other: np.ndarray) -> Measurement:
        """Compare two arrays of a candidate by the noise that the reference has in `like`."""
        one, other = self.view(like, one), self.view(like, other)
        return measure(tensor, one, other, self.noise[like], self.precision)

    def measure_all(self, candidate: Arrays, names: Iterable[str]) -> list[Measurement]:
        """Compare the named arrays, in that order."""
        return [self.measure(name, candidate[name]) for name in names]

    def measure_movement(
        self, tensor: str, candidate: np.ndarray, start: np.ndarray
    ) -> Measurement:
        """Compare one array; the gain is that of its movement since it had the value `start`."""
        measured = self.measure(tensor, candidate)
        if measured.passed:
            return measured
        before = self.view(tensor, np.asarray(start, np.float64))
        moved = gain(self.arrays[tensor] - before, self.view(tensor, candidate) - before)
        return dataclasses.replace(measured, gain=moved)

    def under(self, *groups: str) -> list[str]:
        """Names of the arrays in some groups ("gradients"), or of those names, in trace order."""
        return [n for n in self.arrays if n in groups or n.split("/", 1)[0] in groups]


class Reference(Protocol):
    """What the checks ask of a reference: live, or recorded earlier."""

    key: str
    precision: str

    def parameters(self, case: Case) -> tuple[Parameter, ...]: ...

    def draws(self, case: Case, seeds: int) -> Arrays: ...

    def evidence(
        self,
        operation: str,
        case: Case,
        precision: str | None = None,
        nudges: int = NUDGES,
        **options: Any,
    ) -> Evidence: ...

    def save_checkpoint(self, case: Case, prefix: Path) -> None: ...

    def load_checkpoint(self, case: Case, prefix: Path) -> Arrays: ...


class Subject:
    """A live implementation.

    Arguments:
        implementation: "original_tf1", "tf2_upgraded" or "tf2_native".
        runtime: where it runs.
        precision: "float32" or "float64".
        root: folder that holds the implementation's folder, if not the project's own.
        view: what its evidence keeps of an array.

    Raises:
        RuntimeUnavailable: this machine lacks the runtime.
        WorkerError: the worker does not start; from the methods, that it fails or dies.
    """

    def __init__(
        self,
        implementation: str,
        runtime: Runtime,
        precision: str,
        root: Path | None = None,
        view: View = lambda name, array: array,
    ) -> None:
        self.view = view
        self.implementation, self.runtime, self.precision = implementation, runtime, precision
        self.key = f"{implementation}@{runtime.key}"
        self._scratch = tempfile.TemporaryDirectory(prefix="harness-", ignore_cleanup_errors=True)
        self._files = itertools.count()
        self._memory: dict[str, dict[Any, Any]] = {}  # by network
        self._lock = threading.RLock()  # a reference may be asked from several threads
        try:
            self.worker = start(implementation, runtime, precision, root)
        except BaseException:
            self._scratch.cleanup()
            raise
        self.versions: dict[str, str] = self.worker.ask("versions")["versions"]

    # -- what it is ----------------------------------------------------------------------------

    def parameters(self, case: Case) -> tuple[Parameter, ...]:
        """Its parameters, canonical names and TF1 shapes, as built."""
        with self._lock:
            answer = self.worker.ask(
                "describe", network=network_of(case.model), shape=shape_of(case)
            )
        return tuple(
            Parameter(p["name"], tuple(p["shape"]), p["trainable"]) for p in answer["parameters"]
        )

    def draws(self, case: Case, seeds: int) -> Arrays:
        """Freshly initialised parameters, `seeds` times over: `<seed>/<parameter>`."""
        size, count = shape_of(case)
        # Each from a graph of its own, none of them built in vain: the second is of the shape that
        # the rung of invariance asks for.
        others = [(1, count + seed * repeated_points(count)) for seed in range(1, seeds)]
        return self.answer("initialise", case, shapes=[(size, count), *others])

    def losses(self, model: Model, **settings: Any) -> list[float]:
        """The loss at every step of a training from scratch; settings as the worker takes them."""
        out = self._new_file()
        with self._lock:
            self.worker.ask("learn", network=network_of(model), out=str(out), **settings)
        found: list[float] = exchange.read_arrays(out)["loss"].tolist()
        out.unlink()
        return found

    def peak_memory_mib(self) -> float:
        """The largest resident size of its worker so far."""
        return float(self.worker.ask("memory")["peak_mib"])

    # -- what it computes ----------------------------------------------------------------------

    def answer(self, operation: str, case: Case, **options: Any) -> Arrays:
        """The arrays that an operation of the worker makes of a case.

        Groups of arrays among the options go to the worker as files. An answer that depends on
        the case and plain options alone is given from memory the second time.
        """
        if any(map(_holds_arrays, options.values())):
            return self._ask(operation, case, options)
        key = ("answer", operation, case.key, repr(sorted(options.items())))
        return self._remembered(case, key, lambda: self._ask(operation, case, options))

    def evidence(
        self,
        operation: str,
        case: Case,
        precision: str | None = None,
        nudges: int = NUDGES,
        **options: Any,
    ) -> Evidence:
        """The same, and its rounding noise: the answer to everything nudged a few times.


        Arguments:
            precision: of the computation, where it is not this subject's.
            nudges: how often.
        """
        precision = precision or self.precision

        def gather() -> Evidence:
            arrays = self._run(operation, case, options)
            reruns = (
                self._run(
                    operation,
                    self._nudged(case, i, precision),
                    _nudged_options(options, i, precision),
                )
                for i in range(nudges)
            )
            noise = _largest_noise(arrays, reruns)
            if precision == "float32" and _takes_gradients(operation, options):
                noise = self._far_noise(operation, case, options, arrays, noise)
            return Evidence(arrays, noise, precision, self.view)

        return self._remembered(case, ("evidence", evidence_key(operation, case, options)), gather)

    def _far_noise(
        self,
        operation: str,
        case: Case,
        options: Mapping[str, Any],
        arrays: Arrays,
        noise: Mapping[str, float],
    ) -> dict[str, float]:
        """The noise, where far nudges show more of it; see `harness.tolerance`."""
        reruns = (
            self._run(
                operation,
                case.nudged(i, "float32", ulps),
                _nudged_options(options, i, "float32", ulps),
            )
            for i in range(FAR_PAIRS)
            for ulps in (FAR, -FAR)
        )
        moved = _largest_noise(arrays, reruns)
        return {name: max(noise[name], moved[name] / FAR) for name in arrays}

    def _nudged(self, case: Case, index: int, precision: str) -> Case:
        return self._remembered(
            case, ("nudged", case.key, index, precision), lambda: case.nudged(index, precision)
        )

    def _run(self, operation: str, case: Case, options: Mapping[str, Any]) -> Arrays:
        """The arrays of an operation, as evidence keeps them."""
        arrays = self._ask(operation, case, options)
        return {name: self.view(name, array) for name, array in arrays.items()}

    def save_checkpoint(self, case: Case, prefix: Path) -> None:
        """Write the case's weights as a TensorFlow 1.x checkpoint."""
        with self._lock:
            files = self._case_files("save_checkpoint", case)
            self.worker.ask("save_checkpoint", shape=shape_of(case), prefix=str(prefix), **files)

    def load_checkpoint(self, case: Case, prefix: Path) -> Arrays:
        """All parameters after restoring a TensorFlow 1.x checkpoint."""
        options = {"shape": shape_of(case), "prefix": str(prefix)}
        return self._ask("load_checkpoint", case, options)

    # -- how it is asked -----------------------------------------------------------------------

    def _ask(self, operation: str, case: Case, options: Mapping[str, Any]) -> Arrays:
        given = {n: self._write(v) for n, v in options.items() if _holds_arrays(v)}
        out = self._new_file()
        try:
            arguments = {**options, **{name: str(file) for name, file in given.items()}}
            with self._lock:
                files = self._case_files(operation, case)
                self.worker.ask(operation, out=str(out), **files, **arguments)
            arrays: Arrays = exchange.read_arrays(out)
            return arrays
        finally:
            for file in (out, *given.values()):
                file.unlink(missing_ok=True)

    def _case_files(self, operation: str, case: Case) -> dict[str, Any]:
        """What of a case an operation takes: the network, and files of its arrays."""
        arguments: dict[str, Any] = {}
        if operation != "augment":
            arguments["network"] = network_of(case.model)
        for name in _TAKES.get(operation, ()):
            arguments[name] = self._file(case, name)
        return arguments

    def _file(self, case: Case, name: str) -> str:
        """The file of a case's weights or batch."""
        return self._remembered(
            case, ("file", name, case.key), lambda: str(self._write(getattr(case, name)))
        )

    def _write(self, arrays: Arrays) -> Path:
        file = self._new_file()
        exchange.write(file, arrays)
        return file

    def _new_file(self) -> Path:
        return Path(self._scratch.name, f"{next(self._files)}.h5")

    def _remembered(self, case: Case, key: Any, make: Callable[[], Any]) -> Any:
        with self._lock:
            memory = self._memory.setdefault(case.model.key, {})
            if key not in memory:
                memory[key] = make()
            return memory[key]

    def forget(self, model: Model) -> None:
        """Let go of all that is remembered of a network, here and in the worker."""
        with self._lock:
            self.release(model)
            self.worker.ask("forget", network=network_of(model))

    def release(self, model: Model) -> None:
        """Let go of what is remembered of a network here; its worker keeps what it has built."""
        with self._lock:
            for key, value in self._memory.pop(model.key, {}).items():
                if key[0] == "file":
                    Path(value).unlink()

    def reimport(self, root: Path) -> None:
        """Run another copy of the implementation from now on, in the same worker.

        Importing the framework takes longer than most of what a worker is asked. A Keras worker
        alone can do so.

        Arguments:
            root: folder that holds the copy.
        """
        with self._lock:
            self._memory.clear()
            self.worker.ask("reimport", root=str(root / self.implementation))

    def close(self) -> None:
        """End the worker and remove its files."""
        self.worker.close()
        self._scratch.cleanup()
        self._memory.clear()

    def __enter__(self) -> Subject:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def evidence_key(operation: str, case: Case, options: Mapping[str, Any]) -> str:
    """Names a piece of evidence: groups of arrays among the options follow from the case."""
    plain = sorted((k, v) for k, v in options.items() if not _holds_arrays(v))
    return f"{operation} {case.model.key} {case.key} {plain}"


def network_of(model: Model) -> dict[str, Any]:
    """The catalogue's entry as a worker takes it."""
    return dataclasses.asdict(model)


def shape_of(case: Case) -> tuple[int, int]:
    """Clouds and points of a case's batch."""
    batch, points, _ = case.batch["points"].shape
    return batch, points


def _holds_arrays(value: Any) -> bool:
    return isinstance(value, Mapping) and any(isinstance(a, np.ndarray) for a in value.values())


def _takes_gradients(operation: str, options: Mapping[str, Any]) -> bool:
    if operation == "trajectory":
        return bool(options.get("update", True))
    return options.get("mode") == "training"


def _nudged_options(
    options: Mapping[str, Any], index: int, precision: str, ulps: int = 1
) -> dict[str, Any]:
    """Options with the floats in their groups of arrays moved by units in the last place."""
    rng = np.random.default_rng(index)

    def nudge(array: np.ndarray) -> np.ndarray:
        return nudged(array.astype(precision), rng, ulps) if array.dtype.kind == "f" else array

    return {
        name: {key: nudge(a) for key, a in value.items()} if _holds_arrays(value) else value
        for name, value in options.items()
    }


def _largest_noise(arrays: Arrays, reruns: Iterable[Arrays]) -> dict[str, float]:
    """`rounding_noise`, holding one rerun in memory at a time."""
    noise = dict.fromkeys(arrays, 0.0)
    for rerun in reruns:
        for name, moved in rounding_noise(arrays, [rerun]).items():
            noise[name] = max(noise[name], moved)
    return noise
