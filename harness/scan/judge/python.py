"""Judgements on calls of NumPy and the standard library: lazy objects, quotients, bytes."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from harness.scan import libraries, tables
from harness.scan.findings import Edit
from harness.scan.judge import arrays
from harness.scan.judge.names import wrapped
from harness.scan.judge.values import needs_integers, needs_integers_named, parts
from harness.scan.values import ANY, Api, Const, Container, Tuple, Value, constant, kind_of


def library_call(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """A call of a function of NumPy or of the standard library."""
    handler = _SPECIAL.get(callee.path)
    if handler is not None:
        handler(run, node, arguments, keywords)
    if callee.path in tables.TAKES_BYTES or callee.path in tables.TAKES_TEXT:
        _bytes_or_text(run, node, callee, arguments)
    if callee.path in tables.TAKES_SEQUENCE | tables.CHANGES_SEQUENCE:
        _takes_sequence(run, node, callee, arguments)
    if callee.path.startswith("numpy."):
        arrays.converted(run, node, callee.path[6:], arguments, keywords)
    elif callee.path in _OF_NUMBERS or callee.path.startswith("math."):
        for value in arguments:
            arrays.one_number(run, node, callee.path.removeprefix("builtins."), value)
    places = tables.TAKES_INTEGERS.get(callee.path)
    if places is not None:
        needs_integers(run, node, arguments, places)
        signature = run.surface.signature(callee.entry) if callee.entry.startswith("f:") else None
        if signature is not None:
            needs_integers_named(run, node, keywords, signature.positional[places])
    if callee.path.startswith("re.") and len(arguments) > 1:
        _pattern(run, node, callee, arguments)


_OF_NUMBERS = ("builtins.int", "builtins.float", "builtins.complex", "builtins.range")
_NUMBER = re.compile(r"%[#0\- +]*[\d*]*(?:\.\d+)?([a-zA-Z%])")


def filled_in(run: Any, node: ast.AST, text: Value, given: Value) -> None:
    """`text % values`: what is to be a number is no array."""
    known = constant(text, str)
    kinds = _NUMBER.findall(known.replace("%%", "")) if known else []
    values = given.items if isinstance(given, Tuple) else (given,)
    for kind, value in zip(kinds, values, strict=False):
        if kind in "difeEgG" and len(kinds) == len(values):
            arrays.one_number(run, node, f"%{kind}", value)


def _bytes_or_text(run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value]) -> None:
    wanted = "bytes" if callee.path in tables.TAKES_BYTES else "str"
    given = kind_of(arguments[0]) if arguments else ""
    if given in ("str", "bytes") and given != wanted:
        said = {"str": "text", "bytes": "bytes"}
        run.report(
            "python2-bytes",
            node,
            f"{callee.path} takes {said[wanted]} in Python 3, and is given {said[given]}",
            raises="TypeError",
        )


def _pattern(run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value]) -> None:
    text = arguments[2 if callee.path in ("re.sub", "re.subn") else 1 :][:1]
    kinds = {kind_of(arguments[0]), *map(kind_of, text)}
    if kinds == {"str", "bytes"}:
        run.report(
            "python2-bytes",
            node,
            "a pattern of text is not searched for in bytes, nor the other way round",
            raises="TypeError",
        )


def _takes_sequence(run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value]) -> None:
    kind = kind_of(arguments[0]) if arguments else ""
    in_place = callee.path in tables.CHANGES_SEQUENCE
    lazy = (*tables.LAZY[not in_place :], "generator", "set")
    if kind not in lazy or (callee.path.startswith("numpy.") and kind == "set"):
        return
    no_list(
        run, node, 0, f"{callee.path} takes a sequence, which {spelled(kind)} is not in Python 3"
    )


def no_list(run: Any, node: ast.Call, place: int, message: str) -> None:
    """An argument by place that would have to be a list, and can be made one."""
    edits: tuple[Edit, ...] = ()
    if len(node.args) > place:
        edits = wrapped(run, node.args[place])
    run.report("python2-sequence", node, message, edits, raises="TypeError")


def spelled(kind: str) -> str:
    """A lazy kind as a reader would write it."""
    if kind in ("keys", "values", "items"):
        return f"a dict's {kind}()"
    return kind if kind in ("generator", "set") else f"{kind}(...)"


def array_made(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> bool:
    """An array of a lazy object: of no dimension, holding the object itself."""
    kind = kind_of(arguments[0]) if arguments else ""
    if kind not in tables.NO_SEQUENCE:
        return False
    if "dtype" in keywords or len(arguments) > 1:
        no_list(run, node, 0, f"an array of numbers is not made of {spelled(kind)} in Python 3")
        return False
    run.report(
        "array-of-lazy",
        node,
        f"an array made of {spelled(kind)} has no dimension in Python 3, and holds that one object",
        wrapped(run, node.args[0]) if node.args else (),
    )
    return True


def _from_string(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if (
        "sep" not in keywords
        and len(arguments) < 4
        and not any(k.arg is None for k in node.keywords)
    ):
        run.report(
            "call-signature",
            node,
            "numpy.fromstring without sep read bytes, and refuses to; use numpy.frombuffer",
            raises="ValueError",
        )


def _json(run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]) -> None:
    if arguments and any(kind_of(part) == "bytes" for part in parts(arguments[0])):
        run.report("python2-bytes", node, "JSON holds no bytes; decode them", raises="TypeError")
    _json_read(run, node, arguments, keywords)


def _json_read(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if "encoding" in keywords:
        run.report(
            "call-signature",
            node,
            "json has no parameter encoding since Python 3.9; open the file with it",
            raises="TypeError",
        )


def _bytes_list(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if any(kind_of(part) == "str" for part in parts(keywords.get("value", ANY))):
        run.report(
            "python2-bytes", node, "a BytesList holds no text; encode it", raises="TypeError"
        )


def _shuffle(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    if len(arguments) + len(keywords) > 1:
        run.report(
            "call-signature",
            node,
            "random.shuffle takes no function beside the list since Python 3.11",
            raises="TypeError",
        )


def _array_uncopied(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    copied = keywords.get("copy") != Const(False)
    if not copied and arguments and kind_of(arguments[0]) in ("list", "tuple", "int", "float"):
        run.report(
            "call-signature",
            node,
            "numpy.array with copy=False refuses what it has to copy since NumPy 2; use asarray",
            raises="ValueError",
        )


def _packed(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    form = constant(arguments[0], str) if arguments else None
    if form and "s" in form and any(kind_of(a) == "str" for a in arguments[1:]):
        run.report("python2-bytes", node, "struct packs bytes, and no text", raises="error")


def _colour_map(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    colour_map_named(run, node, arguments[0] if arguments else ANY)


def colour_map_named(run: Any, node: ast.AST, value: Value) -> None:
    """A colour map of Matplotlib by its name."""
    name = constant(value, str)
    if name in libraries.COLOUR_MAPS:
        run.report(
            "name-gone",
            node,
            f"Matplotlib has no colour map {name}; use {libraries.COLOUR_MAPS[name]}",
            raises="ValueError",
        )


def _style(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    name = constant(arguments[0], str) if arguments else None
    if name and name.startswith(libraries.OLD_STYLES) and not name.startswith(libraries.NEW_STYLES):
        new = name.replace(libraries.OLD_STYLES, libraries.NEW_STYLES)
        run.report(
            "name-gone", node, f"Matplotlib has no style {name}; use {new}", raises="OSError"
        )


_SPECIAL = {
    "random.shuffle": _shuffle,
    "numpy.array": _array_uncopied,
    "struct.pack": _packed,
    "matplotlib.cm.get_cmap": _colour_map,
    "matplotlib.pyplot.get_cmap": _colour_map,
    "matplotlib.pyplot.set_cmap": _colour_map,
    "matplotlib.pyplot.style.use": _style,
    "matplotlib.style.use": _style,
    "tensorflow.train.BytesList": _bytes_list,
    "numpy.fromstring": _from_string,
    "json.dumps": _json,
    "json.dump": _json,
    "json.load": _json_read,
    "json.loads": _json_read,
}


def _deletes_text(owner: Value, arguments: Sequence[Value]) -> bool:
    """Whether a `translate` is that of Python 2's text, and not that of a shape on a canvas."""
    letters = arguments[1]
    of_string = isinstance(letters, Api) and letters.path.startswith("string.")
    text = of_string or kind_of(letters) == "str"
    return kind_of(owner) == "str" or (kind_of(owner) == "" and text)


_CODECS = ("hex", "base64", "zlib", "bz2", "rot13", "string-escape", "string_escape", "uu")


def text_method(
    run: Any, node: ast.Call, owner: Value, name: str, arguments: Sequence[Value]
) -> None:
    """Methods of text that Python 2 had for bytes too."""
    if name == "translate" and len(arguments) == 2 and _deletes_text(owner, arguments):
        run.report(
            "call-signature",
            node,
            "translate of text takes a table alone in Python 3; see str.maketrans",
            raises="TypeError",
        )
    if kind_of(owner) != "str" or not arguments:
        return
    if name == "encode" and constant(arguments[0], str) in _CODECS:
        run.report(
            "python2-bytes",
            node,
            f"text is not encoded as {constant(arguments[0], str)} in Python 3; use the module",
            raises="LookupError",
        )
    joined = arguments[0]
    if name == "join" and isinstance(joined, Container) and kind_of(joined.every()) == "bytes":
        run.report("python2-bytes", node, "join of text takes no bytes", raises="TypeError")
