"""Judgements on Keras 3: its symbolic tensors, the members it dropped, the names of its metrics."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

from harness.scan.values import (
    ANY,
    Api,
    Class,
    Const,
    Container,
    Function,
    Kind,
    Tuple,
    Union,
    Value,
    alternatives,
    constant,
    ending,
    join,
)

LAYER = "keras.src.layers.layer.Layer"
MODEL = "keras.src.models.model.Model"
OPTIMIZER = "keras.src.optimizers.base_optimizer.BaseOptimizer"
CALLBACK = "keras.src.callbacks.callback.Callback"
TENSOR = "keras.src.backend.common.keras_tensor.KerasTensor"
HISTORY = "keras.src.callbacks.history.History"

# Members of Keras 2's bases that Keras 3's do not have. Of a value of which only the base is known
# nothing else is said to be missing: the class that it really has may offer more.
_LOST = {
    MODEL: frozenset(
        [
            "fit_generator",
            "evaluate_generator",
            "predict_generator",
            "predict_classes",
            "predict_proba",
            "to_yaml",
            "_make_predict_function",
            "_make_train_function",
            "_make_test_function",
            "total_loss",
            "targets",
            "sample_weights",
            "metrics_tensors",
            "metrics_updates",
            "state_updates",
            "uses_learning_phase",
            "container_nodes",
            "_get_distribution_strategy",
            "_feed_inputs",
            "_feed_outputs",
            "_feed_targets",
            "_feed_sample_weights",
            "_collected_trainable_weights",
        ]
    ),
    LAYER: frozenset(
        [
            "add_update",
            "get_updates_for",
            "get_losses_for",
            "updates",
            "apply",
            "get_input_at",
            "get_output_at",
            "get_input_shape_at",
            "get_output_shape_at",
            "get_input_mask_at",
            "get_output_mask_at",
            "output_shape",
            "input_shape",
            "input_mask",
            "output_mask",
            "inbound_nodes",
            "outbound_nodes",
            "batch_input_shape",
        ]
    ),
    OPTIMIZER: frozenset(
        ["lr", "decay", "get_updates", "get_gradients", "updates", "get_slot", "add_slot"]
    ),
}
_INSTEAD = {
    "fit_generator": "fit",
    "evaluate_generator": "evaluate",
    "predict_generator": "predict",
    "predict_classes": "predict and argmax",
    "predict_proba": "predict",
    "to_yaml": "to_json",
    "output_shape": "output.shape",
    "get_output_at": "output",
    "get_input_at": "input",
    "lr": "learning_rate",
    "add_update": "assign in call",
}


_OF_MODELS_TOO = ("input_shape", "output_shape")  # which layers lost and models kept


def lost(run: Any, node: ast.Attribute, key: str) -> bool:
    """Whether Keras 2 had a member that Keras 3 has not, and that was reported."""
    if not isinstance(node.ctx, ast.Load) or node.attr in run.program.members:
        return False
    for base, names in _LOST.items():
        inherits = node.attr in names and run.surface.inherits(key, base)
        if node.attr in _OF_MODELS_TOO and run.surface.inherits(key, MODEL):
            continue
        if inherits and not run.surface.member(key, node.attr):
            instead = f"; use {_INSTEAD[node.attr]}" if node.attr in _INSTEAD else ""
            run.report(
                "member-gone",
                node,
                f"{base.rpartition('.')[2]} of Keras 3 has no {node.attr}{instead}",
                raises="AttributeError",
            )
            return True
    return False


def is_base(key: str) -> bool:
    """Whether a kind says only what a value derives from."""
    return key in (LAYER, MODEL, OPTIMIZER)


def base_of(cls: Class, surface: Any) -> str:
    """The class of Keras that a class of the tree derives from; empty if none."""
    for base in cls.ancestors():
        if isinstance(base, Api) and base.entry.startswith("c:keras."):
            return base.entry[2:]
    return ""


def attribute_kind(run: Any, key: str, name: str) -> Value | None:
    """What is known of an attribute's value."""
    if name == "optimizer" and run.surface.inherits(key, MODEL):
        return Kind(OPTIMIZER)
    if name == "layers" and run.surface.inherits(key, MODEL):
        return Container("list", element=Kind(LAYER))
    if name in ("outputs", "inputs") and run.surface.inherits(key, MODEL):
        return Container("list", element=Kind("keras tensor"))
    if name in ("output", "input") and run.surface.inherits(key, LAYER):
        return Kind("keras tensor")
    if name == "model" and run.surface.inherits(key, CALLBACK):
        return Kind(MODEL)
    return None


def compiled(run: Any, keywords: dict[str, Value]) -> None:
    """What the models trained from here on log, as far as `compile` says."""
    given = keywords.get("metrics", Container("list"))
    names = [constant(v, str) for v in _entries(given)] if isinstance(given, Container) else [None]
    run.metrics = tuple(names) if None not in names else None


_MAKES_MODELS = (
    "models.load_model",
    "models.model_from_json",
    "models.clone_model",
)


def given_by_function(callee: Api) -> Value | None:
    """What a function of Keras gives."""
    if callee.path.endswith("keras.Input") or callee.path.endswith(".layers.Input"):
        return Kind("keras tensor")
    if callee.path.endswith(_MAKES_MODELS):
        return Kind(MODEL)
    return Kind(MODEL) if ".applications." in callee.path and callee.entry[:1] == "f" else None


def given_by_method(run: Any, key: str, name: str) -> Value | None:
    """What a method of Keras gives."""
    if name in ("fit", "fit_generator") and run.surface.inherits(key, MODEL):
        return Kind(HISTORY, shape=run.metrics)
    if name == "get_layer" and run.surface.inherits(key, MODEL):
        return Kind(LAYER)
    if name.startswith("flow") and key.endswith(".ImageDataGenerator"):
        return Kind("iterator")
    return None


def of_unknown(run: Any, node: ast.Attribute) -> bool:
    """A method of Keras 2's models, of a value of which nothing is known."""
    distinct = node.attr.endswith("_generator") or node.attr.startswith(("_make_", "get_output_"))
    if not distinct or "keras" not in run.program.facts:
        return False
    return any(lost(run, node, base) for base in (MODEL, LAYER) if node.attr in _LOST[base])


LOST = frozenset(name for names in _LOST.values() for name in names)

# Symbolic tensors.


def is_symbolic(value: Value, depth: int = 0) -> bool:
    """Whether a value is, or a list holds, a tensor of Keras' functional API."""
    if isinstance(value, Tuple):
        return depth < 3 and any(is_symbolic(item, depth + 1) for item in value.items)
    if isinstance(value, Container):
        return depth < 3 and any(is_symbolic(item, depth + 1) for item in _entries(value))
    return any(isinstance(o, Kind) and o.name == "keras tensor" for o in alternatives(value))


def _entries(container: Container) -> Iterable[Value]:
    yield from container.items.values()
    if container.element is not None:
        yield container.element


# What of tf.keras.backend looks at a symbolic tensor without computing with it.
_LOOKS = ("int_shape", "is_keras_tensor", "count_params", "clear_session", "name_scope")
_COMPUTING = ("", "math.", "nn.", "image.", "linalg.", "strings.", "signal.", "compat.v1.")


def symbolic_argument(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> bool:
    """A function of TensorFlow that is handed a symbolic tensor of Keras, outside any layer."""
    name = callee.path.removeprefix("tensorflow.")
    if not callee.entry.startswith("f:"):
        return False
    if name.startswith("keras.backend."):
        computes = name.rpartition(".")[2] not in _LOOKS
    else:
        computes = name.rpartition(".")[0] + "." * ("." in name) in _COMPUTING
    if not computes or not any(is_symbolic(v) for v in (*arguments, *keywords.values())):
        return False
    run.report(
        "keras-tensor",
        node,
        f"tf.{name} takes no symbolic tensor of Keras 3; use keras.ops, or a layer",
        raises="ValueError",
    )
    return True


def called(run: Any, key: str, arguments: Sequence[Value]) -> Value | None:
    """What calling a layer or a model gives: a symbolic tensor for a symbolic tensor."""
    if run.surface.inherits(key, LAYER) and any(is_symbolic(a) for a in arguments):
        return Kind("keras tensor")
    return None


def inside(value: Value) -> Value:
    """A layer's argument as its `call` sees it: TensorFlow's tensor in place of Keras' symbol."""
    if isinstance(value, Union):
        return join(*(inside(option) for option in value.options))
    if isinstance(value, Kind) and value.name == "keras tensor":
        return Kind("tensor", False)
    if isinstance(value, Container):
        return Container(
            value.kind,
            {key: inside(item) for key, item in value.items.items()},
            None if value.element is None else inside(value.element),
        )
    return value


def handed(cls: Class | None, function: str, parameter: str, run: Any) -> Value | None:
    """What a parameter is, of a method that Keras calls or by the name that everybody gives it."""
    if cls is not None and function in ("build", "compute_output_shape"):
        return (
            Kind("keras shape") if run.surface.inherits(base_of(cls, run.surface), LAYER) else None
        )
    if cls is not None and parameter == "logs":
        callback = run.surface.inherits(base_of(cls, run.surface), CALLBACK)
        return Kind("keras logs") if callback else None
    if "keras" in run.program.facts and parameter == "model":
        return Kind(MODEL, shape=_GUESSED)
    return None


# Of what is a model by its name alone only that is said to be lost which nothing else has.
_GUESSED = ("by its name",)


def is_guessed(value: Value) -> bool:
    """Whether a value's kind follows from a name alone."""
    return isinstance(value, Kind) and value.name == MODEL and value.shape == _GUESSED


def checkpoint_made(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """A ModelCheckpoint, by the name of its file."""
    path = ending(keywords.get("filepath", arguments[0] if arguments else ANY))
    if not callee.path.endswith(".callbacks.ModelCheckpoint") or path is None:
        return
    weights = keywords.get("save_weights_only", Const(False))
    if not isinstance(weights, Const):
        return
    allowed = (".weights.h5",) if weights.value else (".keras", ".h5")
    if not path.endswith(allowed):
        run.report(
            "keras-saved-name",
            node,
            f"the file of a ModelCheckpoint ends in {' or '.join(allowed)} in Keras 3, not as "
            f"{path!r} does",
            raises="ValueError",
        )


def optimizer_begun(run: Any, node: ast.Call, key: str, keywords: dict[str, Value]) -> bool:
    """An optimiser of the tree's own, written for Keras 2."""
    if node.args or "learning_rate" in keywords or _first_to_begin(run, key) != OPTIMIZER:
        return False
    run.report(
        "call-signature",
        node,
        "an optimiser of Keras 3 has to be given its learning_rate here",
        raises="TypeError",
    )
    return True


def _first_to_begin(run: Any, key: str) -> str:
    """The class whose `__init__` says what it takes."""
    for base in run.surface.ancestry(key):
        init = run.surface.classes[base]["members"].get("__init__", "")
        signature = run.surface.signature(init, method=True) if init.startswith("f:") else None
        if signature is not None and not signature.more_positional:
            return str(base)
    return ""


def set_on_self(run: Any, target: ast.Attribute, cls: Class) -> None:
    """An attribute of which Keras 3 made a property that cannot be set."""
    key = base_of(cls, run.surface)
    if not key or isinstance(cls.find(target.attr), Function):
        return
    entry = run.surface.member(key, target.attr)
    if entry is not None and entry.startswith("p"):
        run.report(
            "read-only",
            target,
            f"{target.attr} is a property of Keras 3's {key.rpartition('.')[2]}, and cannot be set",
            raises="AttributeError",
        )


# Metrics by name.

_RENAMED = {"acc": "accuracy", "val_acc": "val_accuracy"}


def logged(run: Any, node: ast.Subscript, logs: Value, key: Value) -> None:
    """An entry of a training's logs, by the name that Keras 2 gave it."""
    name = constant(key, str)
    names = logs.shape if isinstance(logs, Kind) else None
    short = "metric acc" in run.program.facts if names is None else "acc" in names
    if name in _RENAMED and not short:
        run.report(
            "keras-metric-name",
            node,
            f"the metric 'accuracy' is logged as {_RENAMED[name]!r}, not as {name!r}",
            raises="KeyError",
        )


def monitored(run: Any, node: ast.Call, keywords: dict[str, Value]) -> None:
    """A callback that watches a metric by the name that Keras 2 gave it."""
    name = constant(keywords["monitor"], str) if "monitor" in keywords else None
    if name in _RENAMED and "metric acc" not in run.program.facts:
        run.report(
            "keras-metric-name",
            node,
            f"the metric 'accuracy' is logged as {_RENAMED[name]!r}; {name!r} is never seen",
            severity="silent",
        )


def rate_asked(run: Any, node: ast.Call, callee: Api) -> None:
    """K.get_value(optimizer.lr), of an optimiser of which nothing else is known."""
    asked = node.args[0] if node.args else None
    name = callee.path.rpartition(".")[2]
    if name not in ("get_value", "set_value", "eval") or "keras.backend." not in callee.path:
        return
    if isinstance(asked, ast.Attribute) and asked.attr == "lr":
        run.report(
            "member-gone",
            asked,
            "an optimiser of Keras 3 has no lr; use learning_rate",
            raises="AttributeError",
        )


_OF_MODELS = frozenset(("inputs", "outputs", "name", "trainable", "dtype", "autocast"))


def model_made(run: Any, node: ast.Call, callee: Api, keywords: dict[str, Value]) -> bool:
    """Model(input=..., output=...), as Keras 1 had it."""
    extra = [name for name in keywords if name not in _OF_MODELS]
    if callee.entry != f"c:{MODEL}" or not extra:
        return False
    run.report(
        "call-signature",
        node,
        f"keras.Model has no parameter {extra[0]}; it takes inputs and outputs",
        raises="ValueError",
    )
    return True


def weight_added(run: Any, node: ast.Call, arguments: Sequence[Value]) -> bool:
    """A weight with its name in the first place, where Keras 3 has the shape."""
    if not arguments or constant(arguments[0], str) is None:
        return False
    run.report(
        "call-signature",
        node,
        f"{ast.unparse(node.func)} takes the shape first in Keras 3; write name=",
        raises="ValueError",
    )
    return True


def symbolic_of(cls: Class, surface: Any) -> bool:
    """Whether instances of a tree's class are layers."""
    return surface.inherits(base_of(cls, surface), LAYER)
