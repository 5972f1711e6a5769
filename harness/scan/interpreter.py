"""Walks a module as Python would run it, with kinds in place of values; nothing is executed.

One interpreter walks one file as if it were started, follows its imports and calls through the
tree, and hands what it sees to the judgements. Statements are here; `expressions.py` has the rest.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harness.scan import judge
from harness.scan.expressions import Expressions
from harness.scan.findings import Edit, Finding
from harness.scan.program import Module, Program
from harness.scan.rules import RULES
from harness.scan.surface import Surface
from harness.scan.values import (
    ANY,
    Api,
    Class,
    Const,
    Container,
    Function,
    Kind,
    Object,
    TreeModule,
    Tuple,
    Union,
    Value,
    alternatives,
    join,
    kind_of,
)

_DEPTH = 30  # calls within calls that are followed
# Statements that one file may cost, besides two for every line of its own: small trees are followed
# to the end (a dozen files need a few hundred), and in a thousand files that all import each other
# no file costs all the others.
_LEAST, _MOST, _OF_A_TREE = 500, 3000, 600_000


class Scope:
    """Names of a function or module, and the scope around it."""

    __slots__ = ("around", "foreign", "names", "of_class")

    def __init__(
        self, names: dict[str, Value], around: Scope | None, of_class: bool = False
    ) -> None:
        self.names, self.around, self.of_class = names, around, of_class
        self.foreign: dict[str, Scope] = {}

    def find(self, name: str) -> Value | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return None

    def bind(self, name: str, value: Value) -> None:
        self.foreign.get(name, self).names[name] = value


class _Left(Exception):
    """A statement that nothing follows: return, raise, continue, break."""


class Interpreter(Expressions):
    """Walks one module.

    Arguments:
        program: the tree.
        surface: what installed packages offer.
        entry: the module to start with.
    """

    def __init__(self, program: Program, surface: Surface, entry: Module) -> None:
        self.program, self.surface, self.entry = program, surface, entry
        self.findings: dict[tuple[str, int, int, str], Finding] = {}
        self.module = entry
        # What tf.disable_v2_behavior() and its parts switch off. None: unknown.
        self.eager: bool | None = True
        self.in_graph = False
        self.in_function = False  # in a graph that takes eager tensors along: tf.function's
        self.resource = self.shapes_of_ints = True
        self.guards: list[frozenset[str]] = []
        self.caught = 0
        self.returns: list[list[Value]] = []
        self.replaced: set[str] = set()
        self.iterators_begun = False  # some iterator was given its dataset
        self.variables_made: set[bool | None] = set()  # in which modes
        self._memo: dict[Any, Value] = {}
        self._stack: list[Any] = []
        self.frames: list[Function] = []
        self.metrics: tuple[str, ...] | None = None  # what the last model compiled logs
        self._called: set[int] = set()
        self._walked: set[ast.stmt] = set()
        share = min(max(_OF_A_TREE // program.size, _LEAST), _MOST)
        self._left = share + 2 * entry.source.count(b"\n")
        self._defined: list[Function] = []

    # What a run amounts to.

    def run(self) -> list[Finding]:
        """Walk the module, then every function of it that nothing called."""
        if self.entry.node is not None:
            if self.program.is_library(self.entry):
                self.eager = None
            self.load(self.entry, main=True)
            self._walk_uncalled()
        return sorted(self.findings.values())

    def _walk_uncalled(self) -> None:
        """Functions that this file does not call.

        Whether their callers run eagerly is not known, unless this is a program and nobody
        imports it.
        """
        self.in_graph = self.in_function = False
        if not self.program.is_program(self.entry):
            self.eager = None
        for function in list(self._defined):
            if id(function.node) not in self._called and function.module is self.entry:
                self.call_unknown(function)
        for function in list(self._defined):
            if function.module is self.entry and self._passed_over(function.node):
                self.call_unknown(function)

    def _passed_over(self, node: ast.AST) -> bool:
        """Whether some branch was never walked, because no call in the tree asks for it."""
        return any(s not in self._walked for s in self.program.once(node, _statements_of))

    @property
    def mode(self) -> bool | None:
        """Whether a line runs eagerly here; None if that depends on who calls."""
        return False if self.in_graph else self.eager

    def in_plain_graph(self) -> bool:
        """Whether operations go into a graph that takes nothing along that was made eagerly."""
        return self.mode is False and not self.in_function

    def eager_here(self) -> bool:
        """Whether to report what eager mode refuses.

        Of code whose caller is not known: only if no file that makes a graph imports it.
        """
        return self.mode is True or (self.mode is None and not self.program.in_graphs(self.module))

    def v1_shapes(self) -> bool:
        """Whether a shape may hold Dimensions here after all."""
        return self._unknown_and("v1 shapes")

    def v1_variables(self) -> bool:
        """Whether variables may be TensorFlow 1's here after all."""
        return self._unknown_and("v1 variables")

    def _unknown_and(self, fact: str) -> bool:
        facts = self.program.facts
        return self.eager is None and ("v1 behaviour" in facts or fact in facts)

    def divides_anew(self) -> bool:
        """Whether the file asked for Python 3's division."""
        return bool(self.module.true_division)

    # Findings.

    def report(
        self,
        rule: str,
        node: ast.AST,
        message: str,
        edits: Sequence[Edit] = (),
        raises: str = "",
        severity: Any = None,
    ) -> None:
        """Note a finding, unless the program itself catches what it would raise."""
        if raises and any(raises in guard for guard in self.guards):
            self.caught += 1
            return
        line, column = getattr(node, "lineno", 1), self._column(node)
        key = (self.module.file, line, column, rule)
        if key not in self.findings:
            self.findings[key] = Finding(
                self.module.file,
                line,
                column,
                rule,
                message,
                severity or RULES[rule].severity,
                tuple(edits) if self.module.editable else (),
            )

    def _column(self, node: ast.AST) -> int:
        """In characters, from 1; the syntax tree counts bytes, from 0."""
        offset: int = getattr(node, "col_offset", 0)
        if self.module.source.isascii() or self.module.repairs:
            return offset + 1
        line = self.module.source.splitlines()[getattr(node, "lineno", 1) - 1]
        before = line.decode(self.module.encoding).encode("utf-8")[:offset]
        return len(before.decode("utf-8", errors="replace")) + 1

    def text(self, node: ast.expr) -> str:
        """An expression as it is written, or as Python would write it where that is not kept."""
        if not self.module.editable:
            return ast.unparse(node)
        source = self.module.source.decode("utf-8")
        return ast.get_source_segment(source, node) or ast.unparse(node)

    # Modules.

    def load(self, module: Module, main: bool = False) -> None:
        """Walk a module's own statements, once."""
        if module.state != "new" or module.node is None or (self._left < 0 and not main):
            return
        module.state = "walked"
        name = "__main__" if main else module.name
        module.globals.update({"__name__": ANY if main else Const(name), "__file__": Kind("str")})
        outside, self.module = self.module, module
        guards, self.guards = self.guards, []
        try:
            self.block(module.node.body, Scope(module.globals, None))
        except _Left:
            pass
        finally:
            self.module, self.guards = outside, guards

    # Statements.

    def block(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        self._left -= len(body)
        for statement in body:
            self._walked.add(statement)
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement, scope)

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        judge.discarded(self, node, value)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.bind(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self.bind(node.target, self.evaluate(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        load = ast.copy_location(_as_load(node.target), node.target)
        left, right = self.evaluate(load, scope), self.evaluate(node.value, scope)
        judge.in_place(self, node, left, right)
        self.bind(node.target, self.binary(node, node.op, left, right), scope)

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Assign a value to a name, an attribute, an entry, or several at once."""
        if isinstance(target, ast.Name):
            scope.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            if not any(isinstance(item, ast.Starred) for item in target.elts):
                judge.unpacked(self, target, value, len(target.elts))
            for item, part in zip(target.elts, self.unpack(value, len(target.elts)), strict=False):
                self.bind(item.value if isinstance(item, ast.Starred) else item, part, scope)
        elif isinstance(target, ast.Attribute):
            self._bind_attribute(target, value, scope)
        elif isinstance(target, ast.Subscript):
            owner, key = self.evaluate(target.value, scope), self.evaluate(target.slice, scope)
            judge.stored(self, target, owner, key, value)
            if isinstance(owner, Container):
                if isinstance(key, Const):
                    owner.items[key.value] = value
                else:
                    owner.element = value if owner.element is None else join(owner.element, value)

    def _bind_attribute(self, target: ast.Attribute, value: Value, scope: Scope) -> None:
        for owner in alternatives(self.evaluate(target.value, scope)):
            if isinstance(owner, Object):
                judge.keras.set_on_self(self, target, owner.cls)
                if isinstance(value, Const) and (
                    value.value is None or value.value is True or value.value is False
                ):
                    value = ANY if value.value is None else Kind("bool")
                known = owner.cls.attributes.get(target.attr)
                owner.cls.attributes[target.attr] = value if known is None else join(known, value)
            elif isinstance(owner, Api):
                self.replaced.add(f"{owner.path}.{target.attr}")
            elif isinstance(owner, TreeModule):
                owner.module.globals[target.attr] = value

    def unpack(self, value: Value, count: int) -> list[Value]:
        if isinstance(value, Tuple) and len(value.items) == count:
            return list(value.items)
        if (
            isinstance(value, Const)
            and isinstance(value.value, tuple)
            and len(value.value) == count
        ):
            return [Const(v) for v in value.value]
        if isinstance(value, Union):
            parts = [self.unpack(option, count) for option in value.options]
            return [join(*(part[i] for part in parts)) for i in range(count)]
        return [self.element(value)] * count

    def _if(self, node: ast.If, scope: Scope) -> None:
        truth = self.truth(self.evaluate(node.test, scope))
        if isinstance(truth, bool):
            self.block(node.body if truth else node.orelse, scope)
            return
        with self._guarded_by(node.test):
            before = dict(scope.names)
            left = self._branch(node.body, scope)
            after = scope.names.copy()
            _put(scope.names, before)
            right = self._branch(node.orelse, scope)
        if left and right:
            raise _Left
        if left:
            return
        if right:
            _put(scope.names, after)
        else:
            _merge(scope.names, after)

    def _branch(self, body: Sequence[ast.stmt], scope: Scope) -> bool:
        """Walk a branch; whether it leaves."""
        try:
            self.block(body, scope)
        except _Left:
            return True
        return False

    @contextmanager
    def _guarded_by(self, test: ast.expr) -> Iterator[None]:
        """A branch that asks first (hasattr, isinstance) is taken to know what it does."""
        asks = self.program.once(test, _asks)
        if asks:
            self.guards.append(frozenset({"AttributeError"}))
        try:
            yield
        finally:
            if asks:
                self.guards.pop()

    def asks(self, test: ast.expr) -> bool:
        """Whether a condition asks what kind of thing something is."""
        return bool(self.program.once(test, _asks))

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        iterable = self.evaluate(node.iter, scope)
        judge.iterated(self, node.iter, iterable)
        before = dict(scope.names)
        stored = self.program.once(node, _stored)
        if _begins_with_none(stored, scope):
            self.bind(node.target, self.element(iterable), scope)
            self._first_round(node.body, scope)
        _widen(stored, scope)
        self.bind(node.target, self.element(iterable), scope)
        self._branch(node.body, scope)
        _merge(scope.names, before)
        self._branch_if_any(node.orelse, scope)

    def _while(self, node: ast.While, scope: Scope) -> None:
        stored = self.program.once(node, _stored)
        if _begins_with_none(stored, scope) and self.truth(self.evaluate(node.test, scope)):
            self._first_round(node.body, scope)
        _widen(stored, scope)
        if self.truth(self.evaluate(node.test, scope)) is False:
            return
        before = dict(scope.names)
        self._branch(node.body, scope)
        _merge(scope.names, before)
        self._branch_if_any(node.orelse, scope)

    def _first_round(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """Walk a loop's body as it runs first, when names still hold the None of before."""
        before = scope.names.copy()
        self._branch(body, scope)
        _put(scope.names, before)

    def _branch_if_any(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        if body:
            self._branch(body, scope)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        before = dict(scope.names)
        caught = _caught(node)
        already = self.caught
        self.guards.append(caught)
        try:
            left = self._branch(node.body, scope)
        finally:
            self.guards.pop()
        # What is tried works: the way out for an older release is never taken.
        idle = bool(caught & _OF_NAMES) and self.caught == already
        if not left:
            left = self._branch(node.orelse, scope)
        survivors = [] if left else [scope.names.copy()]
        for handler in node.handlers:
            _put(scope.names, before)
            if handler.name:
                scope.bind(handler.name, self._exception(handler.type, scope))
            self.guards.append(frozenset(_EVERYTHING) if idle else frozenset())
            if not self._branch(handler.body, scope) and not idle:
                survivors.append(scope.names.copy())
            self.guards.pop()
        merged = survivors[0] if survivors else before
        for other in survivors[1:]:
            _merge(merged, other)
        _put(scope.names, merged)
        self._branch_if_any(node.finalbody, scope)
        if not survivors:
            raise _Left

    def _exception(self, caught: ast.expr | None, scope: Scope) -> Value:
        """What a handler binds, if all that it catches is of Python."""
        types = caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught else []
        values = [self.evaluate(item, scope) for item in types]
        plain = all(isinstance(v, Api) and v.path.startswith("builtins.") for v in values)
        return Kind("exception") if plain else ANY

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        outer, in_function = self.in_graph, self.in_function
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if self.enters_graph(value):
                self.in_graph, self.in_function = True, False
            if item.optional_vars is not None:
                self.bind(item.optional_vars, self.entered(value), scope)
        try:
            self.block(node.body, scope)
        finally:
            self.in_graph, self.in_function = outer, in_function

    def _match(self, node: ast.Match, scope: Scope) -> None:
        """What a pattern captures may be anything; each case is a branch."""
        self.evaluate(node.subject, scope)
        before = dict(scope.names)
        survivors: list[dict[str, Value]] = []
        for case in node.cases:
            _put(scope.names, before)
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if name is not None:
                    scope.bind(name, ANY)
            self.evaluate(case.guard, scope)
            if not self._branch(case.body, scope):
                survivors.append(scope.names.copy())
        last = node.cases[-1]
        exhausted = isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern
        if not exhausted or last.guard is not None:
            survivors.append(before)
        if not survivors:
            raise _Left
        _put(scope.names, survivors[0])
        for other in survivors[1:]:
            _merge(scope.names, other)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        value = self.evaluate(node.value, scope) if node.value else Const(None)
        if self.returns:
            self.returns[-1].append(value)
        raise _Left

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        if node.exc is not None:
            self.evaluate(node.exc, scope)
        raise _Left

    def _leave(self, node: ast.stmt, scope: Scope) -> None:
        raise _Left

    def _assert(self, node: ast.Assert, scope: Scope) -> None:
        if self.truth(self.evaluate(node.test, scope)) is False:
            raise _Left

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        return

    def _global(self, node: ast.Global, scope: Scope) -> None:
        for name in node.names:
            scope.foreign[name] = Scope(self.module.globals, None)
            scope.names.pop(name, None)

    def _nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            around = scope.around
            while around is not None and name not in around.names:
                around = around.around
            if around is not None:
                scope.foreign[name] = around

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        # A method does not see the names of its class.
        function = Function(node, self.module, scope.around if scope.of_class else scope)
        self._defined.append(function)
        for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d)):
            self.evaluate(default, scope)
        value: Value = function
        for decorator in reversed(node.decorator_list):
            value = self.decorated(decorator, value, scope)
        scope.bind(node.name, value)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = [self.evaluate(base, scope) for base in node.bases]
        for keyword in node.keywords:
            self.evaluate(keyword.value, scope)
        inner = Scope({}, scope, of_class=True)
        cls = Class(node.name, node, self.module, bases, inner.names)
        self._branch(node.body, inner)
        for member in inner.names.values():
            if isinstance(member, Function):
                member.owner = cls
        scope.bind(node.name, cls)
        judge.class_made(self, node, cls)

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            value = self.imported(node, alias.name, 0, alias)
            if alias.asname:
                scope.bind(alias.asname, value)
            else:
                top = alias.name.split(".")[0]
                scope.bind(top, self.top_of(alias.name, value))

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        if node.module == "__future__":
            return
        owner = self.imported(node, node.module or "", node.level, None)
        for alias in node.names:
            if alias.name == "*":
                self._import_star(owner, scope)
                continue
            value = self.imported_name(node, owner, alias)
            scope.bind(alias.asname or alias.name, value)

    def _import_star(self, owner: Value, scope: Scope) -> None:
        if isinstance(owner, TreeModule):
            for name, value in owner.module.globals.items():
                if not name.startswith("_"):
                    scope.bind(name, value)
        elif isinstance(owner, Api) and owner.entry.startswith("m:"):
            known = self.surface.modules.get(owner.entry[2:])
            self.module.starred.append(owner.path if known else "")
            for name, entry in (known or {}).items():
                if not name.startswith("_"):
                    scope.bind(name, Api(f"{owner.path}.{name}", entry))
        else:
            self.module.starred.append("")

    # Calls of the tree's own functions.

    def call_function(
        self,
        function: Function,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
        complete: bool = True,
    ) -> Value:
        """Walk a function's body with these arguments.

        Arguments:
            complete: False where a `*` or `**` hides some of them.
        """
        self._called.add(id(function.node))
        state = (self.mode, self.in_function, self.resource, self.shapes_of_ints)
        key = (id(function), tuple(arguments), tuple(sorted(keywords.items(), key=_first)), state)
        if key in self._memo:
            return self._memo[key]
        frame = id(function.node)
        depth = len(self._stack)
        if self._stack.count(frame) > 1 or depth > _DEPTH or (depth and self._left < 0):
            return ANY
        names = self._parameters(function, arguments, keywords, complete)
        self.frames.append(function)
        outside, self.module = self.module, function.module
        self._stack.append(frame)
        self.returns.append([])
        graph, in_function = self.in_graph, self.in_function
        try:
            value = self._body(function, Scope(names, function.scope))
        finally:
            self.module, self.in_graph, self.in_function = outside, graph, in_function
            self._stack.pop()
            self.frames.pop()
            self.returns.pop()
        self._memo[key] = value
        return value

    def _body(self, function: Function, scope: Scope) -> Value:
        node = function.node
        if isinstance(node, ast.Lambda):
            return self.evaluate(node.body, scope)
        if any(getattr(d, "attr", "") == "function" for d in map(_called, node.decorator_list)):
            self.in_graph = self.in_function = True
        left = self._branch(node.body, scope)
        if self.program.once(node, _is_generator):
            return Kind("generator")
        found = self.returns[-1]
        if not found and (left or self.program.once(node, _is_empty)):
            return ANY  # it raises, or some other class has the method that is meant
        return join(*found) if left else join(Const(None), *found)

    def _parameters(
        self,
        function: Function,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
        complete: bool,
    ) -> dict[str, Value]:
        spec = function.node.args
        names: dict[str, Value] = {}
        positional = [*spec.posonlyargs, *spec.args]
        defaults = [None] * (len(positional) - len(spec.defaults)) + list(spec.defaults)
        for i, (parameter, default) in enumerate(zip(positional, defaults, strict=True)):
            if i < len(arguments):
                names[parameter.arg] = arguments[i]
            else:
                names[parameter.arg] = self._given(
                    parameter.arg, default, keywords, function, complete
                )
        for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
            names[parameter.arg] = self._given(parameter.arg, default, keywords, function, complete)
        if spec.vararg:
            rest = Tuple(tuple(arguments[len(positional) :]))
            names[spec.vararg.arg] = rest if complete else Kind("tuple")
        if spec.kwarg:
            more = Container("dict", {k: v for k, v in keywords.items() if k not in names})
            names[spec.kwarg.arg] = more if complete else Kind("dict")
        return names

    def _given(
        self,
        name: str,
        default: ast.expr | None,
        keywords: dict[str, Value],
        function: Function,
        complete: bool,
    ) -> Value:
        if name in keywords:
            return keywords[name]
        if default is None:
            return ANY
        value = self.evaluate(default, function.scope)
        return value if complete else join(value, ANY)

    def call_unknown(self, function: Function) -> Value:
        """Walk a function of whose arguments nothing is known but what its class says of self."""
        spec = function.node.args
        arguments: list[Value] = [ANY] * len([*spec.posonlyargs, *spec.args])
        if function.owner is not None and arguments:
            arguments[0] = Object(function.owner)
        name = getattr(function.node, "name", "")
        for i, parameter in enumerate([*spec.posonlyargs, *spec.args]):
            handed = judge.keras.handed(function.owner, name, parameter.arg, self)
            if handed is not None and arguments[i] is ANY:
                arguments[i] = handed
        return self.call_function(function, arguments, {}, complete=False)


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _first(item: tuple[str, Value]) -> str:
    return item[0]


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    assert isinstance(target, ast.Subscript)
    return ast.Subscript(target.value, target.slice, ast.Load())


def _put(names: dict[str, Value], others: dict[str, Value]) -> None:
    names.clear()
    names.update(others)


def _widen(stored: frozenset[str], scope: Scope) -> None:
    """Names that a loop assigns are not, all the way round, the literals that they start as."""
    for name in stored:
        value = scope.names.get(name)
        if isinstance(value, Const):
            scope.names[name] = ANY if value.value is None else Kind(kind_of(value))


def _begins_with_none(stored: frozenset[str], scope: Scope) -> bool:
    return any(scope.names.get(name) == Const(None) for name in stored)


def _stored(loop: ast.AST) -> frozenset[str]:
    """Names that are assigned somewhere in a loop."""
    return frozenset(
        node.id
        for node in ast.walk(loop)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _merge(names: dict[str, Value], others: dict[str, Value]) -> None:
    """Names as they may be after either of two ways."""
    for name, value in others.items():
        if name not in names:
            names[name] = value
        elif names[name] is not value:
            names[name] = join(names[name], value)


def _caught(node: ast.Try) -> frozenset[str]:
    """The exceptions that a try statement makes up for.

    A handler of everything counts where little is tried: around a whole training loop it is there
    to clean up, and the line has failed all the same.
    """
    names: set[str] = set()
    for handler in node.handlers:
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for item in types:
            name = item.attr if isinstance(item, ast.Attribute) else getattr(item, "id", "")
            if item is None or name in ("Exception", "BaseException"):
                if _tries_little(node.body):
                    names.update(_EVERYTHING)
            else:
                names.update({"ImportError", "ModuleNotFoundError"} if "Import" in name else {name})
    return frozenset(names)


def _tries_little(body: Sequence[ast.stmt]) -> bool:
    if all(isinstance(s, (ast.Import, ast.ImportFrom, ast.Assign)) for s in body):
        return len(body) <= 6
    return len(body) <= 2 and not isinstance(body[0], (ast.While, ast.For, ast.With))


_OF_NAMES = frozenset(("ImportError", "ModuleNotFoundError", "AttributeError", "NameError"))
_EVERYTHING = (
    "ImportError",
    "ModuleNotFoundError",
    "AttributeError",
    "NameError",
    "TypeError",
    "ValueError",
    "RuntimeError",
)


def _asks(test: ast.AST) -> bool:
    """Whether a condition asks what kind of thing something is, or of which version."""
    return any(
        (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("hasattr", "isinstance", "issubclass", "callable", "type")
        )
        or (isinstance(node, ast.Attribute) and node.attr in ("__version__", "VERSION"))
        for node in ast.walk(test)
    )


def _statements_of(function: ast.AST) -> tuple[ast.stmt, ...]:
    """The statements of a function, without those of functions and classes inside it."""
    found: list[ast.stmt] = []
    body = getattr(function, "body", [])
    waiting = list(body) if isinstance(body, list) else []
    while waiting:
        statement = waiting.pop()
        found.append(statement)
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for child in ast.iter_child_nodes(statement):
                bodies = (ast.ExceptHandler, ast.match_case)
                inner = child.body if isinstance(child, bodies) else [child]
                waiting.extend(s for s in inner if isinstance(s, ast.stmt))
    return tuple(found)


def _is_empty(node: ast.AST) -> bool:
    """Whether a function does nothing, as one that is there to be overridden."""
    return all(
        isinstance(s, ast.Pass) or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        for s in getattr(node, "body", ())
    )


def _is_generator(node: ast.AST) -> bool:
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop()
        if isinstance(child, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.AsyncFunctionDef)):
            waiting.extend(ast.iter_child_nodes(child))
    return False


_STATEMENTS: dict[type[ast.stmt], Callable[[Interpreter, Any, Scope], None]] = {
    ast.Expr: Interpreter._expression,
    ast.Assign: Interpreter._assign,
    ast.AnnAssign: Interpreter._annotated,
    ast.AugAssign: Interpreter._augmented,
    ast.If: Interpreter._if,
    ast.For: Interpreter._loop,
    ast.AsyncFor: Interpreter._loop,
    ast.While: Interpreter._while,
    ast.Try: Interpreter._try,
    ast.With: Interpreter._with,
    ast.AsyncWith: Interpreter._with,
    ast.Match: Interpreter._match,
    ast.Return: Interpreter._return,
    ast.Raise: Interpreter._raise,
    ast.Continue: Interpreter._leave,
    ast.Break: Interpreter._leave,
    ast.Assert: Interpreter._assert,
    ast.Delete: Interpreter._delete,
    ast.Global: Interpreter._global,
    ast.Nonlocal: Interpreter._nonlocal,
    ast.FunctionDef: Interpreter._define,
    ast.AsyncFunctionDef: Interpreter._define,
    ast.ClassDef: Interpreter._class,
    ast.Import: Interpreter._import,
    ast.ImportFrom: Interpreter._import_from,
}
