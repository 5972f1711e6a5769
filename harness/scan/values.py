"""What the scan knows about a value without computing it: its kind, where it is defined, its parts.

A value is one of the classes below, or a `Union` of a few where control flow joins. `ANY` is a
value of which nothing is known, and about which nothing is ever reported on suspicion.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.scan.program import Module


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known."""


ANY = Unknown()


@dataclass(frozen=True, slots=True)
class Const:
    """A literal, or what follows from literals."""

    value: Any


@dataclass(frozen=True, slots=True)
class Kind:
    """An instance of which the kind is known.

    Attributes:
        name: `tensor`, `variable`, `shape`, `dimension`, `int`, `list` ... (see `tables.py`), or
        the key of a class of the surface.
        eager: whether it was made in eager mode; None where that is unknown or has no meaning.
        shape: a tensor's or an array's shape where it is known; entries are int, None or `...`.
        of: whether an array holds `int` or `float`; empty where that is not known.
    """

    name: str
    eager: bool | None = None
    shape: tuple[Any, ...] | None = None
    of: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """Something that an installed package offers.

    Attributes:
        path: its dotted public name.
        entry: what the surface says of it: module, class, function or data.
    """

    path: str
    entry: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a known instance, not called yet."""

    owner: Value
    name: str
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Tuple:
    """A tuple, by entry; of a named one, the names too."""

    items: tuple[Value, ...]
    names: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Container:
    """A list or a dict of the program; it is mutable, and so compared by identity.

    Attributes:
        kind: list or dict.
        items: by constant key or index, as far as known.
        element: everything put in otherwise.
    """

    kind: str
    items: dict[Any, Value] = field(default_factory=dict)
    element: Value | None = None

    def entries(self) -> list[Value]:
        """The entries that are known, and then what everything else is."""
        return [*self.items.values(), *([] if self.element is None else [self.element])]

    def every(self) -> Value:
        """What any of its entries may be."""
        entries = self.entries()
        return join(*entries) if entries else ANY


@dataclass(eq=False, slots=True)
class Function:
    """A function of the scanned tree, with the scope it closes over."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scope: Any
    owner: Class | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of the tree with its self."""

    function: Function
    receiver: Value


@dataclass(eq=False, slots=True)
class Class:
    """A class of the scanned tree; what its instances' attributes may be is kept here."""

    name: str
    node: ast.ClassDef
    module: Module
    bases: list[Value]
    members: dict[str, Value]
    attributes: dict[str, Value] = field(default_factory=dict)

    def find(self, name: str, seen: tuple[int, ...] = ()) -> Value | None:
        """A member or an instance attribute, here or in a base; None if not in the tree."""
        if id(self) in seen:
            return None
        if name in self.attributes:
            return self.attributes[name]
        if name in self.members:
            return self.members[name]
        for base in self.bases:
            if (
                isinstance(base, Class)
                and (found := base.find(name, (*seen, id(self)))) is not None
            ):
                return found
        return None

    def ancestors(self) -> Iterator[Value]:
        """Its bases and theirs."""
        for base in self.bases:
            yield base
            if isinstance(base, Class) and base is not self:
                yield from base.ancestors()


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of a class of the tree."""

    cls: Class


@dataclass(frozen=True, slots=True)
class Parent:
    """`super()` in a method: an instance, as the bases of a class have it."""

    cls: Class


@dataclass(frozen=True, slots=True)
class TreeModule:
    """A module of the scanned tree."""

    module: Module


@dataclass(frozen=True, slots=True)
class Union:
    """One of a few."""

    options: frozenset[Any]


Value = (
    Unknown
    | Const
    | Kind
    | Api
    | Method
    | Tuple
    | Container
    | Function
    | Bound
    | Class
    | Object
    | Parent
    | TreeModule
    | Union
)
_MOST = 5


def alternatives(value: Value) -> Iterable[Value]:
    """What a value may be, one by one."""
    return value.options if isinstance(value, Union) else (value,)


def join(*values: Value) -> Value:
    """A value that may be any of these."""
    options: set[Value] = set()
    for value in values:
        options.update(alternatives(value))
    if len(options) == 1:
        return next(iter(options))
    if sum(isinstance(option, Const) for option in options) > 2:
        kinds: set[Value] = {Kind(type(o.value).__name__) for o in options if isinstance(o, Const)}
        options = {*(o for o in options if not isinstance(o, Const)), *kinds}
    if len(options) > _MOST or not options:
        return ANY
    return next(iter(options)) if len(options) == 1 else Union(frozenset(options))


def kind_of(value: Value) -> str:
    """The name of a value's kind; empty where there is none."""
    if isinstance(value, Kind):
        return value.name
    if isinstance(value, Const):
        return "none" if value.value is None else type(value.value).__name__
    if isinstance(value, Tuple):
        return "tuple"
    if isinstance(value, Union):
        kinds = {kind_of(option) for option in value.options}
        return kinds.pop() if len(kinds) == 1 else ""
    return value.kind if isinstance(value, Container) else ""


def is_eager(value: Value, depth: int = 0) -> bool:
    """Whether any part of a value was certainly made in eager mode."""
    if depth > 3:
        return False  # a list may hold itself
    if isinstance(value, Tuple):
        return any(is_eager(item, depth + 1) for item in value.items)
    if isinstance(value, Container):
        held = [*value.items.values(), *([value.element] if value.element is not None else [])]
        return any(is_eager(item, depth + 1) for item in held)
    return isinstance(value, Kind) and value.eager is True


def constant(value: Value, kind: type) -> Any:
    """The literal behind a value, or None."""
    return value.value if isinstance(value, Const) and isinstance(value.value, kind) else None


def ending(value: Value) -> str | None:
    """How a text certainly ends; None if that is not known."""
    if isinstance(value, Kind) and value.name == "str" and value.shape:
        return str(value.shape[0])
    return constant(value, str)


def ending_in(value: Value) -> Value:
    """A text that ends as this one does."""
    text = ending(value)
    return Kind("str", shape=(text,)) if text else Kind("str")


_PLACE = re.compile(r"%(?:\(\w+\))?[#0\- +]*[\d*]*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}")


def filled(value: Value) -> Value:
    """A text with its %s or {} filled in: what stands after the last of them stays."""
    text = constant(value, str)
    return Kind("str", shape=(_PLACE.split(text)[-1],)) if text else Kind("str")
