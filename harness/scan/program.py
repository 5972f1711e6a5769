"""The tree to scan: its Python files, read with suspicion, parsed once, found by import name."""

from __future__ import annotations

import ast
import os
import tokenize
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.scan import notebooks, python2
from harness.scan.findings import Edit

if TYPE_CHECKING:
    from harness.scan.trees import Facts

LARGEST = 2_000_000  # bytes; generated tables, not code
HELD = 20_000_000  # bytes of source of which the syntax is kept for the next file
_PASSED_OVER = {".git", ".hg", "__pycache__", ".tox", ".venv", "node_modules", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be judged, and why.

    Attributes:
        line: where, from 1.
        fatal: whether Python itself will refuse the file.
    """

    reason: str
    line: int = 1
    fatal: bool = True


@dataclass(eq=False)
class Module:
    """A file of the tree.

    Attributes:
        file: relative to the tree, with slashes.
        name: dotted, relative to the tree.
        node: its syntax, or None where it has none.
        problem: why it has none, or why it had to be repaired.
        repairs: Python 2 syntax that was read as Python 3: line, what, and the edit.
        encoding: of its bytes; `utf-8-sig` where they begin with a byte order mark.
        starred: packages of which it imports everything; empty text for one that is not known.
        places: of a notebook, the cell and the line of each line of its code.
    """

    file: str
    name: str
    source: bytes
    node: ast.Module | None
    problem: Unreadable | None = None
    repairs: tuple[tuple[int, str, tuple[Edit, ...]], ...] = ()
    encoding: str = "utf-8"
    true_division: bool = False
    starred: list[str] = field(default_factory=list)
    places: tuple[tuple[int, int], ...] = ()
    globals: dict[str, Any] = field(default_factory=dict)
    state: str = "new"

    @property
    def editable(self) -> bool:
        """Whether places in its syntax are places in its bytes."""
        return self.encoding == "utf-8" and not self.repairs and not self.places

    def place(self, line: int) -> tuple[int, int]:
        """The cell and the line there of a line of a notebook's code; cell 0 in any other file."""
        return self.places[line - 1] if 0 < line <= len(self.places) else (0, line)


def files(root: Path) -> Iterator[tuple[Path, Unreadable | None]]:
    """The Python files below a folder in a fixed order; folders that lead back are reported."""
    if root.is_file():
        yield root, None
        return
    above: dict[str, frozenset[Path]] = {os.fspath(root): frozenset({root.resolve()})}
    for folder, folders, names in os.walk(root, followlinks=True):
        ancestors = above.pop(folder)
        kept = []
        for name in sorted(folders):
            path = Path(folder, name)
            real = path.resolve()
            if name in _PASSED_OVER:
                continue
            if path.is_symlink() and any(real == a or real in a.parents for a in ancestors):
                yield (
                    path,
                    Unreadable("a symbolic link to a folder above it; not followed", fatal=False),
                )
                continue
            above[os.fspath(path)] = ancestors | {real}
            kept.append(name)
        folders[:] = kept
        for name in sorted(names):
            if name.endswith((".py", notebooks.SUFFIX)):
                yield Path(folder, name), None


def module_name(file: str) -> str:
    """The dotted name of a file, relative to the tree; that of a notebook no import means."""
    parts = file.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def read(path: Path, file: str) -> Module:
    """Reads and parses a file; whatever is wrong with it becomes its `problem`."""
    name = module_name(file)
    try:
        if not path.is_file():
            return Module(file, name, b"", None, Unreadable("not a regular file", fatal=False))
        size = path.stat().st_size
        if size > LARGEST:
            reason = f"{size:,} bytes: too large to be code, not scanned"
            return Module(file, name, b"", None, Unreadable(reason, fatal=False))
        source = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        return Module(file, name, b"", None, Unreadable(reason, fatal=False))
    if not file.endswith(notebooks.SUFFIX):
        return parse(source, file, name)
    try:
        source, places = notebooks.code(source)
    except (ValueError, AttributeError, TypeError):
        return Module(file, name, b"", None, Unreadable("not a notebook", fatal=False))
    module = parse(source, file, name)
    module.places = places
    return module


def parse(source: bytes, file: str, name: str) -> Module:
    """Parses a file's bytes; Python 2 syntax is repaired, line by line, and remembered."""
    encoding = _encoding(source)
    if isinstance(encoding, Unreadable):
        return Module(file, name, source, None, encoding)
    try:
        node = _tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        problem = Unreadable(f"{type(error).__name__}: {getattr(error, 'msg', error)}", line)
        repaired, repairs = python2.repair(source)
        try:
            node = _tree(repaired)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return Module(file, name, source, None, problem)
        if not repairs:
            return Module(file, name, source, node, problem)
        return Module(
            file, name, source, node, None, tuple(repairs), encoding, _true_division(node)
        )
    return Module(file, name, source, node, encoding=encoding, true_division=_true_division(node))


def _tree(source: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _encoding(source: bytes) -> str | Unreadable:
    lines = iter(source.splitlines(keepends=True)[:2] or [b""])
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        source.decode(encoding)
    except (SyntaxError, LookupError) as error:
        return Unreadable(f"its encoding is not known: {error}")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        return Unreadable(f"not {error.encoding}: byte {source[error.start]:#04x}", line)
    return encoding


def _true_division(node: ast.Module) -> bool:
    return any(
        isinstance(s, ast.ImportFrom)
        and s.module == "__future__"
        and any(alias.name == "division" for alias in s.names)
        for s in node.body
    )


class Program:
    """The modules of a tree, read on demand.

    Arguments:
        root: the tree.
        paths: its files, relative, with slashes.
    """

    def __init__(self, root: Path, paths: tuple[str, ...], facts: Facts) -> None:
        self.root, self._facts = root, facts
        self.facts, self.members = facts.tree, facts.members
        self._paths = frozenset(paths)
        self._modules: dict[str, Module] = {}
        self._known: dict[tuple[ast.AST, Callable[[ast.AST], Any]], Any] = {}
        self._by_name: dict[str, list[str]] = {}
        for file in paths:
            parts = module_name(file).split(".")
            for start in range(len(parts)):
                self._by_name.setdefault(".".join(parts[start:]), []).append(file)
        self._folders = {
            "/".join(f.split("/")[:i]) for f in paths for i in range(1, f.count("/") + 1)
        }

    @property
    def size(self) -> int:
        """How many files the tree has, one at least."""
        return max(len(self._paths), 1)

    @property
    def graphs(self) -> bool:
        """Whether this is code of graphs and sessions."""
        return "graph code" in self.facts

    @property
    def python2(self) -> bool:
        """Whether some file was written for Python 2."""
        return "python 2" in self.facts

    def is_library(self, module: Module) -> bool:
        """Whether a file is imported by others and not meant to be started."""
        last = module.name.rpartition(".")[2]
        return last in self._facts.imported and module.file not in self._facts.scripts

    def is_program(self, module: Module) -> bool:
        """Whether a file is meant to be started and nothing else."""
        imported = self._facts.imported
        by_name = "*" in imported  # then any file may be
        last = module.name.rpartition(".")[2]
        started = module.file in self._facts.scripts | self._facts.sessions
        return started and not by_name and last not in imported

    def in_graphs(self, module: Module) -> bool:
        """Whether a file that makes a graph may call what this one defines."""
        return module.file in self._facts.in_graphs

    def fresh(self, file: str) -> Module:
        """A module to start with, as if nothing had been walked before."""
        if sum(len(module.source) for module in self._modules.values()) > HELD:
            self._modules.clear()
            self._known.clear()
        for module in self._modules.values():
            module.state, module.globals, module.starred = "new", {}, []
        return self.module(file)

    def once(self, node: ast.AST, question: Callable[[ast.AST], Any]) -> Any:
        """The answer to a question about syntax, found once however often it is asked."""
        key = (node, question)
        if key not in self._known:
            self._known[key] = question(node)
        return self._known[key]

    def module(self, file: str) -> Module:
        """A module by its file."""
        if file not in self._modules:
            path = self.root if self.root.is_file() else self.root / file
            self._modules[file] = read(path, file)
        return self._modules[file]

    def find(self, name: str, importer: Module, level: int = 0) -> Module | None:
        """The module that an import means: relative, beside the importer, from the root, or below.

        Code of that time appends folders to `sys.path`; any folder of the tree may be one.
        """
        folder = importer.file.split("/")[:-1]
        if level:
            base = folder[: len(folder) - (level - 1)]
            return self._at([*base, *(name.split(".") if name else ())])
        found = self._at([*folder, *name.split(".")]) or self._at(name.split("."))
        if found is None and (near := self._by_name.get(name)):
            found = self.module(min(near, key=lambda file: (file.count("/"), file)))
        return found

    def _at(self, parts: list[str]) -> Module | None:
        path = "/".join(parts)
        for file in (f"{path}.py", f"{path}/__init__.py"):
            if file in self._paths:
                return self.module(file)
        return None

    def is_folder(self, name: str, importer: Module, level: int = 0) -> bool:
        """Whether a name is a folder of the tree without an `__init__.py`."""
        folder = importer.file.split("/")[:-1]
        base = folder[: len(folder) - (level - 1)] if level else []
        tail = name.split(".") if name else []
        return (
            "/".join([*base, *tail]) in self._folders or "/".join([*folder, *tail]) in self._folders
        )
