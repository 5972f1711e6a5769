"""NumPy's arrays by their shapes: what calls give, and what only equal rows or one number will do.

A shape is a tuple of lengths, `...` where one is not known; None where the rank is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan.values import (
    ANY,
    Api,
    Const,
    Container,
    Kind,
    Tuple,
    Value,
    alternatives,
    constant,
    kind_of,
)

Shape = tuple[Any, ...]

_NUMBER_KINDS = ("int", "float", "bool", "complex", "quotient", "dimension", "number")
_SCALARS = (*_NUMBER_KINDS, "str", "bytes", "none")


class Ragged(ValueError):
    """Entries of different shapes, of which no array is made since NumPy 1.24."""


def shape_of(value: Value, depth: int = 0) -> Shape | None:
    """The shape of the array that NumPy makes of a value.

    Raises:
        Ragged: it makes none.
    """
    if kind_of(value) in _SCALARS:
        return ()
    if depth > 4:
        return None
    if isinstance(value, Kind):
        return value.shape if value.name == "ndarray" else None
    if isinstance(value, Tuple):
        return _stacked(value.items, depth)
    if isinstance(value, Container) and value.kind == "list":
        if value.element is None:
            return _stacked(list(value.items.values()), depth) if value.items else None
        inner = shape_of(value.element, depth + 1) if not value.items else None
        return None if inner is None else (..., *inner)
    shapes = [shape_of(option, depth + 1) for option in alternatives(value) if option is not value]
    return shapes[0] if shapes and all(shape == shapes[0] for shape in shapes) else None


def _stacked(items: Sequence[Value], depth: int) -> Shape | None:
    shapes = [shape_of(item, depth + 1) for item in items]
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return None
    first = known[0]
    for other in known[1:]:
        same_rank = len(first) == len(other)
        if not same_rank or any(_differ(a, b) for a, b in zip(first, other, strict=True)):
            raise Ragged
    if len(known) < len(shapes):
        return None
    lengths = zip(*known, strict=True)
    return (len(items), *(_length(set(each)) for each in lengths))


def _differ(a: Any, b: Any) -> bool:
    return a is not ... and b is not ... and a != b


def _length(found: set[Any]) -> Any:
    return found.pop() if len(found) == 1 else ...


def known_shape(value: Value) -> Shape | None:
    """The shape of a value as an array, if it has one that is known."""
    try:
        return shape_of(value)
    except Ragged:
        return None


def is_array(value: Value) -> bool:
    """Whether a value is an array of one dimension or more, and no number."""
    return all(isinstance(o, Kind) and o.name == "ndarray" and o.shape for o in alternatives(value))


def _array(shape: Shape | None, of: str = "") -> Value:
    """An array of that shape; what has none is a number."""
    if shape == ():
        return Kind(of or "number")
    return Kind("ndarray", shape=shape, of=of)


# What calls give.


def _asked_for(value: Value) -> Shape | None:
    """A shape that is handed to a function."""
    if isinstance(value, Kind) and value.name == "array shape":
        return value.shape
    if kind_of(value) in ("int", "dimension", "quotient"):
        return (_one_length(value),)
    if isinstance(value, Const) and isinstance(value.value, tuple):
        return tuple(v if isinstance(v, int) else ... for v in value.value)
    if isinstance(value, Tuple):
        return tuple(map(_one_length, value.items))
    if isinstance(value, Container) and value.kind == "list" and value.element is None:
        return tuple(map(_one_length, value.items.values()))
    return None


def _one_length(value: Value) -> Any:
    length = constant(value, int)
    return ... if length is None or length < 0 else length


def _by(
    place: int, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
) -> Value | None:
    """An argument by place or by name."""
    if name in keywords:
        return keywords[name]
    return arguments[place] if len(arguments) > place else None


def _counted(name: str, arguments: Sequence[Value]) -> str:
    """What `arange` and `linspace` hold; where a bound is unknown, so is this."""
    kinds = {kind_of(argument) for argument in arguments}
    if name == "linspace" or kinds & {"float", "quotient"}:
        return "float"
    return "int" if kinds == {"int"} else ""


def _kept(of: Value | None) -> str:
    """What an array holds, by a dtype as it is written."""
    name = of.path if isinstance(of, Api) else str(getattr(of, "value", ""))
    name = name.rpartition(".")[2]
    if name.startswith(("int", "uint", "long")):
        return "int"
    return "float" if name.startswith(("float", "double")) else ""


def _held(value: Value, depth: int = 0) -> str:
    """What an array made of a value holds: int, float, or nothing that is known."""
    if isinstance(value, Kind) and value.name == "ndarray":
        return value.of
    parts: list[Value] = []
    if isinstance(value, Tuple):
        parts = list(value.items)
    elif isinstance(value, Container) and value.kind == "list":
        parts = value.entries()
    elif kind_of(value) in ("int", "float"):
        return kind_of(value)
    if not parts or depth > 3:
        return ""
    found = {_held(part, depth + 1) for part in parts}
    return found.pop() if len(found) == 1 else "float" if found == {"int", "float"} else ""


def _made(arguments: Sequence[Value], keywords: dict[str, Value], place: int, of: str) -> Value:
    """zeros, ones and their kin."""
    shape = _by(0, "shape", arguments, keywords)
    dtype = _by(place, "dtype", arguments, keywords)
    return _array(_asked_for(shape) if shape else None, _kept(dtype) if dtype else of)


def _converted(arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """array, asarray and their kin."""
    first = _by(0, "object", arguments, keywords) or _by(0, "a", arguments, keywords) or ANY
    dtype = _by(1, "dtype", arguments, keywords)
    shape = known_shape(first)
    if shape == ():
        return Kind("ndarray", shape=())
    return _array(shape, _kept(dtype) if dtype is not None else _held(first))


def _drawn(place: int, of: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """A function of np.random that takes a size."""
    size = _by(place, "size", arguments, keywords)
    if size is None or size == Const(None):
        plain = all(known_shape(v) == () for v in (*arguments, *keywords.values()))
        return Kind(of or "number") if plain else Kind("ndarray")
    return _array(_asked_for(size), of)


def _reduced(first: Value, axis: Value | None, keeps: bool, of: str = "") -> Value:
    """sum, mean, argmax and their kin."""
    shape = known_shape(first)
    if axis is None or axis == Const(None):
        return Kind(of or "number") if not keeps else ANY
    place = constant(axis, int)
    if shape is None or place is None or not -len(shape) <= place < len(shape):
        return ANY
    rest = list(shape)
    rest[place : place + 1 or None] = [1] if keeps else []
    return _array(tuple(rest), of)


def _reshaped(shape: Shape | None, of: str) -> Value:
    return _array(shape, of) if shape is None or shape else Kind("ndarray", shape=())


def _stack(first: Value, name: str) -> Value:
    """concatenate, stack and their kin."""
    parts = None
    if isinstance(first, Tuple):
        parts = [known_shape(item) for item in first.items]
    elif isinstance(first, Container) and first.kind == "list":
        parts = [known_shape(item) for item in first.entries()]
    if not parts or any(part is None for part in parts):
        return Kind("ndarray")
    rank = max(len(part) for part in parts if part is not None)
    rank += {"stack": 1, "vstack": rank < 2, "hstack": rank < 1}.get(name, 0)
    return Kind("ndarray", shape=(...,) * rank)


def given(name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value | None:
    """What a function of NumPy gives; None where nothing is known of it."""
    first = arguments[0] if arguments else ANY
    if name in _MADE:
        return _made(arguments, keywords, *_MADE[name])
    if name in ("array", "asarray", "asanyarray", "ascontiguousarray"):
        return _converted(arguments, keywords)
    if name.startswith("random."):
        return _of_random(name[7:], arguments, keywords)
    if name in _REDUCES:
        keeps = keywords.get("keepdims", Const(False)) != Const(False)
        return _reduced(first, _by(1, "axis", arguments, keywords), keeps, _REDUCES[name])
    if name == "reshape":
        target = _by(1, "shape", arguments, keywords) or _by(1, "newshape", arguments, keywords)
        return _reshaped(_asked_for(target) if target else None, _held(first))
    if name in ("arange", "linspace"):
        dtype = keywords.get("dtype")
        return _array((...,), _kept(dtype) if dtype else _counted(name, arguments))
    if name in ("concatenate", "stack", "vstack", "hstack"):
        return _stack(first, name)
    if name in ("eye", "identity"):
        return _array((..., ...), "float")
    if name == "load":
        return Kind("loaded array")
    shape = known_shape(first)
    if name in _ENTRYWISE:
        shapes = [known_shape(v) for v in arguments]
        return _array(_broadcast(shapes), "float" if name in _GIVES_FLOATS else "")
    if name in ("zeros_like", "ones_like", "full_like", "empty_like"):
        dtype = keywords.get("dtype")
        return _array(shape or None, _kept(dtype) if dtype else _held(first))
    if name == "searchsorted" and len(arguments) > 1:
        return _array(known_shape(arguments[1]), "int")
    if name == "expand_dims":
        return Kind("ndarray", shape=None if shape is None else (1, *((...,) * len(shape))))
    if name in ("transpose", "sort", "flip", "argsort", "cumsum", "copy", "squeeze", "append"):
        same = name in ("transpose", "sort", "flip", "argsort", "cumsum", "copy") and shape
        return Kind("ndarray", shape=(...,) * len(shape) if same and shape else None)
    return None


def _of_random(name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value | None:
    if name in ("rand", "randn"):
        shape = tuple(map(_one_length, arguments))
        return _array(shape, "float")
    if name in ("uniform", "normal", "binomial"):
        return _drawn(2, "float", arguments, keywords)
    if name in ("randint", "random_integers"):
        return _drawn(2, "int", arguments, keywords)
    if name in ("random", "random_sample", "standard_normal"):
        return _drawn(0, "float", arguments, keywords)
    if name == "choice":
        return _chosen(arguments, keywords)
    return Kind("ndarray") if name == "permutation" else None


def _chosen(arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    size = _by(1, "size", arguments, keywords)
    one = size is None or size == Const(None)
    whole = bool(arguments) and kind_of(arguments[0]) == "int"
    if one:
        return Kind("int") if whole else ANY
    return _array(_asked_for(size or ANY), "int" if whole else "")


def _broadcast(shapes: Sequence[Shape | None]) -> Shape | None:
    known = [shape for shape in shapes if shape is not None]
    if not known or len(known) < len(shapes):
        return None
    longest = max(known, key=len)
    return longest if len({shape for shape in known if shape}) <= 1 else (...,) * len(longest)


def computed(left: Value, right: Value, op: ast.operator) -> Value:
    """What an operation on arrays, and on an array and a number, gives."""
    shapes = [known_shape(left), known_shape(right)]
    held = {_held(left), _held(right)}
    of = "float" if isinstance(op, ast.Div) or held == {"int", "float"} else ""
    if len(held) == 1 and not isinstance(op, ast.Div):
        of = held.pop()
    shape = None if isinstance(op, ast.MatMult) else _broadcast(shapes)
    return Kind("ndarray", shape=shape, of=of)


def method(
    owner: Value, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
) -> Value:
    """What a method of an array gives."""
    shape, of = known_shape(owner), _held(owner)
    if name in ("copy", "clip", "round"):
        return Kind("ndarray", shape=shape, of=of)
    if name == "astype":
        dtype = _by(0, "dtype", arguments, keywords)
        return Kind("ndarray", shape=shape, of=_kept(dtype))
    if name in ("flatten", "ravel"):
        return _array((...,), of)
    if name == "reshape":
        one = arguments[0] if len(arguments) == 1 else Tuple(tuple(arguments))
        return _reshaped(_asked_for(one), of)
    if name in _REDUCES and name in _METHODS_TOO:
        keeps = keywords.get("keepdims", Const(False)) != Const(False)
        return _reduced(owner, _by(0, "axis", arguments, keywords), keeps, _REDUCES[name])
    if name == "transpose":
        return Kind("ndarray", shape=None if shape is None else (...,) * len(shape), of=of)
    return Kind("ndarray") if name in ("dot", "squeeze", "repeat") else ANY


def attribute(owner: Value, name: str) -> Value | None:
    """An attribute of an array."""
    shape = known_shape(owner)
    if name == "shape":
        return Kind("array shape", shape=shape) if shape is not None else Kind("maybe_shape")
    if name == "T":
        rank = None if shape is None else (...,) * len(shape)
        return Kind("ndarray", shape=rank, of=_held(owner))
    return Kind("int") if name in ("size", "ndim", "itemsize", "nbytes") else None


def entry(owner: Value, node: ast.Subscript, key: Value) -> Value:
    """What indexing an array gives."""
    shape, of = known_shape(owner), _held(owner)
    if shape is None:
        return ANY
    keys = key.items if isinstance(key, Tuple) else (key,)
    places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if len(places) != len(keys):
        return ANY
    at = 0
    rest: list[Any] = []
    for place, index in zip(places, keys, strict=True):
        if index == Const(None):
            rest.append(1)
        elif kind_of(index) == "int" and not isinstance(index, Container):
            at += 1
        elif isinstance(place, ast.Slice):
            rest.append(...)
            at += 1
        else:
            return ANY
    return _array((*rest, *shape[at:]), of) if at <= len(shape) else ANY


def element(owner: Value) -> Value:
    """What iterating over an array gives."""
    shape = known_shape(owner)
    return _array(shape[1:], _held(owner)) if shape else ANY


# Judgements.


def converted(
    run: Any, node: ast.Call, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """Arguments of which NumPy makes arrays."""
    place = 1 if name == "save" else 0
    if name in ("savez", "savez_compressed"):
        given_to = [*arguments[1:], *keywords.values()]
    elif name in _CONVERTS:
        given_to = list(arguments[place : place + 1])
    else:
        return
    if name in _OF_SEVERAL and given_to:
        first = given_to[0]
        given_to = list(first.items) if isinstance(first, Tuple) else []
        if isinstance(first, Container):
            given_to = first.entries()
    dtype = _by(1, "dtype", arguments, keywords) if name in _TAKES_DTYPE else None
    if dtype is not None and _kept(dtype) == "":
        return  # of objects, or of what is not known
    if any(map(_is_ragged, given_to)):
        run.report(
            "ragged-array",
            node,
            f"numpy.{name} is given entries of different shapes, of which NumPy makes no array",
            raises="ValueError",
        )


def _is_ragged(value: Value) -> bool:
    options = list(alternatives(value))
    try:
        for option in options:
            shape_of(option)
    except Ragged:
        return len(options) == 1
    return False


def one_number(run: Any, node: ast.AST, name: str, value: Value) -> None:
    """What has to be a single number, and is an array."""
    if is_array(value):
        run.report(
            "array-as-number",
            node,
            f"{name} takes a number, and since NumPy 2.4 no array is one that has a dimension",
            raises="TypeError",
        )


def put(run: Any, node: ast.Subscript, owner: Value, key: Value, value: Value) -> None:
    """A number's place in an array that is given an array."""
    shape = known_shape(owner) if kind_of(owner) == "ndarray" else None
    if shape is None or not is_array(value):
        return
    keys = key.items if isinstance(key, Tuple) else (key,)
    if len(keys) == len(shape) and all(kind_of(k) == "int" for k in keys):
        run.report(
            "array-as-number",
            node,
            "a place for one number is given an array, which NumPy refuses since 2.4",
            raises="ValueError",
        )


def index_of_list(run: Any, node: ast.Subscript, owner: Value, key: Value) -> None:
    """An array as the index of a list or a text; an attribute may hold more than is known."""
    if isinstance(node.value, ast.Attribute):
        return
    if kind_of(owner) in ("list", "tuple", "str", "range") and is_array(key):
        run.report(
            "array-as-number",
            node,
            f"a {kind_of(owner)} is indexed by a number, and no array is one that has a dimension",
            raises="TypeError",
        )


def in_place(run: Any, node: ast.AugAssign, left: Value, right: Value) -> None:
    """`x /= 2` of an array of integers, which holds no quotient."""
    if not (isinstance(left, Kind) and left.name == "ndarray" and left.of == "int" and left.shape):
        return
    divided = isinstance(node.op, ast.Div) and not run.divides_anew()
    plain = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult))
    if divided or (plain and (_held(right) == "float" or kind_of(right) == "quotient")):
        run.report(
            "python2-division",
            node,
            "an array of integers does not hold what this gives, which are floats",
            raises="TypeError",
        )


def refuses_pickles(node: ast.Call) -> bool:
    """Whether a call of np.load does not allow them."""
    names = {keyword.arg for keyword in node.keywords}
    return len(node.args) < 3 and not names & {"allow_pickle", None}


def one_object(run: Any, node: ast.Attribute) -> None:
    """`np.load(path).item()`, which is how an object is read that was saved alone."""
    call = node.value
    if isinstance(call, ast.Call) and refuses_pickles(call):
        run.report(
            "load-allow-pickle",
            call,
            "item() takes out one object, a pickle, and np.load refuses those unless "
            "allow_pickle=True",
            raises="ValueError",
        )


_MADE = {"zeros": (1, "float"), "ones": (1, "float"), "empty": (1, "float"), "full": (2, "")}
_REDUCES = {
    "sum": "",
    "mean": "",
    "std": "",
    "var": "",
    "max": "",
    "min": "",
    "amax": "",
    "amin": "",
    "prod": "",
    "median": "",
    "argmax": "int",
    "argmin": "int",
}
_METHODS_TOO = ("sum", "mean", "std", "var", "max", "min", "prod", "argmax", "argmin")
_GIVES_FLOATS = ("sqrt", "exp", "log", "floor", "ceil", "round", "rint", "sin", "cos", "tanh")
_ENTRYWISE = (*_GIVES_FLOATS, "abs", "absolute", "square", "maximum", "minimum", "clip", "sign")
_OF_SEVERAL = ("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack")
_TAKES_DTYPE = ("array", "asarray", "asanyarray", "ascontiguousarray")
_CONVERTS = (
    *_OF_SEVERAL,
    *_TAKES_DTYPE,
    *_REDUCES,
    *_ENTRYWISE,
    "argsort",
    "expand_dims",
    "isnan",
    "random.choice",
    "random.permutation",
    "repeat",
    "reshape",
    "save",
    "savetxt",
    "sort",
    "squeeze",
    "tile",
    "transpose",
    "unique",
    "zeros_like",
    "ones_like",
)
