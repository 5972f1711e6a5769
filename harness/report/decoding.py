"""JSON to frozen dataclasses and back, checked against their type hints.

JSON has no infinities and no NaN; they are written as the strings "inf", "-inf" and "nan".
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from harness.report.errors import ReportError

T = TypeVar("T")

_NOT_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def decode(hint: type[T], value: Any, where: str) -> T:
    """Builds what `hint` describes from parsed JSON.

    Arguments:
        hint: a dataclass whose fields are dataclasses, `str`, `bool`, `int`, `float`, `Literal`s,
            `X | None`, `tuple[X, ...]` or `Mapping[str, X]`; `object` takes anything.
        value: parsed JSON.
        where: the place, to name in the message.

    Raises:
        ReportError: a value of the wrong type, or a key that is missing or unknown.
    """
    result: T = _decode(hint, value, where)
    return result


def encode(value: Any) -> Any:
    """The JSON form of what `decode` builds."""
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def encode_document(schema: int, value: Any) -> dict[str, Any]:
    """A result file's contents: what `json.dumps` can write, the version of its format first."""
    return {"schema": schema, **encode(value)}


def decode_document(hint: type[T], schema: int, document: Any, where: str) -> T:
    """The inverse of `encode_document`.

    Arguments:
        hint: see `decode`.
        schema: the version that is understood.
        document: parsed JSON.
        where: the file, to name in the message.

    Raises:
        ReportError: another version, or anything out of format.
    """
    version = document.get("schema") if isinstance(document, dict) else None
    if version != schema:
        raise ReportError(f"{where}: expected schema {schema}, found {version!r}")
    return decode(hint, {key: value for key, value in document.items() if key != "schema"}, where)


def _decode(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint):
        return _dataclass(hint, value, where)
    decoder = _DECODERS.get(get_origin(hint) or hint)
    if decoder is None:
        raise TypeError(f"{where}: no decoder for {hint}")
    return decoder(get_args(hint), value, where)


def _dataclass(hint: Any, value: Any, where: str) -> Any:
    _expect(isinstance(value, dict), "an object", value, where)
    hints = get_type_hints(hint)
    for key in value:
        if key not in hints:
            raise ReportError(f"{where}: unknown key '{key}'")
    for field in fields(hint):
        if field.name not in value and field.default is field.default_factory is MISSING:
            raise ReportError(f"{where}: no '{field.name}'")
    return hint(**{key: _decode(hints[key], value[key], f"{where}.{key}") for key in value})


def _string(_: Any, value: Any, where: str) -> str:
    _expect(isinstance(value, str), "a string", value, where)
    return str(value)


def _boolean(_: Any, value: Any, where: str) -> bool:
    _expect(isinstance(value, bool), "true or false", value, where)
    return bool(value)


def _integer(_: Any, value: Any, where: str) -> int:
    # In Python, though not in JSON, true is an integer.
    _expect(isinstance(value, int) and not isinstance(value, bool), "an integer", value, where)
    return int(value)


def _number(_: Any, value: Any, where: str) -> float:
    if isinstance(value, str) and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    _expect(is_number, "a number", value, where)
    return float(value)


def _literal(choices: tuple[Any, ...], value: Any, where: str) -> Any:
    _expect(value in choices, f"one of {', '.join(map(repr, choices))}", value, where)
    return value


def _optional(hints: tuple[Any, ...], value: Any, where: str) -> Any:
    (hint,) = (hint for hint in hints if hint is not types.NoneType)
    return None if value is None else _decode(hint, value, where)


def _tuple(hints: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    _expect(isinstance(value, list), "a list", value, where)
    return tuple(_decode(hints[0], item, f"{where}[{i}]") for i, item in enumerate(value))


def _mapping(hints: tuple[Any, ...], value: Any, where: str) -> dict[str, Any]:
    _expect(isinstance(value, dict), "an object", value, where)
    return {key: _decode(hints[1], item, f"{where}.{key}") for key, item in value.items()}


def _expect(holds: bool, expected: str, value: Any, where: str) -> None:
    if not holds:
        found = repr(value)
        shown = found if len(found) <= 40 else f"{found[:37]}..."
        raise ReportError(f"{where}: expected {expected}, found {shown}")


_DECODERS: Mapping[Any, Callable[[Any, Any, str], Any]] = {
    str: _string,
    bool: _boolean,
    int: _integer,
    float: _number,
    Literal: _literal,
    Union: _optional,
    types.UnionType: _optional,
    tuple: _tuple,
    Mapping: _mapping,
    object: lambda _, value, where: value,
}
