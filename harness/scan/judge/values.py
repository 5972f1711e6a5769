"""Judgements on what is done with values: entries, arithmetic, in-place operators, iteration."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan import tables
from harness.scan.findings import Edit
from harness.scan.judge import arrays, keras
from harness.scan.judge.names import replacement, wrapped
from harness.scan.values import (
    ANY,
    Api,
    Const,
    Container,
    Kind,
    Tuple,
    Value,
    alternatives,
    kind_of,
)


def entry(run: Any, node: ast.Subscript, owner: Value, key: Value) -> Value:
    """What `owner[key]` gives."""
    kind = kind_of(owner)
    sliced = kind_of(key) in ("slice", "slice of quotient")
    _quotient_index(run, node, owner, key)
    if kind == "shape":
        return owner if sliced else _shape_entry(owner, key)
    if kind in ("maybe_shape", "keras shape"):
        return owner if sliced else Kind("maybe_dimension")
    if kind in ("keras tensor", "elements"):
        return owner
    if kind == "keras logs":
        keras.logged(run, node, owner, key)
        return ANY
    if kind == "h5 file":
        return Kind("h5 entry")
    if kind == "array of lazy":
        run.report(
            "python2-sequence",
            node,
            "an array made of a lazy object has no dimension, and is not indexed",
            raises="IndexError",
        )
        return ANY
    if kind == "exception":
        run.report(
            "member-gone",
            node,
            "an exception of Python 3 has no entries; use its args",
            raises="TypeError",
        )
        return ANY
    if kind in ("keys", "values", "items", "map", "filter", "zip"):
        run.report(
            "python2-sequence",
            node,
            f"{_spelled(kind)} cannot be indexed in Python 3",
            wrapped(run, node.value),
            raises="TypeError",
        )
        return run.element(owner)
    if kind in ("tensor", "variable", "refvariable"):
        return Kind("tensor", owner.eager if isinstance(owner, Kind) else None)
    if kind == "ndarray":
        return arrays.entry(owner, node, key)
    if kind == "array shape":
        return Kind("maybe_shape") if sliced else Kind("int")
    arrays.index_of_list(run, node, owner, key)
    if isinstance(owner, Container):
        if isinstance(key, Const) and _is_key(owner, key):
            return owner.items[key.value]
        return owner if sliced else owner.every()
    if isinstance(owner, Tuple):
        if (
            isinstance(key, Const)
            and isinstance(key.value, int)
            and -len(owner.items) <= key.value < len(owner.items)
        ):
            return owner.items[key.value]
        return ANY
    if isinstance(owner, Const) and isinstance(owner.value, tuple):
        return _of_constant(node, owner.value, key)
    if kind in ("str", "bytes"):
        return Kind("int" if kind == "bytes" and not sliced else kind)
    return ANY


def _is_key(owner: Container, key: Const) -> bool:
    try:
        return key.value in owner.items
    except TypeError:
        return False


def _of_constant(node: ast.Subscript, value: tuple[Any, ...], key: Value) -> Value:
    """An entry of a constant tuple, or its beginning: `sys.version_info[:2]`."""
    if isinstance(node.slice, ast.Slice):
        upper = node.slice.upper
        end = upper.value if isinstance(upper, ast.Constant) else None
        plain = node.slice.lower is None and isinstance(end, int)
        return Const(value[:end]) if plain and isinstance(end, int) else ANY
    if isinstance(key, Const) and isinstance(key.value, int) and key.value < len(value):
        return Const(value[key.value])
    return ANY


def _shape_entry(owner: Value, key: Value) -> Value:
    written = owner.shape if isinstance(owner, Kind) else None
    if (
        written
        and isinstance(key, Const)
        and isinstance(key.value, int)
        and -len(written) <= key.value < len(written)
        and written[key.value] is None
    ):
        return Kind("unknown dimension")
    return Kind("dimension")


_INDEXED = (
    *("", "list", "tuple", "range", "ndarray", "str", "tensor"),
    *("shape", "maybe_shape", "array shape"),
)


def _quotient_index(run: Any, node: ast.Subscript, owner: Value, key: Value) -> None:
    """A quotient as an index: of a dict it may be a key, of nothing else."""
    if kind_of(owner) not in _INDEXED or isinstance(owner, (Api,)) or run.divides_anew():
        return
    keys = key.items if isinstance(key, Tuple) else (key,)
    kinds = {kind_of(k) for k in keys}
    if "slice of quotient" in kinds or (
        kinds & {"quotient", "float"} and kind_of(owner) not in ("",)
    ):
        run.report(
            "python2-division",
            node,
            "a quotient is a float in Python 3, and no index",
            divided(run, node.slice),
            raises="TypeError",
        )


def divided(run: Any, node: ast.AST) -> tuple[Edit, ...]:
    """Edits that turn the one division in an expression into a floor division."""
    found = [n for n in ast.walk(node) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
    if len(found) != 1:
        return ()
    division = found[0]
    left, right = run.text(division.left), run.text(division.right)
    if isinstance(division.left, ast.BinOp):
        left = f"({left})"
    if isinstance(division.right, ast.BinOp):
        right = f"({right})"
    return replacement(division, f"{left} // {right}")


def hashed(run: Any, node: ast.AST | None, key: Value) -> None:
    """A key of a dictionary: what is made in eager mode is none."""
    if isinstance(key, Kind) and key.name in ("tensor", "variable") and key.eager is True:
        run.report(
            "graph-only",
            node,
            f"a {key.name} made in eager mode is unhashable, and no key of a dictionary",
            raises="TypeError",
        )


def stored(run: Any, node: ast.Subscript, owner: Value, key: Value, value: Value) -> None:
    """An entry that is assigned to."""
    kind = kind_of(owner)
    if kind in ("range", "map", "filter", "zip", "keys", "values", "items"):
        run.report(
            "python2-sequence",
            node,
            f"{_spelled(kind)} cannot be assigned to in Python 3",
            raises="TypeError",
        )
    if kind == "dict":
        hashed(run, node, key)
    _quotient_index(run, node, owner, key)
    arrays.put(run, node, owner, key, value)


def _spelled(kind: str) -> str:
    return f"a dict's {kind}()" if kind in ("keys", "values", "items") else f"{kind}(...)"


def unpacked(run: Any, node: ast.AST, value: Value, count: int) -> None:
    """Something that is taken apart into so many names."""
    path, number = (value.shape or ("", 0)) if kind_of(value) == "several" else ("", 0)  # type: ignore[union-attr]
    if number and number != count:
        run.report(
            "call-signature",
            node,
            f"{path} gives {number} values now, not {count}",
            raises="ValueError",
        )


def in_place(run: Any, node: ast.AugAssign, left: Value, right: Value) -> None:
    """`x += y` of a variable, or of an array."""
    arrays.in_place(run, node, left, right)
    operator = type(node.op).__name__
    if operator not in tables.IN_PLACE_REFUSED or not any(
        isinstance(o, Kind) and o.name == "variable" for o in alternatives(left)
    ):
        return
    sign = tables.IN_PLACE_REFUSED[operator]
    target, value = run.text(node.target), run.text(node.value)
    if isinstance(node.value, (ast.BinOp, ast.IfExp, ast.BoolOp, ast.Compare, ast.Lambda)):
        value = f"({value})"
    edits = replacement(node, f"{target} = {target} {sign} {value}")
    if node.end_lineno != node.lineno:
        edits = ()
    run.report(
        "variable-in-place",
        node,
        f"{target} is a variable; {sign}= on one raises in TensorFlow 2",
        edits,
        raises="RuntimeError",
    )


def arithmetic(run: Any, node: ast.AST, op: ast.operator, left: Value, right: Value) -> None:
    """Operands that do not go together any more."""
    kinds = (kind_of(left), kind_of(right))
    if isinstance(op, ast.RShift) and isinstance(left, Api) and left.path == "builtins.print":
        run.report(
            "python2-syntax",
            node,
            "print >> file is Python 2's; use print(..., file=file)",
            raises="TypeError",
        )
    if "array of lazy" in kinds:
        run.report(
            "python2-sequence",
            node,
            "an array made of a lazy object holds that one object, which is no number",
            raises="TypeError",
        )
    if isinstance(op, (ast.Add, ast.Mult)) and not isinstance(node, ast.AugAssign):
        _lazy_operand(run, node, op, kinds)
    if isinstance(op, ast.Mult) and not run.divides_anew() and _is_repetition(node, kinds):
        run.report(
            "python2-division",
            node,
            "a quotient is a float in Python 3, and nothing is repeated that often",
            divided(run, node),
            raises="TypeError",
        )
    none = "unknown dimension" in kinds and not any(k in ("tensor", "variable") for k in kinds)
    if none:
        unknown_dimension(run, node, "takes no part in arithmetic")
    if isinstance(op, ast.Add) and set(kinds) == {"str", "bytes"}:
        run.report("python2-bytes", node, "bytes and text cannot be added", raises="TypeError")
    if (
        isinstance(op, ast.Div)
        and run.program.python2
        and not run.divides_anew()
        and _whole(left)
        and _whole(right)
    ) and not _exact(left, right):
        run.report(
            "floor-division",
            node,
            "7 / 2 is 3.5 in Python 3: both operands are integers, and the quotient was one",
            divided(run, node) if isinstance(node, ast.BinOp) else (),
        )


def _is_repetition(node: ast.AST, kinds: tuple[str, str]) -> bool:
    """Whether a literal list or text is to be repeated by a quotient.

    Of what a name or an attribute holds, not everything that is ever put there is known.
    """
    sides = (getattr(node, "left", None), getattr(node, "right", None))
    literal = any(isinstance(s, (ast.List, ast.Tuple)) or _is_literal(s, str) for s in sides)
    return literal and "quotient" in kinds


def _is_literal(node: ast.AST | None, *types: type) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, types)


def _lazy_operand(run: Any, node: ast.AST, op: ast.operator, kinds: tuple[str, str]) -> None:
    for mine, other in (kinds, kinds[::-1]):
        if mine in tables.LAZY and (
            other in ("list", *tables.LAZY) or (isinstance(op, ast.Mult) and other == "int")
        ):
            edits: tuple[Edit, ...] = ()
            if isinstance(node, ast.BinOp):
                edits = tuple(
                    edit
                    for side, kind in ((node.left, kinds[0]), (node.right, kinds[1]))
                    if kind in tables.LAZY
                    for edit in wrapped(run, side)
                )
            run.report(
                "python2-sequence",
                node,
                f"{_spelled(mine)} is no list in Python 3, and is neither added nor repeated",
                edits,
                raises="TypeError",
            )
            return


def _whole(value: Value) -> bool:
    return kind_of(value) in ("int", "dimension") and not (
        isinstance(value, Const) and value.value is True
    )


def _exact(left: Value, right: Value) -> bool:
    return (
        isinstance(left, Const)
        and isinstance(right, Const)
        and bool(right.value)
        and left.value % right.value == 0
    )


_NUMBERS = frozenset(("int", "float", "quotient"))


def _unordered(left: str, right: str) -> bool:
    number = (left in _NUMBERS) + (right in _NUMBERS)
    return (
        number + sum(kind in ("none", "str") for kind in (left, right)) == 2
        and (number == 1 or left != right)
        and number < 2
    )


def compared(run: Any, node: ast.Compare, left: Value, rights: list[Value]) -> None:
    """Comparisons: of bytes with text, and of kinds that have no order."""
    for op, right in zip(node.ops, rights, strict=True):
        ordering = isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
        literal = any(_is_literal(n, str) for n in (node.left, *node.comparators))
        none = "none" in (kind_of(left), kind_of(right))
        if ordering and (none or (literal and _unordered(kind_of(left), kind_of(right)))):
            _no_order(run, node, left, right)
        if ordering and "unknown dimension" in (kind_of(left), kind_of(right)):
            unknown_dimension(run, node, "has no order")
        if {kind_of(left), kind_of(right)} == {"str", "bytes"} and isinstance(
            op, (ast.In, ast.NotIn)
        ):
            run.report("python2-bytes", node, "text is never in bytes", raises="TypeError")


def _no_order(run: Any, node: ast.AST, left: Value, right: Value) -> None:
    sides = [_NAMED.get(kind_of(v), "anything else") for v in (left, right)]
    if "None" not in sides:
        sides = [side.replace("anything else", "a number") for side in sides]
    run.report(
        "python2-order",
        node,
        f"{' and '.join(sides)} have no order in Python 3",
        raises="TypeError",
    )


def ordered(run: Any, node: ast.AST, values: Sequence[Value]) -> None:
    """Values that are put in an order, by min, max or sorted."""
    kinds = [kind_of(value) for value in values]
    first = next((i for i, k in enumerate(kinds) if k == "none"), None)
    if first is not None and len(values) > 1:
        _no_order(run, node, values[first], values[first - 1 if first else 1])
    elif "str" in kinds and (numbers := [i for i, k in enumerate(kinds) if k in _NUMBERS]):
        _no_order(run, node, values[numbers[0]], values[kinds.index("str")])
    elif "unknown dimension" in kinds and len(values) > 1:
        unknown_dimension(run, node, "has no order")


def unknown_dimension(run: Any, node: ast.AST, said: str) -> None:
    """A dimension that is None, where only a number will do."""
    if run.shapes_of_ints and not run.v1_shapes():
        run.report(
            "unknown-dimension", node, f"this dimension is None, which {said}", raises="TypeError"
        )


_NAMED = {"none": "None", "str": "text"}


def discarded(run: Any, node: ast.Expr, value: Value) -> None:
    """An expression statement."""
    call = node.value
    if (
        kind_of(value) == "map"
        and isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "map"
    ):
        run.report("lazy-map", node, "map is lazy in Python 3: nothing here is ever called")


def parts(value: Value, depth: int = 0) -> Sequence[Value]:
    """What a value holds, lists and tuples taken apart."""
    if depth > 3:
        return []
    if isinstance(value, Tuple):
        return [p for item in value.items for p in parts(item, depth + 1)]
    if isinstance(value, Container):
        return [p for item in value.entries() for p in parts(item, depth + 1)]
    return list(alternatives(value))


def needs_integers(run: Any, node: ast.Call, arguments: Sequence[Value], places: slice) -> None:
    """Arguments that have to be whole numbers."""
    for i in range(*places.indices(len(arguments))):
        _needs_integer(run, node, node.args[i] if i < len(node.args) else node, arguments[i])


def needs_integers_named(
    run: Any, node: ast.Call, keywords: dict[str, Value], names: Sequence[str]
) -> None:
    """Arguments by keyword that have to be whole numbers."""
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg in names:
            _needs_integer(run, node, keyword.value, keywords[keyword.arg])


def _needs_integer(run: Any, node: ast.Call, place: ast.AST, given: Value) -> None:
    held = parts(given) if isinstance(given, (Tuple, Container)) else [given]
    kinds = {kind_of(part) for part in held}
    if "float" in kinds:
        run.report(
            "python2-division",
            node,
            "a float where an integer is needed: neither Python 3 nor NumPy takes its integer part",
            divided(run, place),
            raises="TypeError",
        )
    elif "quotient" in kinds and not run.divides_anew():
        run.report(
            "python2-division",
            node,
            "a quotient is a float in Python 3, where an integer is needed",
            divided(run, place),
            raises="TypeError",
        )
