"""What installed packages offer, from the data file that `harness/workers/api_surface.py` made.

For a new release: python -m harness.workers.api_surface harness/scan/surface.json.gz
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("surface.json.gz")


@dataclass(frozen=True)
class Signature:
    """The parameters of a function.

    Attributes:
        positional: names that may go by position, in order.
        required: how many of them have no default.
        keywords: names that may go by keyword, with whether they have a default.
        more_positional, more_keywords: whether it takes `*args`, `**kwargs`.
    """

    positional: tuple[str, ...]
    required: int
    keywords: Mapping[str, bool]
    more_positional: bool
    more_keywords: bool

    @classmethod
    def parse(cls, text: str, bound: bool) -> Signature:
        """Reads the surface's spelling; `bound` drops the first parameter, which is self."""
        positional: list[str] = []
        keywords: dict[str, bool] = {}
        starred = more_positional = more_keywords = False
        required = 0
        for part in text.split(",") if text else ():
            if part.startswith("**"):
                more_keywords = True
            elif part.startswith("*"):
                starred, more_positional = True, more_positional or len(part) > 1
            else:
                name, only_positional = part.lstrip("/").rstrip("="), part.startswith("/")
                default = part.endswith("=")
                if not starred:
                    positional.append(name)
                    required += not default
                if not only_positional:
                    keywords[name] = default
        if bound and positional:
            keywords.pop(positional[0], None)
            positional, required = positional[1:], max(0, required - 1)
        elif bound and text.startswith("*,**"):
            pass
        return cls(tuple(positional), required, keywords, more_positional, more_keywords)


UNKNOWN_SIGNATURE = "*,**"


class Surface:
    """Answers questions about names; see the worker's docstring for the data."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.modules: Mapping[str, Mapping[str, str] | None] = document["modules"]
        self.classes: Mapping[str, Mapping[str, Any]] = document["classes"]
        self.renames: Mapping[str, str] = document["renames"]
        self.versions: Mapping[str, str] = document["versions"]
        self._signatures: list[str] = document["signatures"]
        self._parsed: dict[tuple[int, bool], Signature | None] = {}

    @cached_property
    def packages(self) -> frozenset[str]:
        """Top-level names of which everything is known."""
        return frozenset(name.split(".")[0] for name in self.modules)

    def entry(self, module: str, name: str) -> str | None:
        """What a module says of a name; "" if that cannot be known, None if it has no such name."""
        if name.startswith("_") and not module.startswith(_PRIVATE):
            return ""  # private names of public modules are not recorded
        if name.startswith("__"):
            return ""
        table = self.modules.get(module, _NO_TABLE)
        if table is None or table is _NO_TABLE:
            return ""
        return table.get(name, "" if "__getattr__" in table else None)

    def member(self, key: str, name: str) -> str | None:
        """What a class or its bases say of a member; "" and None as `entry`."""
        unknown = False
        for base in self.ancestry(key):
            record = self.classes[base]
            if name in record["members"]:
                return str(record["members"][name])
            unknown = unknown or record["open"]
        return "" if unknown or key not in self.classes else None

    def ancestry(self, key: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """The class and its bases, nearest first; where two share a name, not in a circle."""
        if key not in self.classes or key in seen:
            return
        yield key
        for base in self.classes[key]["bases"]:
            yield from self.ancestry(base, seen | {key})

    def inherits(self, key: str, ancestor: str) -> bool:
        """Whether one class is or derives from another."""
        return key == ancestor or ancestor in self.ancestry(key)

    def signature(self, entry: str, *, method: bool = False) -> Signature | None:
        """Of a function's entry; None where it takes anything or is not known."""
        index = int(entry.rstrip("!~").removeprefix("f:"))
        if (index, method) not in self._parsed:
            text = self._signatures[index]
            bound = method and text.lstrip("/").startswith("self")
            known = text != UNKNOWN_SIGNATURE
            self._parsed[index, method] = Signature.parse(text, bound) if known else None
        return self._parsed[index, method]

    def public(self, entry: str) -> tuple[str, str] | None:
        """The public name behind a private one, and what is said of that."""
        if not entry.startswith("a:"):
            return None
        module, _, name = entry[2:].rpartition(".")
        return entry[2:], self.entry(module, name) or ""


_PRIVATE = ("tensorflow.python.", "tensorflow.core.", "tensorflow.tools.", "keras.src.")
_NO_TABLE: Mapping[str, str] = {}


@lru_cache(maxsize=1)
def load() -> Surface:
    """The surface that this release of the project was made for."""
    with gzip.open(DATA) as packed:
        return Surface(json.load(packed))
