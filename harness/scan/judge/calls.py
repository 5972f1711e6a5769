"""Judgements on calls: of packages' functions, of methods, of builtins."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan import tables
from harness.scan.findings import Edit
from harness.scan.judge import builtins, graphs, keras, python
from harness.scan.judge.names import replacement, short_name, spelled_path
from harness.scan.judge.values import needs_integers, needs_integers_named, parts
from harness.scan.surface import Signature
from harness.scan.values import (
    ANY,
    Api,
    Const,
    Kind,
    Method,
    Unknown,
    Value,
    ending,
    kind_of,
)

_OPTIMIZER = "tensorflow.python.training.optimizer.Optimizer"
_WRITER = "tensorflow.python.summary.writer.writer.FileWriter"
_SESSION = "tensorflow.python.client.session.BaseSession"
SUMMARIES = ("scalar", "histogram", "image", "audio", "text")
_SIGNED = (
    *("tensorflow", "keras", "numpy", "scipy", "h5py", "tf_slim", "matplotlib"),
    *("sklearn", "PIL"),
)
_SIGNED_CLASSES = ("tensorflow.", "keras.", "matplotlib.", "sklearn.", "PIL.Image.Image")


def call(
    run: Any,
    node: Any,
    callee: Api,
    arguments: Sequence[Value],
    keywords: dict[str, Value],
    complete: bool,
) -> None:
    """A call of a function or class that a package offers."""
    if not isinstance(node, ast.Call):
        return
    package = callee.path.split(".")[0]
    if package in _SIGNED:
        if _tombstone(run, node, callee):
            return
        graphs.eager_refusal(run, node, callee, arguments, keywords)
        if keras.symbolic_argument(run, node, callee, arguments, keywords):
            return
        keras.monitored(run, node, keywords)
        keras.rate_asked(run, node, callee)
        keras.checkpoint_made(run, node, callee, arguments, keywords)
        if keras.model_made(run, node, callee, keywords):
            return
        if _signature(run, node, callee.path, callee.entry, len(arguments), keywords, complete):
            return
    if package == "tf_slim":
        _slim_batch_norm(run, node, callee, keywords)
    handler = _SPECIAL.get(callee.path)
    if handler is not None:
        handler(run, node, arguments, keywords)
    elif package == "tensorflow":
        _tensorflow_call(run, node, callee, arguments, keywords)
    python.library_call(run, node, callee, arguments, keywords)


def _tombstone(run: Any, node: ast.Call, callee: Api) -> bool:
    """A function or class that is still offered, only to say that it is gone."""
    entry = callee.entry
    if entry.startswith("c:"):
        entry = run.surface.member(entry[2:], "__init__") or ""
    if not entry.endswith("~"):
        return False
    hint = ""
    if ".optimizers.legacy." in callee.path:
        hint = f"; use {spelled_path(callee.path.replace('.legacy.', '.'))}, whose arguments differ"
    run.report(
        "tombstone",
        node,
        f"{spelled_path(callee.path)} is there only to say that it is gone{hint}",
        raises="ImportError",
    )
    return True


def _slim_batch_norm(run: Any, node: ast.Call, callee: Api, keywords: dict[str, Value]) -> None:
    """tf-slim's batch norm is built on a layer of Keras 2; everything else of slim works."""
    given = keywords.get("normalizer_fn")
    if callee.path.endswith(".batch_norm") or (
        isinstance(given, Api)
        and given.path.startswith("tf_slim.")
        and given.path.endswith(".batch_norm")
    ):
        run.report(
            "keras3-gone",
            node,
            "tf_slim.batch_norm needs Keras 2, and fails with Keras 3",
            raises="ImportError",
        )


# Signatures.


def _signature(
    run: Any,
    node: ast.Call,
    path: str,
    entry: str,
    count: int,
    keywords: dict[str, Value],
    complete: bool,
) -> bool:
    """Whether the arguments do not fit, and that was reported."""
    signature, closed = _parameters(run, entry)
    if signature is None:
        return False
    if path.startswith("matplotlib."):
        if entry.startswith("c:"):
            return False  # of several bases, Python's order is not the data's
        count, complete = 0, False  # its wrappers take by place what they do not show
    name = spelled_path(path)
    problem = _misfit(signature, node, count, keywords, complete, closed)
    if problem is None:
        return False
    if path == "tensorflow.nn.dropout" and "rate" in keywords and count > 1:
        names = ("noise_shape", "seed", "name")
        extra = node.args[1:]
        edits = tuple(
            edit
            for keyword, item in zip(names, extra, strict=False)
            for edit in replacement(item, f"{keyword}={run.text(item)}")
        )
        run.report(
            "dropout-noise-shape",
            node,
            "the second place of tf.nn.dropout is the rate now, which is given by keyword too",
            edits if len(extra) <= 2 else (),
            raises="TypeError",
        )
        return True
    run.report("call-signature", node, f"{name} {problem}", raises="TypeError")
    return True


def _parameters(run: Any, entry: str) -> tuple[Signature | None, frozenset[str] | None]:
    """The signature of a function, class or method, and what its **kwargs may hold if not all."""
    if entry.startswith("f:"):
        return run.surface.signature(entry), None  # a method of a class is given its self
    if not entry.startswith("c:"):
        return None, None
    key = entry[2:]
    init = run.surface.member(key, "__init__")
    if not init or not init.startswith("f:"):
        return None, None
    signature = run.surface.signature(init, method=True)
    closed = None
    if key.startswith("keras.src.") and signature is not None and signature.more_keywords:
        closed = _closed_keywords(run, key)
    return signature, closed


def _closed_keywords(run: Any, key: str) -> frozenset[str] | None:
    """What a Keras class takes through **kwargs: the parameters of its bases, and no others."""
    if run.surface.inherits(key, keras.OPTIMIZER):
        extra = frozenset({"decay"})  # dropped without a word
    elif run.surface.inherits(key, keras.LAYER) and not run.surface.inherits(key, keras.MODEL):
        extra = tables.LAYER_KEYWORDS
    else:
        return None
    names = set(extra) | tables.CLASS_KEYWORDS.get(key.rpartition(".")[2], set())
    for base in run.surface.ancestry(key):
        init = run.surface.classes[base]["members"].get("__init__", "")
        if init.startswith("f:") and (signature := run.surface.signature(init, method=True)):
            names.update(signature.keywords)
    return frozenset(names)


def _misfit(
    signature: Signature,
    node: ast.Call,
    count: int,
    keywords: dict[str, Value],
    complete: bool,
    closed: frozenset[str] | None,
) -> str | None:
    starred = any(isinstance(a, ast.Starred) for a in node.args)
    if not starred and count > len(signature.positional) and not signature.more_positional:
        most = len(signature.positional)
        return f"takes at most {most} positional argument{'s' * (most != 1)}, and is given {count}"
    for name in keywords:
        unknown = name not in signature.keywords
        if unknown and not signature.more_keywords:
            return f"has no parameter {name}"
        if unknown and closed is not None and name not in closed:
            return f"has no parameter {name}"
        if not starred and name in signature.positional[:count] and name in signature.keywords:
            return f"is given {name} twice, by its place and by keyword"
    if complete:
        missing = [n for n in signature.positional[count : signature.required] if n not in keywords]
        missing += [
            n
            for n, default in signature.keywords.items()
            if not default and n not in signature.positional and n not in keywords
        ]
        if missing:
            return f"needs {missing[0]}"
    return None


# Functions of TensorFlow.


def _tensorflow_call(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    name = callee.path.removeprefix("tensorflow.")
    module, _, last = name.rpartition(".")
    if _computes(callee, module, last):
        graphs.enters(run, node, (*arguments, *keywords.values()))
    places, names = tables.TENSORS_TAKE_INTEGERS.get(short_name(callee.path), _NOWHERE)
    needs_integers(run, node, arguments, places)
    needs_integers_named(run, node, keywords, names)
    if module == "summary" and last in SUMMARIES:
        _summary(run, node)
    elif name in ("image.resize", "image.resize_with_pad") and run.program.graphs:
        run.report(
            "image-resize",
            node,
            "pixel centres are at half integers here, which TensorFlow 1's resize functions did "
            "not do",
        )
    elif last == "run" and module.endswith("app"):
        return
    elif run.surface.inherits(callee.entry[2:], graphs.SAVER):
        graphs.nothing_to_save(run, node, arguments, keywords)
    elif name == "nn.moments":
        _axes_of_moments(run, node, arguments)
    elif name in _OF_SOME and arguments and kind_of(arguments[0]) == "uncollected":
        run.report(
            "graph-only",
            node,
            "there is nothing to add up: in eager mode, which is on here, no variable is collected",
            raises="ValueError",
        )
    elif name == "compat.v1.summary.merge" and arguments:
        if any(kind_of(part) == "summary of TensorFlow 2" for part in parts(arguments[0])):
            run.report(
                "summary-merged-none",
                node,
                "what a summary of TensorFlow 2 gives is no summary, and cannot be merged",
                raises="TypeError",
            )
    elif name == "compat.v1.train.SummarySaverHook":
        if graphs.merged_nothing(keywords.get("summary_op", ANY)):
            run.report(
                "summary-merged-none",
                node,
                "what merge_all gave is None here, and the hook needs something to save",
                raises="ValueError",
            )
    elif name in ("concat", "split") and len(arguments) > 1:
        _before_version_1(run, node, name, arguments)
    elif _makes_tensors(callee, module, last) and (
        lazy := [
            kind
            for value in (*arguments, *keywords.values())
            if (kind := kind_of(value)) in tables.NO_SEQUENCE
        ]
    ):
        run.report(
            "python2-sequence",
            node,
            f"{spelled_path(callee.path)} takes a list, which {python.spelled(lazy[0])} is not in "
            "Python 3",
            raises="TypeError",
        )


def _makes_tensors(callee: Api, module: str, last: str) -> bool:
    """Whether a function makes a tensor of what it is given, and goes through nothing itself."""
    name = f"{module}.{last}".lstrip(".").removeprefix("compat.v1.")
    plain = module.removeprefix("compat.v1") in ("", "math", "nn", "linalg")
    return (
        plain
        and callee.entry.startswith("f:")
        and name not in tables.NO_TENSOR
        and last not in _GOES_THROUGH
    )


def _computes(callee: Api, module: str, last: str) -> bool:
    """Whether a function adds an operation on what it is given to the graph."""
    short = module.removeprefix("compat.v1").strip(".")
    return (
        callee.entry.startswith("f:")
        and short in tables.TENSOR_MODULES
        and f"{short}.{last}".lstrip(".") not in _COMPUTE_NOTHING
    )


_LISTS_OF_TENSORS = {name for name, kind in tables.RETURNS_LIST.items() if kind == "tensor"}
_COMPUTE_NOTHING = tables.NO_TENSOR | tables.RETURNS_LIST.keys() - _LISTS_OF_TENSORS


def _axes_of_moments(run: Any, node: ast.Call, arguments: Sequence[Value]) -> None:
    """In a graph, one of the operations behind tf.nn.moments wants a list."""
    if run.mode is not True and len(arguments) > 1 and kind_of(arguments[1]) == "range":
        message = "tf.nn.moments takes a list of axes, which range(...) is not in Python 3"
        python.no_list(run, node, 1, message)


_OF_SOME = ("add_n", "concat", "stack")  # which refuse an empty list
_GOES_THROUGH = ("add_n", "tuple", "py_func", "zeros", "ones", "get_variable")
_NOWHERE: tuple[slice, tuple[str, ...]] = (slice(0, 0), ())


def _before_version_1(run: Any, node: ast.Call, name: str, arguments: Sequence[Value]) -> None:
    """tf.concat(axis, values) and tf.split(axis, count, value), as they were before 1.0."""
    axis = isinstance(arguments[0], Const) and isinstance(arguments[0].value, int)
    if axis and (name == "concat" or (len(arguments) > 2 and not isinstance(arguments[2], Const))):
        run.report(
            "call-signature",
            node,
            f"tf.{name} takes its axis last since TensorFlow 1.0",
            raises="ValueError",
        )


def _summary(run: Any, node: ast.Call) -> None:
    """A summary of TensorFlow 2 in a tree that builds graphs and merges."""
    if not run.program.graphs or "writer v2" in run.program.facts:
        return
    function = node.func
    edits: tuple[Edit, ...] = ()
    if isinstance(function, ast.Attribute) and run.text(function.value) == "tf.summary":
        edits = replacement(function.value, "tf.compat.v1.summary")
    run.report(
        "summary-v2",
        node,
        "a summary of TensorFlow 2 adds nothing to the graph's summaries; nothing is logged",
        edits,
    )


# Methods.


def method_call(
    run: Any,
    node: Any,
    callee: Method,
    arguments: Sequence[Value],
    keywords: dict[str, Value],
    complete: bool,
) -> None:
    """A call of a method of a known instance."""
    if not isinstance(node, ast.Call):
        return
    owner, name, key = callee.owner, callee.name, kind_of(callee.owner)
    if key in run.surface.classes:
        if run.surface.inherits(key, _SESSION) and name == "run":
            graphs.run_of_session(run, node, owner, arguments)
        if run.surface.inherits(key, _OPTIMIZER) and name in ("minimize", "compute_gradients"):
            graphs.minimise(run, node, arguments, keywords)
        if callee.signature.endswith("!") and run.eager_here():
            run.report(
                "graph-only",
                node,
                f"{key.rpartition('.')[2]}.{name} does not work in eager mode, which is on here",
                raises="RuntimeError",
            )
        if key == tables.ITERATOR:
            graphs.iterator_used(run, node, owner, name)
        if name == "add_weight" and keras.weight_added(run, node, arguments):
            return
        if name == "__init__" and keras.optimizer_begun(run, node, key, keywords):
            return
        if keras.is_guessed(owner):
            return
        if callee.signature.startswith("f:") and key.startswith(_SIGNED_CLASSES):
            _method_signature(
                run, node, key, name, callee.signature, len(arguments), keywords, complete
            )
        if run.surface.inherits(key, keras.MODEL):
            _keras_saved(run, node, name, arguments)
            if name == "compile":
                keras.compiled(run, keywords)
        graphs.outside_the_graph(run, node, owner, name)
        if name in ("lookup", "insert", "export", "size"):
            graphs.enters(run, node, (owner, *arguments))
        if name == "apply_gradients":
            graphs.gradients_applied(run, node, arguments, keywords)
        if key == _WRITER and name == "add_summary":
            graphs.summary_added(run, node, arguments, keywords)
    elif key in ("tensor", "operation") and name in ("eval", "run"):
        if (
            isinstance(owner, Kind)
            and owner.eager is True
            and key == "operation"
            and run.mode is True
        ):
            run.report(
                "session-without-graph",
                node,
                "an operation made in eager mode is None",
                raises="AttributeError",
            )
    elif isinstance(owner, Unknown) and name in tables.LOST_BY_ARRAYS:
        _lost_by_arrays(run, node, name, len(arguments), keywords)
    elif isinstance(owner, Unknown) and name == "run" and arguments:
        graphs.run_of_session(run, node, owner, arguments)
    if key in ("tensor", "variable") and name in _COMPUTES:
        graphs.enters(run, node, (owner, *arguments))
    if key == "variable" and name == "eval":
        _eval_of_variable(run, node, arguments, keywords)
    _text_and_bytes(run, node, owner, name, arguments)
    _parsed(run, node, name, arguments)
    python.text_method(run, node, owner, name, arguments)
    if name == "shuffle" and arguments and kind_of(arguments[0]) in ("range", *tables.NO_SEQUENCE):
        given = python.spelled(kind_of(arguments[0]))
        message = f"shuffle moves the entries of a list, which {given} is not in Python 3"
        python.no_list(run, node, 0, message)
    if key == "ndarray" and name == "reshape":
        needs_integers(run, node, arguments, slice(0, None))
    if key == "list" and name == "sort" and (arguments or "cmp" in keywords):
        run.report(
            "call-signature",
            node,
            "list.sort takes a key, and no comparison any more",
            raises="TypeError",
        )


_COMPUTES = ("assign", "assign_add", "assign_sub", "read_value", "value", "scatter_update")


def _lost_by_arrays(
    run: Any, node: ast.Call, name: str, count: int, keywords: dict[str, Value]
) -> None:
    """A method that only arrays of NumPy 1 had, of what may be one, called as theirs was."""
    numbers, names, instead = tables.LOST_BY_ARRAYS[name]
    if count in numbers and keywords.keys() <= names and name not in run.program.members:
        run.report(
            "member-gone",
            node,
            f"arrays of NumPy 2 have no {name} any more; use {instead}",
            raises="AttributeError",
        )


def _method_signature(
    run: Any,
    node: ast.Call,
    key: str,
    name: str,
    entry: str,
    count: int,
    keywords: dict[str, Value],
    complete: bool,
) -> None:
    signature = run.surface.signature(entry, method=True)
    if signature is None:
        return
    if key.startswith("matplotlib."):
        count, complete = 0, False
    closed = None
    if name == "__init__" and signature.more_keywords:
        closed = _closed_keywords(run, key)
    problem = _misfit(signature, node, count, keywords, complete, closed)
    if problem is not None:
        owner = key.rpartition(".")[2]
        run.report("call-signature", node, f"{owner}.{name} {problem}", raises="TypeError")


def _eval_of_variable(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """`eval` of what an assignment gives: a tensor in TensorFlow 1, a variable in TensorFlow 2."""
    if "feed_dict" in keywords or (arguments and kind_of(arguments[0]) == "dict"):
        run.report(
            "call-signature",
            node,
            "eval of a variable, which assign gives too, takes a session and feeds nothing",
            raises="AttributeError",
        )


def _save_model(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if "save_format" not in keywords:
        _keras_saved(run, node, "save", arguments[1:])


def _keras_saved(run: Any, node: ast.Call, name: str, arguments: Sequence[Value]) -> None:
    path = ending(arguments[0]) if arguments else None
    if path is None:
        return
    if name == "save" and not path.endswith((".keras", ".h5", ".hdf5")):
        run.report(
            "keras-saved-name",
            node,
            f"{path!r} ends in neither .keras nor .h5",
            raises="ValueError",
        )
    if name == "save_weights" and not path.endswith(".weights.h5"):
        run.report(
            "keras-saved-name", node, f"{path!r} does not end in .weights.h5", raises="ValueError"
        )


def _parsed(run: Any, node: ast.Call, name: str, arguments: Sequence[Value]) -> None:
    """A protocol buffer's message, read from text."""
    given = kind_of(arguments[0]) if arguments else ""
    if name in ("ParseFromString", "MergeFromString") and given == "str":
        run.report(
            "python2-bytes",
            node,
            f"{name} reads bytes; open the file with 'rb'",
            raises="UnicodeDecodeError",
        )


_SAID = {"bytes": "bytes", "str": "text"}


def _text_and_bytes(
    run: Any, node: ast.Call, owner: Value, name: str, arguments: Sequence[Value]
) -> None:
    kind, given = kind_of(owner), kind_of(arguments[0]) if arguments else ""
    methods = ("split", "rsplit", "replace", "startswith", "endswith", "strip", "join", "find")
    if {kind, given} == {"str", "bytes"} and name in methods:
        run.report(
            "python2-bytes",
            node,
            f"{name} of {_SAID[kind]} takes no {_SAID[given]}",
            raises="TypeError",
        )
    elif kind == "binary file" and name == "write" and given == "str":
        run.report(
            "python2-bytes", node, "a file opened in binary mode takes no text", raises="TypeError"
        )
    elif kind == "hash" and name == "update" and given == "str":
        run.report(
            "python2-bytes", node, "a hash is made of bytes; encode the text", raises="TypeError"
        )
    elif kind == "binary csv" and name in ("writerow", "writerows", "writeheader"):
        run.report(
            "python2-bytes",
            node,
            "csv writes text, and the file was opened in binary mode",
            raises="TypeError",
        )
    elif kind == "text file" and name == "write" and given == "bytes":
        run.report(
            "python2-bytes", node, "a file opened in text mode takes no bytes", raises="TypeError"
        )


_SPECIAL = {
    **builtins.SPECIAL,
    "tensorflow.keras.models.save_model": _save_model,
    "keras.models.save_model": _save_model,
}
