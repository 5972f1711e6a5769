"""A side of an audit, alive in its runtime, asked for named arrays."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from harness import exchange
from harness.audit.mapping import Mapping
from harness.audit.samples import Sample, nudged_floats
from harness.audit.spec import KERAS_RUNTIMES, Spec
from harness.models import Parameter
from harness.runtimes import RUNTIMES, launch
from harness.subject import Evidence
from harness.tolerance import NUDGES, Arrays, rounding_noise
from harness.worker import Worker

_GRAPH = "harness.workers.audit_graph_worker"
_KERAS = "harness.workers.audit_keras_worker"
# Groups of a trace that are about parameters: with offsets, or differences that know none.
_VALUES, _DIFFERENCES = ("parameters", "state"), ("gradients",)


@dataclass(frozen=True)
class Description:
    """What a side says of itself once it is built.

    Attributes:
        parameters: in the order in which they were made.
        outputs: names.
        unused: inputs that it does not take.
        layers: scopes whose activations it can show, in the order of computation.
        settings: by layer, in the words of Keras.
        forget_biases: of its LSTM cells, by scope.
        cannot: why it cannot climb some rungs, by rung.
        dropouts: how many were switched off.
        versions: by package.
    """

    parameters: tuple[Parameter, ...]
    outputs: tuple[str, ...]
    unused: tuple[str, ...]
    layers: tuple[str, ...]
    settings: Table[str, Table[str, Any]]
    forget_biases: dict[str, float]
    cannot: Table[str, str]
    dropouts: int
    versions: Table[str, str]


def start(spec: Spec, name: str, precision: str) -> Worker:
    """Start the worker of a side, which takes seconds to import its framework.

    Raises:
        RuntimeUnavailable: this machine lacks the runtime.
        WorkerError: the worker does not start.
    """
    runtime = getattr(spec, name).runtime
    module = _KERAS if runtime in KERAS_RUNTIMES else _GRAPH
    title = f"{name} ({runtime}, {precision})"
    return launch(title, RUNTIMES[runtime], precision, module, runtime, precision)


class LiveSide:
    """One side, built in a worker of its own.

    Arguments:
        spec: the migration.
        name: "reference" or "candidate".
        precision: "float32" or "float64".
        worker: started for it; closed with it.
        shapes: shape and dtype of every input.
        outputs: the other side's, for one that names none.

    Raises:
        WorkerError: it cannot be built; the message says why.
    """

    def __init__(
        self,
        spec: Spec,
        name: str,
        precision: str,
        worker: Worker,
        shapes: Table[str, Any],
        outputs: tuple[str, ...] = (),
    ) -> None:
        side = getattr(spec, name)
        self.name, self.precision = name, precision
        self.key = f"{name}@{side.runtime}"
        self.worker = worker
        self._scratch = tempfile.TemporaryDirectory(prefix="harness-")
        self._files = 0
        self._memory: dict[Any, Any] = {}
        self._written: dict[Any, Path] = {}
        try:
            opened = self.worker.ask(
                "open",
                side={**dataclasses.asdict(side), "kind": side.kind},
                inputs=shapes,
                loss=spec.loss and dataclasses.asdict(spec.loss),
                optimizer=spec.optimizer and dataclasses.asdict(spec.optimizer),
                outputs=outputs,
            )
        except BaseException:
            self.close()
            raise
        self.described = _description(opened)

    def initial(self) -> Arrays:
        """The parameters as built or loaded."""
        return self._asked("values", {})

    def answer(self, operation: str, sample: Sample, **options: Any) -> Arrays:
        """The arrays that an operation makes of a sample; from memory the second time."""
        key = (operation, sample.key, repr(sorted(options)))
        if key not in self._memory:
            self._memory[key] = self._asked(operation, self._arguments(operation, sample, options))
        return self._memory[key]

    def evidence(
        self, operation: str, sample: Sample, nudges: int = NUDGES, **options: Any
    ) -> Evidence:
        """The same, and its rounding noise: the answer to everything nudged a few times."""
        key = ("evidence", operation, sample.key, repr(sorted(options)))
        if key not in self._memory:
            arrays = self.answer(operation, sample, **options)
            reruns = [
                self.answer(operation, sample.nudged(i, self.precision), **self._nudged(options, i))
                for i in range(nudges)
            ]
            self._memory[key] = Evidence(arrays, rounding_noise(arrays, reruns), self.precision)
        return self._memory[key]

    def _nudged(self, options: Table[str, Any], index: int) -> dict[str, Any]:
        rng = np.random.default_rng(index)
        return {
            name: nudged_floats(value, rng, self.precision) if isinstance(value, dict) else value
            for name, value in options.items()
        }

    def _arguments(
        self, operation: str, sample: Sample, options: Table[str, Any]
    ) -> dict[str, Any]:
        arguments: dict[str, Any] = {"weights": sample.weights, **options}
        if operation != "trajectory":
            arguments["batch"] = sample.batch
        return arguments

    def _asked(self, operation: str, arguments: Table[str, Any]) -> Arrays:
        files = {n: self._write(v) for n, v in arguments.items() if not isinstance(v, (list, str))}
        out = self._new_file()
        try:
            plain = {n: v for n, v in arguments.items() if n not in files}
            named = {n: str(file) for n, file in files.items()}
            self.worker.ask(operation, out=str(out), **plain, **named)
            arrays: Arrays = exchange.read_arrays(out)
            return arrays
        finally:
            for file in (out, *files.values()):
                file.unlink(missing_ok=True)

    def _write(self, arrays: Arrays) -> Path:
        file = self._new_file()
        exchange.write(file, arrays)
        return file

    def _new_file(self) -> Path:
        self._files += 1
        return Path(self._scratch.name, f"{self._files}.h5")

    def close(self) -> None:
        """End the worker and remove its files."""
        self.worker.close()
        self._scratch.cleanup()
        self._memory.clear()

    def __enter__(self) -> LiveSide:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Translated:
    """The candidate in the reference's terms: its names, its shapes.

    Arguments:
        side: the candidate.
        mapping: of the parameters.
    """

    def __init__(self, side: LiveSide, mapping: Mapping) -> None:
        self.side, self.mapping = side, mapping
        self.precision, self.described, self.key = side.precision, side.described, side.key

    def answer(self, operation: str, sample: Sample, **options: Any) -> Arrays:
        """As a side's, but for the names."""
        if "gradients" in options:
            options["gradients"] = self._to_candidate(options["gradients"], True)
        theirs = Sample(self._to_candidate(sample.weights, False), sample.batch, sample.key)
        return self.to_reference(self.side.answer(operation, theirs, **options))

    def initial(self) -> Arrays:
        """The parameters as built or loaded, where all of a correspondence are there."""
        found = self.to_reference(exchange.grouped("parameters", self.side.initial()))
        return exchange.under(found, "parameters")

    def _to_candidate(self, arrays: Arrays, difference: bool) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for link in self.mapping.links:
            if all(name in arrays for name in link.references):
                found.update(link.layout.to_candidate(arrays, difference))
        return found

    def to_reference(self, arrays: Arrays) -> dict[str, np.ndarray]:
        """A trace with the reference's names for parameters; the rest as it is."""
        parametric = (*_VALUES, *_DIFFERENCES, "slots")
        found = {n: a for n, a in arrays.items() if n.split("/", 1)[0] not in parametric}
        for group in (*_VALUES, *_DIFFERENCES):
            ours = exchange.under(arrays, group)
            found.update(exchange.grouped(group, self._group(ours, group in _DIFFERENCES)))
        slots = exchange.under(arrays, "slots")
        for slot in dict.fromkeys(name.rpartition("/")[2] for name in slots):
            ours = {n.rpartition("/")[0]: a for n, a in slots.items() if n.endswith("/" + slot)}
            for name, array in self._group(ours, True).items():
                found[f"slots/{name}/{slot}"] = array
        return found

    def _group(self, arrays: Arrays, difference: bool) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for link in self.mapping.links:
            if all(name in arrays for name in link.candidates):
                found.update(link.layout.to_reference(arrays, difference))
        return found


def _description(opened: Table[str, Any]) -> Description:
    return Description(
        parameters=tuple(
            Parameter(p["name"], tuple(p["shape"]), p["trainable"]) for p in opened["parameters"]
        ),
        outputs=tuple(opened["outputs"]),
        unused=tuple(opened["unused"]),
        layers=tuple(opened["layers"]),
        settings=opened["settings"],
        forget_biases=opened["forget_biases"],
        cannot=opened["cannot"],
        dropouts=opened["dropouts"],
        versions=opened["versions"],
    )
