"""The file that describes a migration: two sides, what goes in, and how they correspond."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from harness.report.decoding import decode
from harness.report.errors import ReportError
from harness.runtimes import RUNTIMES

GRAPH_RUNTIMES = ("tf1", "compat", "tf2")
KERAS_RUNTIMES = ("tensorflow", "jax", "torch")
SIDES = ("reference", "candidate")


class SpecError(ValueError):
    """A description that cannot be carried out; one line with the file, the key and the remedy."""


@dataclass(frozen=True)
class Side:
    """One of the two networks.

    Attributes:
        runtime: a key of `harness.runtimes.RUNTIMES`.
        path: folder that its modules are imported from, or a saved model: a SavedModel's folder,
            a frozen graph (`.pb`), a Keras file (`.keras`, `.h5`). The spec's folder if left out.
        build: `module:function` that builds the network, or `module` whose import does.
        arguments: given to the function by name.
        feed: values of placeholders that are no inputs, such as a probability of keeping.
        inputs: by name in `[inputs]`: the placeholder's, the function argument's or the Keras
            input's name, where it is another.
        outputs: by the name that both sides share: a key of what the function returns, or the name
            of a tensor.
        loss: the same for the loss; of a Keras model `module:function`, or "compiled".
        training: the placeholder or argument that switches training mode.
        training_values: what it is set to, off and on.
        optimizer: the train op; of a Keras model `module:function`, or "compiled".
        checkpoint: of TensorFlow 1.x, whose values the weights get.
        signature: of a SavedModel.
    """

    runtime: str
    path: str = "."
    build: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    feed: Mapping[str, object] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    loss: str | None = None
    training: str | None = None
    training_values: tuple[object, ...] = (False, True)
    optimizer: str | None = None
    checkpoint: str | None = None
    signature: str = "serving_default"

    @property
    def kind(self) -> str:
        """What it is: a builder of a "graph", a "saved_model", a "frozen" graph, or "keras"."""
        if self.runtime in KERAS_RUNTIMES:
            return "keras"
        if self.build:
            return "graph"
        return "frozen" if self.path.endswith(".pb") else "saved_model"

    @property
    def trained(self) -> bool:
        """Whether its weights are worth keeping."""
        return self.build is None or self.checkpoint is not None


@dataclass(frozen=True)
class Input:
    """An array that both sides are given: drawn, or read from a file.

    Attributes:
        shape: of one batch, batch first; taken from the file if left out.
        dtype: NumPy's name; float32, and int32 of integers, if left out.
        uniform: draw between these two.
        normal: draw with this mean and deviation.
        integers: draw from the first up to, not including, the second.
        classes: draw integers below this number.
        one_hot: as rows of `classes` zeros and a one.
        file, array: read from this `.npz` or `.h5` file.
    """

    shape: tuple[int, ...] = ()
    dtype: Literal["float32", "float64", "int32", "int64", "bool", "uint8"] | None = None
    uniform: tuple[float, ...] | None = None
    normal: tuple[float, ...] | None = None
    integers: tuple[int, ...] | None = None
    classes: int | None = None
    one_hot: bool = False
    file: str | None = None
    array: str | None = None


LossKind = Literal[
    "sparse_softmax_cross_entropy",
    "softmax_cross_entropy",
    "sigmoid_cross_entropy",
    "mean_squared_error",
]


@dataclass(frozen=True)
class Loss:
    """The loss of a side that has none of its own: a mean, plus the network's own penalties.

    Attributes:
        kind: cross entropies take logits.
        labels: which input holds them.
        output: which output it judges; the only one if left out.
    """

    labels: str
    kind: LossKind | None = None
    output: str | None = None


@dataclass(frozen=True)
class Optimizer:
    """The optimiser of a side that has none of its own, TensorFlow 1's defaults."""

    kind: Literal["sgd", "momentum", "adam"]
    learning_rate: float = 0.001
    momentum: float = 0.9
    nesterov: bool = False
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8


@dataclass(frozen=True)
class LstmRule:
    """An LSTM cell of TensorFlow 1, and the Keras layer that takes its weights."""

    candidate: str
    forget_bias: float | None = None


@dataclass(frozen=True)
class Weights:
    """Rules of correspondence; what they do not settle is found.

    Attributes:
        names: candidate's name by reference's name.
        transpose: axes of the reference's array, by its name.
        lstm: by scope of the reference's cell.
        ignore_reference, ignore_candidate: shell patterns of parameters without counterpart.
        values: "telling", the reference's own but that constants are moved off their starting
            value, so that nothing hides; or "as_built".
    """

    names: Mapping[str, str] = field(default_factory=dict)
    transpose: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lstm: Mapping[str, LstmRule] = field(default_factory=dict)
    ignore_reference: tuple[str, ...] = ()
    ignore_candidate: tuple[str, ...] = ()
    values: Literal["telling", "as_built"] = "telling"


@dataclass(frozen=True)
class Spec:
    """A migration to audit.

    Attributes:
        file: where the description stands; its folder is where paths start.
        title: of the report; the file's name if left out.
        steps: of the trajectory.
        seed: of what is drawn.
    """

    file: Path
    reference: Side
    candidate: Side
    inputs: Mapping[str, Input]
    loss: Loss | None = None
    optimizer: Optimizer | None = None
    weights: Weights = Weights()
    title: str = ""
    steps: int = 20
    seed: int = 0


# What each table of the file is read as.
_TABLES: Mapping[str, Any] = {
    "reference": Side,
    "candidate": Side,
    "inputs": Mapping[str, Input],
    "loss": Loss,
    "optimizer": Optimizer,
    "weights": Weights,
    "title": str,
    "steps": int,
    "seed": int,
}


def read_spec(file: Path) -> Spec:
    """Read a description and check all of it that needs no framework.

    Raises:
        SpecError: it cannot be read, or a key is missing, unknown or of a wrong value.
    """
    tables = _parsed(file)
    for key in tables:
        if key not in _TABLES:
            raise SpecError(f"{file}: unknown key '{key}': one of {', '.join(_TABLES)}")
    for key in ("reference", "candidate", "inputs"):
        if key not in tables:
            raise SpecError(f"{file}: no [{key}]")
    found = {key: _decoded(file, key, value) for key, value in tables.items()}
    for name in SIDES:
        found[name] = _checked_side(file, name, found[name])
    found.setdefault("title", file.stem)
    spec = Spec(file=file, **found)
    _check_inputs(spec)
    _check_references(spec)
    return spec


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError(f"{file}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError as error:
        raise SpecError(f"{file}: not UTF-8 at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{file}: not TOML: {error}") from None


def _decoded(file: Path, key: str, value: Any) -> Any:
    known = (
        [f.name for f in fields(_TABLES[key])]
        if isinstance(_TABLES[key], type) and hasattr(_TABLES[key], "__dataclass_fields__")
        else []
    )
    try:
        return decode(_TABLES[key], value, f"{file}: {key}")
    except ReportError as error:
        message = str(error).replace("expected an object", "expected a table")
        if known and "unknown key" in message and message.startswith(f"{file}: {key}: unknown"):
            message += f": one of {', '.join(known)}"
        raise SpecError(message) from None


def _checked_side(file: Path, name: str, side: Side) -> Side:
    """A side whose paths are absolute and whose keys go together."""
    where = f"{file}: {name}"
    if side.runtime not in RUNTIMES:
        raise SpecError(
            f"{where}.runtime: unknown runtime {side.runtime!r}: one of {', '.join(RUNTIMES)}"
        )
    path = (file.parent / side.path).resolve()
    if not path.exists():
        raise SpecError(f"{where}.path: {side.path}: no such file or folder")
    if side.build is not None:
        _check_builder(where, side, path)
    else:
        _check_saved(where, side, path)
    if len(side.training_values) != 2:
        raise SpecError(f"{where}.training_values: two values are needed, off and on")
    if side.kind in ("graph", "frozen") and not side.outputs:
        raise SpecError(f'{where}.outputs: name at least one: outputs = {{ logits = "TENSOR" }}')
    if side.kind == "keras" and side.training is not None:
        raise SpecError(f"{where}.training: a Keras model has its own training mode; leave it out")
    if side.kind == "keras" and side.checkpoint is not None:
        raise SpecError(
            f"{where}.checkpoint: is for TF1-style builders; save a .keras file instead"
        )
    for key in ("arguments", "feed"):
        for argument, value in getattr(side, key).items():
            if not isinstance(value, (str, bool, int, float, list)):
                raise SpecError(f"{where}.{key}.{argument}: neither a number, a string nor a list")
    checkpoint = side.checkpoint and str((file.parent / side.checkpoint).resolve())
    if checkpoint and not any(Path(checkpoint + end).exists() for end in ("", ".index")):
        raise SpecError(f"{where}.checkpoint: {side.checkpoint}: no such checkpoint")
    return replace(side, path=str(path), checkpoint=checkpoint)


def _check_builder(where: str, side: Side, path: Path) -> None:
    assert side.build is not None
    if not path.is_dir():
        raise SpecError(f"{where}.path: {side.path}: is no folder to import {side.build} from")
    module, _, function = side.build.partition(":")
    names = [*module.split("."), *([function] if ":" in side.build else [])]
    if not all(name.isidentifier() for name in names):
        raise SpecError(f"{where}.build: {side.build!r} is not module:function")
    if side.kind == "keras" and not function:
        raise SpecError(f"{where}.build: {side.build!r} names no function: module:function")


def _check_saved(where: str, side: Side, path: Path) -> None:
    """A side without a builder is a saved model."""
    if side.kind == "keras":
        if not (path.is_file() and path.suffix in (".keras", ".h5", ".hdf5")):
            raise SpecError(
                f"{where}: neither build = 'module:function' nor a path to a Keras file"
            )
    elif not (path.is_file() and path.suffix == ".pb") and not _is_saved_model(path):
        raise SpecError(
            f"{where}: neither build = 'module:function' nor a path to a SavedModel or frozen graph"
        )


def _is_saved_model(path: Path) -> bool:
    return any((path / name).is_file() for name in ("saved_model.pb", "saved_model.pbtxt"))


_SOURCES = ("uniform", "normal", "integers", "classes", "file")


def _check_inputs(spec: Spec) -> None:
    if not spec.inputs:
        raise SpecError(f"{spec.file}: inputs: name at least one")
    for name, given in spec.inputs.items():
        _check_input(spec, f"{spec.file}: inputs.{name}", given)


def _check_input(spec: Spec, where: str, given: Input) -> None:
    sources = [source for source in _SOURCES if getattr(given, source) is not None]
    if len(sources) > 1:
        raise SpecError(f"{where}: {' and '.join(sources)} exclude each other")
    if not given.shape and given.file is None:
        raise SpecError(f"{where}.shape: missing; the batch comes first")
    if any(size < 1 for size in given.shape):
        raise SpecError(f"{where}.shape: {list(given.shape)} has a size below 1")
    for key in ("uniform", "normal", "integers"):
        pair = getattr(given, key)
        if pair is not None and len(pair) != 2:
            raise SpecError(f"{where}.{key}: two numbers are needed, found {len(pair)}")
        if pair is not None and not all(map(math.isfinite, pair)):
            raise SpecError(f"{where}.{key}: {list(pair)} is not finite")
        if pair is not None and key != "normal" and not pair[0] < pair[1]:
            raise SpecError(f"{where}.{key}: {pair[0]} is not below {pair[1]}")
    if given.classes is not None and given.classes < 1:
        raise SpecError(f"{where}.classes: {given.classes} is below 1")
    if given.one_hot and given.classes is None:
        raise SpecError(f"{where}.one_hot: how many classes = ?")
    if given.one_hot and given.shape and given.shape[-1] != given.classes:
        raise SpecError(
            f"{where}.shape: {list(given.shape)} does not end in the {given.classes} classes"
        )
    if given.file is not None:
        if given.array is None:
            raise SpecError(f"{where}.array: which array of {given.file}?")
        if not (spec.file.parent / given.file).is_file():
            raise SpecError(f"{where}.file: {given.file}: no such file")


def _check_references(spec: Spec) -> None:
    """What one table says of another has to be there."""
    for name in SIDES:
        for key in getattr(spec, name).inputs:
            _known(spec, f"{name}.inputs", key, spec.inputs)
    outputs = spec.reference.outputs or spec.candidate.outputs
    if spec.loss is not None:
        _known(spec, "loss.labels", spec.loss.labels, spec.inputs)
        if spec.loss.output is not None and outputs:
            _known(spec, "loss.output", spec.loss.output, outputs)
    for key in spec.candidate.outputs:
        if spec.reference.outputs:
            _known(spec, "candidate.outputs", key, spec.reference.outputs)
    if spec.steps < 1:
        raise SpecError(f"{spec.file}: steps: {spec.steps} is below 1")
    if spec.seed < 0:
        raise SpecError(f"{spec.file}: seed: {spec.seed} is below 0")


def _known(spec: Spec, where: str, key: str, known: Iterable[str]) -> None:
    if key not in known:
        raise SpecError(f"{spec.file}: {where}: unknown {key!r}: one of {', '.join(known)}")
