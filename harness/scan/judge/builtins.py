"""Judgements on calls of builtins and the standard library, and what they give."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan import tables
from harness.scan.judge import arrays
from harness.scan.judge.names import wrapped
from harness.scan.judge.values import needs_integers, ordered, unknown_dimension
from harness.scan.values import (
    ANY,
    Api,
    Const,
    Container,
    Kind,
    Parent,
    Tuple,
    Value,
    constant,
    kind_of,
)


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
    if name == "zip" and any(kind_of(a) == "uncollected" for a in arguments):
        return Kind("uncollected")  # nothing, with whatever it is paired
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
            unknown_dimension(run, node, "is no number")


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
    if arguments and kind_of(arguments[0]) == "unknown dimension":
        unknown_dimension(run, node, "is no number")


def _extreme(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if "key" not in keywords:
        ordered(run, node, arguments if len(arguments) > 1 else _listed(arguments))


def _listed(arguments: Sequence[Value]) -> Sequence[Value]:
    """The entries of a list of which every one is known."""
    first = arguments[0] if arguments else ANY
    if isinstance(first, Tuple):
        return first.items
    known = isinstance(first, Container) and first.kind == "list" and first.element is None
    return list(first.items.values()) if known and isinstance(first, Container) else ()


def _sorted(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if "key" not in keywords:
        ordered(run, node, _listed(arguments))
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
    if arrays.refuses_pickles(node) and "encoding" in keywords:
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


def _open(run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]) -> None:
    mode = constant(keywords.get("mode", arguments[1] if len(arguments) > 1 else ANY), str)
    if mode is not None and "U" in mode:
        run.report(
            "call-signature",
            node,
            f"no file is opened with the mode {mode!r} since Python 3.11; leave the U out",
            raises="ValueError",
        )


SPECIAL = {
    "builtins.open": _open,
    "io.open": _open,
    "codecs.open": _open,
    "builtins.range": _range,
    "builtins.len": _len,
    "builtins.next": _iterated,
    "builtins.list": _iterated,
    "builtins.float": _int,
    "builtins.int": _int,
    "builtins.max": _extreme,
    "builtins.min": _extreme,
    "builtins.sorted": _sorted,
    "numpy.load": _numpy_load,
    "pickle.dump": _pickle_dump,
    "pickle.load": _pickle_load,
    "h5py.File": _h5py_file,
}
