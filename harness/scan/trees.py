"""A scan of a whole tree, by several processes at once."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.scan import judge, libraries, notebooks, surface, tables
from harness.scan import program as programs
from harness.scan.findings import Finding, ScanError
from harness.scan.interpreter import Interpreter
from harness.scan.program import Program
from harness.scan.rules import RULES

SCHEMA = 1


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    Attributes:
        tree: what was scanned.
        files: how many files.
        findings: in the order of files and lines.
        versions: of the packages that the code was judged for.
    """

    tree: str
    files: int
    findings: tuple[Finding, ...]
    versions: dict[str, str]

    def count(self, severity: str) -> int:
        """How many findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write."""
        return {
            "schema": SCHEMA,
            "tree": self.tree,
            "files": self.files,
            "versions": self.versions,
            "findings": [finding.to_json() for finding in self.findings],
        }

    @property
    def fatal(self) -> bool:
        """Whether anything fatal is open."""
        return self.count("fatal") > 0


def scan_tree(
    root: Path, jobs: int | None = None, done: Callable[[int, int], None] | None = None
) -> Scan:
    """Scan a file or every Python file below a folder; nothing of it is executed.

    Arguments:
        root: the tree.
        jobs: processes; as many as there are cores if None.
        done: told after each portion how many files are done, of how many.

    Raises:
        ScanError: there is no such file or folder.
    """
    if not root.exists():
        raise ScanError(f"{root}: no such file or folder to scan")
    paths, findings = [], []
    for path, problem in programs.files(root):
        file = path.name if root.is_file() else path.relative_to(root).as_posix()
        if problem is None:
            paths.append(file)
        else:
            findings.append(_finding(file, problem))
    findings += _judge_all(root, tuple(paths), jobs or os.cpu_count() or 1, done)
    unique = sorted(set(findings), key=lambda f: (f.file, f.cell, f))
    return Scan(str(root), len(paths), tuple(unique), dict(surface.load().versions))


def _finding(file: str, problem: programs.Unreadable) -> Finding:
    rule = "not-parsed" if problem.fatal else "not-scanned"
    return Finding(file, problem.line, 1, rule, problem.reason, RULES[rule].severity)


def _judge_all(
    root: Path, paths: tuple[str, ...], jobs: int, done: Callable[[int, int], None] | None
) -> list[Finding]:
    facts = gather_facts(root, paths)
    portions = [paths[i : i + _PORTION] for i in range(0, len(paths), _PORTION)]
    findings: list[Finding] = []
    count = 0
    if jobs == 1 or len(portions) < 2:
        _begin(root, paths, facts)
        results: Any = map(_judge, portions)
        for portion, found in zip(portions, results, strict=True):
            findings += found
            count += len(portion)
            if done is not None:
                done(count, len(paths))
        return findings
    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(root, paths, facts)) as pool:
        for portion, found in zip(portions, pool.map(_judge, portions), strict=True):
            findings += found
            count += len(portion)
            if done is not None:
                done(count, len(paths))
    return findings


_PORTION = 16  # files


@dataclass(frozen=True)
class Facts:
    """What has to be known of a tree before any file of it can be judged.

    Attributes:
        tree: `graph` where something makes a graph or turns eager mode off, `eager off` for the
            latter, `v1 behaviour`, `v1 shapes`, `v1 variables`, `summary v1`, `summary v2`,
            `writer v2`, `metric acc`, `keras`, `python 2`.
        imported: last parts of the names that some file imports.
        scripts: files that are meant to be started.
        members: names of methods and attributes that the tree itself gives to something.
        in_graphs: files that make a graph, and those that they import, directly or not.
        sessions: files whose own statements start a session, as a notebook's do.
    """

    tree: frozenset[str]
    imported: frozenset[str]
    scripts: frozenset[str]
    members: frozenset[str]
    in_graphs: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()


_SIGNS = {
    "graph": rb"disable_eager_execution|disable_v2_behavior|\.as_default\(|with [^\n]*Session\("
    rb"|\bEstimator\(",
    "eager off": rb"disable_eager_execution|disable_v2_behavior",
    "v1 behaviour": rb"disable_v2_behavior\(",
    "v1 shapes": rb"disable_v2_tensorshape\(",
    "v1 variables": rb"disable_resource_variables\(",
    "summary v1": rb"compat\.v1\.summary\.(scalar|histogram|image|audio|text)"
    rb"|tensorflow\.compat\.v1 as",
    "summary v2": rb"\btf\.summary\.(scalar|histogram|image|audio|text)\b",
    "writer v2": rb"create_file_writer",
    "metric acc": rb"metrics\s*=\s*[\[{(][^\n]*[\"']acc[\"']",
    "keras": rb"\bkeras\b",
    "graph code": rb"compat\.v1\.(placeholder|Session|get_variable|variable_scope|train)"
    rb"|tensorflow\.compat\.v1|tensorflow\.contrib|tf\.contrib",
    "python 2": rb"^\s*print\s+[\"'\w]|\bxrange\(|\braw_input\(|\.iteritems\(|\.has_key\("
    rb"|import cPickle|python2|except \w+, \w+:",
}
_IMPORT = re.compile(rb"^\s*(?:import|from)\s+([\w.]+)(?:\s+import\s+([\w, ]+))?", re.M)
_BY_NAME = re.compile(rb"import_module\(|__import__\(|load_source\(")
_SCRIPT = re.compile(rb"__name__|app\.run\(|parse_args\(|sys\.argv")
_SESSION = re.compile(rb"^\w+ *= *(?:tf|[\w.]*\bv1)\.(?:Interactive)?Session\(", re.M)
_DEF = re.compile(rb"(?:^\s*def\s+(\w+)\s*\(|\bself\.(\w+)\s*=[^=])", re.M)
# Names of members that are judged on sight, unless something of the tree has one of that name.
_ON_SIGHT = {
    *tables.PYTHON2_DICT,
    "keys",
    "values",
    "items",
    *tables.LOST_BY_ARRAYS,
    *judge.keras.LOST,
    *libraries.LOST,
    *(function for function, _ in libraries.LOST_KEYWORDS),
}


def gather_facts(root: Path, paths: Sequence[str]) -> Facts:
    """Look through every file's text once."""
    tree: set[str] = set()
    imported: set[str] = set()
    scripts: set[str] = set()
    members: set[str] = set()
    imports: dict[str, frozenset[str]] = {}
    graphs: set[str] = set()
    sessions: set[str] = set()
    packages = surface.load().packages
    signs = {name: re.compile(pattern, re.M) for name, pattern in _SIGNS.items()}
    for file in paths:
        path = root if root.is_file() else root / file
        try:
            if not path.is_file() or path.stat().st_size > programs.LARGEST:
                continue
            text = path.read_bytes()
            if file.endswith(notebooks.SUFFIX):
                text, _ = notebooks.code(text)
                scripts.add(file)
        except (OSError, ValueError, AttributeError, TypeError):
            continue
        tree.update(name for name, sign in signs.items() if name not in tree and sign.search(text))
        imports[file] = _imports(text, packages)
        imported |= imports[file]
        if signs["graph"].search(text):
            graphs.add(file)
        if _SCRIPT.search(text):
            scripts.add(file)
        if _SESSION.search(text):
            sessions.add(file)
        named = {(a or b).decode() for a, b in _DEF.findall(text)}
        members |= named & _ON_SIGHT
    return Facts(
        frozenset(tree),
        frozenset(imported),
        frozenset(scripts),
        frozenset(members),
        _reached(graphs, imports),
        frozenset(sessions),
    )


def _imports(text: bytes, packages: frozenset[str]) -> frozenset[str]:
    """Last parts of what a file's text imports from the tree; "*" where a name is computed."""
    found = {"*"} if _BY_NAME.search(text) else set()
    for module, names in _IMPORT.findall(text):
        if module.split(b".")[0].decode() in packages:
            continue
        found.add(module.decode().rpartition(".")[2])
        found.update(name.strip().split(" ")[0] for name in names.decode().split(","))
    return frozenset(found)


def _reached(files: set[str], imports: dict[str, frozenset[str]]) -> frozenset[str]:
    """These files and all that they import, by the last parts of names."""
    named: dict[str, list[str]] = {}
    for file in imports:
        parts = programs.module_name(file).split(".")
        named.setdefault(parts[-1], []).append(file)
    reached, waiting = set(files), list(files)
    while waiting:
        names = imports[waiting.pop()]
        if "*" in names:
            return frozenset(imports)
        for file in (f for name in names for f in named.get(name, ())):
            if file not in reached:
                reached.add(file)
                waiting.append(file)
    return frozenset(reached)


def _walked(interpreter: Interpreter, file: str) -> list[Finding]:
    """What a walk finds; code nested too deep for it is reported and does not stop the scan."""
    try:
        return interpreter.run()
    except RecursionError:
        problem = programs.Unreadable("nested too deep to be followed to its end", fatal=False)
        return [*interpreter.findings.values(), _finding(file, problem)]


_program: Program | None = None


def _begin(root: Path, paths: tuple[str, ...], facts: Facts) -> None:
    """What a process needs to know before it judges."""
    global _program
    _program = Program(root, paths, facts)
    surface.load()


@contextmanager
def _collecting_afterwards() -> Iterator[None]:
    """No garbage is collected inside, but once at the end.

    The collector goes through the syntax of the whole tree each time, for half of the scan's time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()  # what is left is syntax, which later portions need
        if was_enabled:
            gc.enable()


@_collecting_afterwards()
def _judge(files: Sequence[str]) -> list[Finding]:
    assert _program is not None
    found: list[Finding] = []
    known = surface.load()
    for file in files:
        module = _program.fresh(file)
        if module.problem is not None:
            found.append(_finding(file, module.problem))
        for line, text, edits in module.repairs:
            message = f"Python 2 only: {text[:60]}"
            found.append(Finding(file, line, 1, "python2-syntax", message, "fatal", edits))
        found += _walked(Interpreter(_program, known, module), file)
    return [_in_its_cell(finding) for finding in found]


def _in_its_cell(finding: Finding) -> Finding:
    """A finding in a notebook's code, as one in its cell."""
    if not finding.file.endswith(notebooks.SUFFIX) or finding.cell:
        return finding
    assert _program is not None
    cell, line = _program.module(finding.file).place(finding.line)
    return replace(finding, cell=cell, line=line)
