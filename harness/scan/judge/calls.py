"""Judgements on calls: of packages' functions, of methods, of builtins."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan import tables
from harness.scan.findings import Edit
from harness.scan.judge import keras, python
from harness.scan.judge.names import replacement, wrapped
from harness.scan.judge.values import needs_integers, needs_integers_named, parts
from harness.scan.surface import Signature
from harness.scan.values import (
    ANY,
    Api,
    Bound,
    Const,
    Container,
    Function,
    Kind,
    Method,
    Parent,
    Tuple,
    Unknown,
    Value,
    alternatives,
    constant,
    ending,
    is_eager,
    kind_of,
)

_OPTIMIZER = "tensorflow.python.training.optimizer.Optimizer"
_WRITER = "tensorflow.python.summary.writer.writer.FileWriter"
_SAVER = "tensorflow.python.training.saver.Saver"
_SESSION = "tensorflow.python.client.session.BaseSession"
SUMMARIES = ("scalar", "histogram", "image", "audio", "text")
_SIGNED = ("tensorflow", "keras", "numpy", "scipy", "h5py", "tf_slim", "matplotlib")
_SIGNED_CLASSES = ("tensorflow.", "keras.", "matplotlib.")


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
        _eager_refusal(run, node, callee, arguments, keywords)
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
        hint = f"; use {_spelled(callee.path.replace('.legacy.', '.'))}, whose arguments differ"
    run.report(
        "tombstone",
        node,
        f"{_spelled(callee.path)} is there only to say that it is gone{hint}",
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
    name = _spelled(path)
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
        return run.surface.signature(entry, method=True), None
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


def _spelled(path: str) -> str:
    if path.startswith("tensorflow."):
        return "tf." + path.removeprefix("tensorflow.")
    return path


# Graphs and sessions.


def _nothing_to_save(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """A saver in a session's graph, of variables that were made outside of it."""
    saved = keywords.get("var_list", arguments[0] if arguments else ANY)
    if run.mode is False and kind_of(saved) == "uncollected":
        run.report(
            "graph-only",
            node,
            "no variable to save: they were made in eager mode, and are in no graph",
            raises="ValueError",
        )


def _eager_refusal(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """A function that refuses to work in eager mode."""
    if not run.eager_here():
        return
    entry = callee.entry
    refuses = entry.endswith("!")
    if entry.startswith("c:"):
        init = run.surface.member(entry[2:], "__init__") or ""
        refuses = init.endswith("!")
        if run.surface.inherits(entry[2:], _SAVER):
            refuses = not arguments and "var_list" not in keywords
    if refuses or callee.path.endswith(_REFUSES):
        run.report(
            "graph-only",
            node,
            f"{_spelled(callee.path)} does not work in eager mode, which is on here",
            raises="RuntimeError",
        )


# What calls a refusing function where the data's maker does not look for one.
_REFUSES = (
    "train.MonitoredTrainingSession",
    "train.ProfilerHook",
    "summary.FileWriterCache.get",
    "data.make_initializable_iterator",
    "losses.get_total_loss",
    "train.import_meta_graph",
    "train.export_meta_graph",
    "tensorflow.gradients",
)


def _run_of_session(run: Any, node: ast.Call, owner: Value, arguments: Sequence[Value]) -> None:
    """`session.run`: what it fetches has to be in its graph."""
    fetched = arguments[0] if arguments else ANY
    _lazy_fetches(run, node, fetched)
    if any(_merged_nothing(part) for part in parts(fetched)):
        run.report(
            "summary-merged-none",
            node,
            "what merge_all gave is None here, and None cannot be fetched",
            raises="TypeError",
        )
    alone = isinstance(owner, Kind) and owner.eager is True
    if run.eager_here() and (alone or is_eager(fetched)):
        run.report(
            "session-without-graph",
            node,
            "nothing was built in a graph: eager mode is on",
            raises="RuntimeError",
        )
    elif any(is_eager(option) for option in alternatives(fetched)) and run.mode is False:
        run.report(
            "session-without-graph",
            node,
            "what is fetched here was made in eager mode, and is in no graph",
            raises="RuntimeError",
        )


def _lazy_fetches(run: Any, node: ast.Call, fetched: Value) -> None:
    kind = kind_of(fetched)
    if kind in tables.NO_SEQUENCE:
        message = f"{python.spelled(kind)} is no list in Python 3, and cannot be fetched"
        python.no_list(run, node, 0, message)


def _summary_added(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    summary = arguments[0] if arguments else keywords.get("summary", ANY)
    if kind_of(summary) == "summary of TensorFlow 2":
        run.report(
            "summary-merged-none",
            node,
            "what a summary of TensorFlow 2 gives is a bool, which a FileWriter does not take",
            raises="AttributeError",
        )


def _merged_nothing(value: Value) -> bool:
    return isinstance(value, Kind) and value.name == "nothing merged"


def _tensorflow_call(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    name = callee.path.removeprefix("tensorflow.")
    module, _, last = name.rpartition(".")
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
    elif run.surface.inherits(callee.entry[2:], _SAVER):
        _nothing_to_save(run, node, arguments, keywords)
    elif name == "nn.moments":
        _axes_of_moments(run, node, arguments)
    elif name == "add_n" and arguments and kind_of(arguments[0]) == "uncollected":
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
        if _merged_nothing(keywords.get("summary_op", ANY)):
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
            f"{_spelled(callee.path)} takes a list, which {python.spelled(lazy[0])} is not in "
            "Python 3",
            raises="TypeError",
        )
    elif last in _SHAPED:
        needs_integers(run, node, arguments, slice(0, 2))
        needs_integers_named(run, node, keywords, ("shape",))


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


def _axes_of_moments(run: Any, node: ast.Call, arguments: Sequence[Value]) -> None:
    """In a graph, one of the operations behind tf.nn.moments wants a list."""
    if run.mode is not True and len(arguments) > 1 and kind_of(arguments[1]) == "range":
        message = "tf.nn.moments takes a list of axes, which range(...) is not in Python 3"
        python.no_list(run, node, 1, message)


_GOES_THROUGH = ("add_n", "tuple", "py_func", "zeros", "ones", "get_variable")
_SHAPED = (
    "zeros",
    "ones",
    "reshape",
    "fill",
    "get_variable",
    "placeholder",
    "random_normal",
    "normal",
)


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
            _run_of_session(run, node, owner, arguments)
        if run.surface.inherits(key, _OPTIMIZER) and name in ("minimize", "compute_gradients"):
            _minimise(run, node, arguments, keywords)
        if callee.signature.endswith("!") and run.eager_here():
            run.report(
                "graph-only",
                node,
                f"{key.rpartition('.')[2]}.{name} does not work in eager mode, which is on here",
                raises="RuntimeError",
            )
        if key == tables.ITERATOR:
            _iterator_used(run, node, owner, name)
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
        _outside_the_graph(run, node, owner, name)
        if key == _WRITER and name == "add_summary":
            _summary_added(run, node, arguments, keywords)
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
        _run_of_session(run, node, owner, arguments)
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


_STARTS_THREADS = ("managed_session", "prepare_or_wait_for_session", "start_standard_services")


def _outside_the_graph(run: Any, node: ast.Call, owner: Value, name: str) -> None:
    """What works in threads or on collections, where eager mode is on around the graph."""
    if not isinstance(owner, Kind) or owner.eager is None:
        return
    saver = run.surface.inherits(owner.name, _SAVER)
    if owner.eager is False:
        if saver and run.mode is True and name in ("save", "restore"):
            run.report(
                "graph-only",
                node,
                f"a saver made in a graph does not {name} outside of it, where eager mode is on",
                raises="ValueError",
            )
        return
    if owner.name.endswith(".supervisor.Supervisor") and name in _STARTS_THREADS:
        run.report(
            "graph-only",
            node,
            "a Supervisor's threads save and count outside the graph, where eager mode is on",
            raises="ValueError",
        )
    if saver and name == "save":
        run.report(
            "graph-only",
            node,
            "the saver has no variables: in eager mode, which is on here, none is collected",
            raises="ValueError",
        )


def _iterator_used(run: Any, node: ast.Call, owner: Value, name: str) -> None:
    """An iterator of a structure: in eager mode it begins when it is given its dataset."""
    if name == "make_initializer":
        run.iterators_begun = True
    elif (
        name == "get_next"
        and isinstance(owner, Kind)
        and owner.eager is not False
        and run.eager_here()
        and not run.iterators_begun
    ):
        run.report(
            "graph-only",
            node,
            "this iterator has no dataset yet, and in eager mode, which is on here, it is read at "
            "once",
            raises="FailedPreconditionError",
        )


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


def _minimise(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    loss = arguments[0] if arguments else keywords.get("loss", ANY)
    if not run.eager_here() or isinstance(loss, (Function, Bound)):
        return
    if isinstance(loss, Unknown) and run.mode is None:
        return
    run.report(
        "graph-only",
        node,
        "an optimiser of tf.compat.v1 takes a function for its loss in eager mode, which is on "
        "here",
        raises="RuntimeError",
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


# Builtins and the standard library.


def given_by_builtin(
    run: Any, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
) -> Value:
    """What a call of a builtin gives."""
    first = arguments[0] if arguments else ANY
    if name in ("list", "sorted", "tuple"):
        if arguments:
            return Container("list", element=run.element(first))
        return Container("list")
    if name == "dict":
        return Container("dict", dict(keywords), element=ANY if arguments else None)
    if name == "isinstance" and len(arguments) == 2:
        return _is_instance(first, arguments[1])
    if name == "super":
        owner = run.frames[-1].owner if run.frames else None
        return Parent(owner) if owner is not None else ANY
    if name in ("map", "filter"):
        return Kind(name)
    if name == "enumerate":
        return Kind(name, shape=(Tuple((Kind("int"), run.element(first))),))
    if name == "zip":
        return Kind(name, shape=(Tuple(tuple(run.element(a) for a in arguments)),))
    if name == "reversed":
        return Kind(name, shape=(run.element(first),))
    if name == "open":
        return opened(arguments, keywords, default="r")
    if name in ("int", "float") and isinstance(first, Const):
        try:
            return Const({"int": int, "float": float}[name](first.value))
        except (TypeError, ValueError):
            return Kind(name)
    if name == "len":
        return Kind("int")
    kind = tables.BUILTIN_RETURNS.get(name, "")
    return Kind(kind) if kind else ANY


def _is_instance(value: Value, classes: Value) -> Value:
    """What `isinstance` says of a value of which the class is known."""
    kind = kind_of(value)
    asked = classes.items if isinstance(classes, Tuple) else (classes,)
    names = [c.path for c in asked if isinstance(c, Api) and c.path.startswith("builtins.")]
    if kind not in tables.BUILTIN_KINDS or len(names) < len(asked):
        return Kind("bool")
    return Const(f"builtins.{kind}" in names or "builtins.object" in names)


def opened(arguments: Sequence[Value], keywords: dict[str, Value], default: str) -> Value:
    """A file, by its mode."""
    mode = keywords.get("mode") or (arguments[1] if len(arguments) > 1 else Const(default))
    text = constant(mode, str)
    if text is None:
        return ANY
    return Kind("binary file" if "b" in text else "text file")


def _range(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    needs_integers(run, node, arguments, slice(0, None))
    for value in arguments:
        if kind_of(value) == "unknown dimension":
            run.report("unknown-dimension", node, "this dimension is None", raises="TypeError")


def _len(run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]) -> None:
    kind = kind_of(arguments[0]) if arguments else ""
    if kind in ("map", "filter", "zip", "generator"):
        run.report(
            "python2-sequence",
            node,
            f"{kind}(...) has no length in Python 3",
            wrapped(run, node.args[0]),
            raises="TypeError",
        )


def _int(run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]) -> None:
    if (
        arguments
        and kind_of(arguments[0]) == "unknown dimension"
        and run.shapes_of_ints
        and not run.v1_shapes()
    ):
        run.report(
            "unknown-dimension", node, "this dimension is None, and no number", raises="TypeError"
        )


def _sorted(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if "cmp" in keywords or len(arguments) > 1:
        run.report(
            "call-signature",
            node,
            "sorted takes a key, and no comparison any more",
            raises="TypeError",
        )


def _numpy_load(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if "encoding" in keywords and "allow_pickle" not in keywords and len(arguments) < 3:
        run.report(
            "load-allow-pickle",
            node,
            "an encoding is for pickles, and np.load refuses those unless allow_pickle=True",
            raises="ValueError",
        )


def _pickle_dump(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if len(arguments) > 1 and kind_of(arguments[1]) == "text file":
        run.report(
            "python2-bytes",
            node,
            "pickle writes bytes; open the file with 'wb'",
            raises="TypeError",
        )


def _pickle_load(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if arguments and kind_of(arguments[0]) == "text file":
        run.report(
            "python2-bytes", node, "pickle reads bytes; open the file with 'rb'", raises="TypeError"
        )


def iterated(run: Any, node: ast.AST, value: Value) -> None:
    """Something that is gone through, by a loop or by `next`."""
    if kind_of(value) == "binary csv":
        run.report(
            "python2-bytes",
            node,
            "csv reads text, and the file was opened in binary mode",
            raises="Error",
        )


def _iterated(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if arguments:
        iterated(run, node, arguments[0])


def _h5py_file(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    old = run.program.graphs or run.program.python2
    if old and len(arguments) == 1 and "mode" not in keywords:
        run.report("file-mode", node, "h5py 3 opens for reading here, h5py 2 made the file")


_SPECIAL = {
    "builtins.range": _range,
    "builtins.len": _len,
    "builtins.next": _iterated,
    "builtins.list": _iterated,
    "builtins.int": _int,
    "builtins.sorted": _sorted,
    "numpy.load": _numpy_load,
    "pickle.dump": _pickle_dump,
    "pickle.load": _pickle_load,
    "tensorflow.keras.models.save_model": _save_model,
    "keras.models.save_model": _save_model,
    "h5py.File": _h5py_file,
}
