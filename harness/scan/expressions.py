"""Expressions, with kinds in place of values: names, attributes, calls, arithmetic."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from harness.scan import judge, tables
from harness.scan.apis import Apis
from harness.scan.values import (
    ANY,
    Api,
    Bound,
    Class,
    Const,
    Container,
    Function,
    Kind,
    Method,
    Object,
    Parent,
    TreeModule,
    Tuple,
    Union,
    Unknown,
    Value,
    alternatives,
    ending_in,
    filled,
    join,
    kind_of,
)


class Expressions(Apis):
    """The part of the interpreter that evaluates expressions."""

    def evaluate(self, node: ast.expr | None, scope: Any) -> Value:
        """What an expression may be."""
        handler = _EXPRESSIONS.get(type(node))
        if handler is not None:
            return handler(self, node, scope)
        for child in ast.iter_child_nodes(node) if node is not None else ():
            if isinstance(child, ast.expr):
                self.evaluate(child, scope)
        return ANY

    def truth(self, value: Value) -> bool | None:
        """Of a condition, if it is certain."""
        if isinstance(value, Const):
            return bool(value.value)
        if isinstance(value, (Function, Class, TreeModule)):
            return True
        return None

    def element(self, value: Value) -> Value:
        """What iterating over a value gives."""
        return join(*(self._element(option) for option in alternatives(value)))

    def _element(self, value: Value) -> Value:
        if isinstance(value, Tuple):
            return join(*value.items) if value.items else ANY
        if isinstance(value, Container):
            if value.kind == "list":
                return value.every()
            return join(*(Const(k) for k in value.items)) if value.items else ANY
        if isinstance(value, Const) and isinstance(value.value, str):
            return Kind("str")
        if kind_of(value) == "ndarray":
            return judge.arrays.element(value)
        if isinstance(value, Kind) and value.name in _PAIRED and value.shape:
            return value.shape[0] if isinstance(value.shape[0], _VALUES) else ANY
        return {
            "shape": Kind("dimension"),
            "maybe_shape": Kind("maybe_dimension"),
            "array shape": Kind("int"),
            "keras shape": Kind("maybe_dimension"),
            "uncollected": Kind("variable", True),
            "elements": value,
            "range": Kind("int"),
            "str": Kind("str"),
            "bytes": Kind("int"),
            "binary file": Kind("bytes"),
            "text file": Kind("str"),
        }.get(kind_of(value), ANY)

    # Leaves.

    def _constant(self, node: ast.Constant, scope: Any) -> Value:
        return Const(node.value) if node.value is not ... else ANY

    def _name(self, node: ast.Name, scope: Any) -> Value:
        found = scope.find(node.id)
        if found is None:
            return judge.builtin(self, node)
        if (
            isinstance(found, Const)
            and node.id not in scope.names
            and (found.value is None or found.value is True or found.value is False)
        ):
            # Of the module, read in a function: who knows what was put there since.
            return ANY if found.value is None else Kind("bool")
        return found

    def _joined(self, node: ast.JoinedStr, scope: Any) -> Value:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.evaluate(part.value, scope)
        return Kind("str")

    def _tuple(self, node: ast.Tuple, scope: Any) -> Value:
        items = tuple(self.evaluate(item, scope) for item in node.elts)
        if any(isinstance(item, ast.Starred) for item in node.elts):
            return Kind("tuple")
        return Tuple(items)

    def _list(self, node: ast.List | ast.Set, scope: Any) -> Value:
        items = [self.evaluate(item, scope) for item in node.elts]
        if isinstance(node, ast.Set):
            return Kind("set")
        if any(isinstance(item, ast.Starred) for item in node.elts):
            return Container("list", element=ANY)
        return Container("list", dict(enumerate(items)))

    def _dict(self, node: ast.Dict, scope: Any) -> Value:
        container = Container("dict")
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.evaluate(item, scope)
            name = self.evaluate(key, scope) if key is not None else ANY
            judge.hashed(self, key, name)
            if isinstance(name, Const):
                container.items[name.value] = value
            else:
                container.element = ANY if key is None else join(value, *_known(container.element))
        return container

    def _lambda(self, node: ast.Lambda, scope: Any) -> Value:
        function = Function(node, self.module, scope)
        self._defined.append(function)
        return function

    # Compound.

    def _attribute(self, node: ast.Attribute, scope: Any) -> Value:
        owner = self.evaluate(node.value, scope)
        return join(*(self.attribute(node, option) for option in alternatives(owner)))

    def attribute(self, node: ast.Attribute, owner: Value) -> Value:
        """An attribute of one value."""
        if isinstance(owner, Api):
            return self.api_attribute(node, owner)
        if isinstance(owner, TreeModule):
            return self._module_attribute(node, owner)
        if isinstance(owner, Object):
            return self._object_attribute(node, owner)
        if isinstance(owner, Parent):
            return self._parent_attribute(node, owner)
        if isinstance(owner, Class):
            found = owner.find(node.attr)
            return ANY if found in (None, Const(None)) or _is_made_over(found, owner) else found
        return judge.member(self, node, owner)

    def _parent_attribute(self, node: ast.Attribute, owner: Parent) -> Value:
        """An attribute of super()."""
        for base in owner.cls.bases:
            if isinstance(base, Class) and (found := base.find(node.attr)) is not None:
                return Bound(found, Object(owner.cls)) if isinstance(found, Function) else ANY
        return judge.inherited(self, node, Object(owner.cls))

    def _module_attribute(self, node: ast.Attribute, owner: TreeModule) -> Value:
        found = owner.module.globals.get(node.attr)
        if found is None:
            inner = self.program.find(f"{owner.module.name}.{node.attr}", owner.module)
            if inner is not None:
                self.load(inner)
                return TreeModule(inner)
        return found if found is not None else ANY

    def _object_attribute(self, node: ast.Attribute, owner: Object) -> Value:
        found = owner.cls.find(node.attr)
        if found is None:
            return judge.inherited(self, node, owner)
        if found == Const(None):
            return ANY  # of the class, until an instance is given something
        if isinstance(found, Function) and found.owner is not None:
            names = (
                {getattr(d, "id", getattr(d, "attr", "")) for d in found.node.decorator_list}
                if not isinstance(found.node, ast.Lambda)
                else set()
            )
            if "staticmethod" in names:
                return found
            bound = Bound(found, owner)
            if "property" in names or any("property" in name for name in names):
                return self.call(node, bound, [], {}, True)
            return bound
        return found

    def _subscript(self, node: ast.Subscript, scope: Any) -> Value:
        owner, key = self.evaluate(node.value, scope), self.evaluate(node.slice, scope)
        return join(*(judge.entry(self, node, option, key) for option in alternatives(owner)))

    def _slice(self, node: ast.Slice, scope: Any) -> Value:
        bounds = [part for part in (node.lower, node.upper, node.step) if part]
        quotients = [self._is_quotient(bound, scope) for bound in bounds]
        return Kind("slice of quotient" if any(quotients) else "slice")

    def _is_quotient(self, bound: ast.expr, scope: Any) -> bool:
        """Whether a bound is a float for having been divided: a tensor's entry becomes one too."""
        value = self.evaluate(bound, scope)
        divided = isinstance(bound, ast.BinOp) and isinstance(bound.op, ast.Div)
        kinds = {kind_of(option) for option in alternatives(value)}
        return "quotient" in kinds or kinds == {"float"} or (divided and "tensor" in kinds)

    def _binary(self, node: ast.BinOp, scope: Any) -> Value:
        left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
        return self.binary(node, node.op, left, right)

    def binary(self, node: ast.AST, op: ast.operator, left: Value, right: Value) -> Value:
        """The kind of an arithmetic expression."""
        judge.arithmetic(self, node, op, left, right)
        judge.graphs.enters(self, node, (left, right))
        kinds = {kind_of(left), kind_of(right)}
        if "keras tensor" in kinds:
            return Kind("keras tensor")
        if kinds & {"tensor", "variable", "refvariable"}:
            return Kind("tensor", self.mode)
        if isinstance(op, ast.Mod) and kind_of(left) == "str":
            judge.python.filled_in(self, node, left, right)
            return filled(left)
        if isinstance(op, ast.Add) and kind_of(right) == "str" and kinds <= {"str", ""}:
            return _together(left, right)
        if isinstance(op, ast.Add) and kinds in ({"str", ""}, {"bytes", ""}):
            return Kind("str" if "str" in kinds else "bytes")  # it is added to nothing else
        if isinstance(op, ast.Div):
            return self._quotient(left, right)
        if "quotient" in kinds and kinds <= _NUMBERS:
            return Kind("quotient") if not isinstance(op, ast.FloorDiv) else ANY
        if isinstance(left, Const) and isinstance(right, Const):
            return _computed(op, left.value, right.value)
        if kinds <= {"int", "bool", "dimension", "maybe_dimension"}:
            return Kind("int")
        if kinds <= {"str"}:
            return Kind("str")
        if "ndarray" in kinds:
            return judge.arrays.computed(left, right, op)
        if kinds <= {"int", "float", "bool"}:
            return Kind("float")
        if kinds <= {"list"} or kinds == {"list", "int"}:
            return Container(
                "list",
                element=join(*(self.element(v) for v in (left, right) if kind_of(v) == "list")),
            )
        return ANY

    def _quotient(self, left: Value, right: Value) -> Value:
        """A quotient of numbers, or of what may be: a float either way."""
        numbers = ("int", "bool", "dimension", "maybe_dimension", "quotient")
        kinds = (kind_of(left), kind_of(right))
        if all(kind in numbers for kind in kinds):
            return Kind("quotient")
        if all(kind in (*numbers, "float") for kind in kinds):
            return Kind("float")
        if all(kind in (*numbers, "") for kind in kinds) and not any(
            isinstance(v, (Api, Object)) for v in (left, right)
        ):
            return Kind("quotient")  # of what is not known; arrays are told apart by their use
        return ANY

    def _unary(self, node: ast.UnaryOp, scope: Any) -> Value:
        value = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.Not):
            truth = self.truth(value)
            return Const(not truth) if truth is not None else Kind("bool")
        if (
            isinstance(value, Const)
            and isinstance(node.op, ast.USub)
            and isinstance(value.value, (int, float))
        ):
            return Const(-value.value)
        return value if kind_of(value) in ("int", "float", "quotient", "tensor", "ndarray") else ANY

    def _boolean(self, node: ast.BoolOp, scope: Any) -> Value:
        values = []
        asked = False  # what comes after `type(x) is int and` is taken to know what it does
        for item in node.values:
            if asked:
                self.guards.append(frozenset({"TypeError"}))
            value = self.evaluate(item, scope)
            if asked:
                self.guards.pop()
            asked = asked or self.asks(item)
            values.append(value)
            truth = self.truth(value)
            if truth is isinstance(node.op, ast.Or) and truth is not None:
                break
        if isinstance(values[-1], Const) and all(isinstance(v, Const) for v in values):
            return values[-1]
        return join(*values)

    def _compare(self, node: ast.Compare, scope: Any) -> Value:
        left = self.evaluate(node.left, scope)
        rights = [self.evaluate(item, scope) for item in node.comparators]
        judge.compared(self, node, left, rights)
        if len(rights) == 1 and isinstance(left, Const) and isinstance(rights[0], Const):
            return _compared(node.ops[0], left.value, rights[0].value)
        if (
            (
                len(rights) == 1
                and isinstance(node.ops[0], (ast.Is, ast.IsNot))
                and rights[0] == Const(None)
            )
            and not isinstance(left, Unknown)
            and all(not isinstance(o, Unknown) and o != Const(None) for o in alternatives(left))
        ):
            return Const(isinstance(node.ops[0], ast.IsNot))
        if kind_of(left) in ("tensor", "variable") and not isinstance(
            node.ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn)
        ):
            return Kind("tensor", self.mode)
        return Kind("bool")

    def _either(self, node: ast.IfExp, scope: Any) -> Value:
        truth = self.truth(self.evaluate(node.test, scope))
        if truth is not None:
            return self.evaluate(node.body if truth else node.orelse, scope)
        with self._guarded_by(node.test):
            body = self.evaluate(node.body, scope)
            return join(body, self.evaluate(node.orelse, scope))

    def _comprehension(self, node: Any, scope: Any) -> Value:
        inner = type(scope)({}, scope)
        for generator in node.generators:
            iterable = self.evaluate(generator.iter, inner)
            judge.iterated(self, generator.iter, iterable)
            self.bind(generator.target, self.element(iterable), inner)
            for condition in generator.ifs:
                self.evaluate(condition, inner)
        if isinstance(node, ast.DictComp):
            self.evaluate(node.key, inner)
            return Container("dict", element=self.evaluate(node.value, inner))
        value = self.evaluate(node.elt, inner)
        if kind_of(iterable) == "uncollected":
            return iterable  # nothing of nothing
        if isinstance(node, ast.ListComp):
            return Container("list", element=value)
        return Kind("generator") if isinstance(node, ast.GeneratorExp) else Kind("set")

    def _starred(self, node: ast.Starred, scope: Any) -> Value:
        self.evaluate(node.value, scope)
        return ANY

    def _yield(self, node: ast.Yield | ast.YieldFrom | ast.Await, scope: Any) -> Value:
        self.evaluate(node.value, scope)
        return ANY

    def _walrus(self, node: ast.NamedExpr, scope: Any) -> Value:
        value = self.evaluate(node.value, scope)
        self.bind(node.target, value, scope)
        return value

    # Calls.

    def _call(self, node: ast.Call, scope: Any) -> Value:
        callee = self.evaluate(node.func, scope)
        arguments, complete = self._arguments(node, scope)
        keywords = {k.arg: self.evaluate(k.value, scope) for k in node.keywords if k.arg}
        for keyword in node.keywords:
            if keyword.arg is None:
                known = self._spread(self.evaluate(keyword.value, scope))
                keywords.update({k: v for k, v in (known or {}).items() if k not in keywords})
                complete = complete and known is not None
        judge.lost_keyword(self, node, keywords)
        judge.python.colour_map_named(self, node, keywords.get("cmap", ANY))
        results = [
            self.call(node, option, arguments, keywords, complete)
            for option in alternatives(callee)
        ]
        return join(*results)

    def _arguments(self, node: ast.Call, scope: Any) -> tuple[list[Value], bool]:
        """The positional arguments, and whether they are all known."""
        arguments: list[Value] = []
        complete = True
        for item in node.args:
            if not isinstance(item, ast.Starred):
                arguments.append(self.evaluate(item, scope))
                continue
            value = self.evaluate(item.value, scope)
            if isinstance(value, Tuple):
                arguments.extend(value.items)
            elif isinstance(value, Container) and value.kind == "list" and value.element is None:
                arguments.extend(value.items.values())
            else:
                arguments.append(ANY)
                complete = False
        return arguments, complete

    def _spread(self, value: Value) -> dict[str, Value] | None:
        """What `**value` passes, if every key of it is known."""
        if not isinstance(value, Container) or value.kind != "dict" or value.element is not None:
            return None
        return value.items if all(isinstance(key, str) for key in value.items) else None

    def call(
        self,
        node: ast.AST,
        callee: Value,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
        complete: bool,
    ) -> Value:
        """What calling one value gives; what it does to arguments is judged on the way."""
        if isinstance(callee, Function):
            return self.call_function(callee, arguments, keywords, complete)
        if isinstance(callee, Bound):
            arguments = [callee.receiver, *arguments]
            return self.call_function(callee.function, arguments, keywords, complete)
        if isinstance(callee, Class):
            return self._instantiate(node, callee, arguments, keywords, complete)
        if isinstance(callee, Object):
            return self._call_object(callee, arguments, keywords, complete)
        if isinstance(callee, Api):
            return self.call_api(node, callee, arguments, keywords, complete)
        if isinstance(callee, Method):
            return self.call_method(node, callee, arguments, keywords, complete)
        if isinstance(callee, Kind) and callee.name == tables.FOREIGN:
            self.call_back(arguments, keywords)
            return judge.foreign_call(self, node, callee, len(arguments), keywords)
        if isinstance(callee, Kind) and callee.name == "named tuples" and callee.shape:
            places = dict(zip(callee.shape, arguments, strict=False))
            places.update(keywords)
            return Tuple(tuple(places.get(name, ANY) for name in callee.shape), callee.shape)
        if isinstance(callee, Kind):
            given = judge.keras.called(self, callee.name, arguments)
            if given is not None:
                return given
        self.call_back(arguments, keywords)
        return ANY

    def _call_object(
        self, callee: Object, arguments: Sequence[Value], keywords: dict[str, Value], complete: bool
    ) -> Value:
        method = callee.cls.find("__call__")
        if isinstance(method, Function):
            return self.call_function(method, [callee, *arguments], keywords, complete)
        method = callee.cls.find("call")
        symbolic = any(judge.keras.is_symbolic(a) for a in arguments)
        if not isinstance(method, Function):
            return Kind("keras tensor") if symbolic else ANY
        outer, in_function = self.in_graph, self.in_function
        self.in_graph, self.in_function = outer or symbolic, in_function or symbolic
        inside = [judge.keras.inside(a) for a in arguments]
        given = self.call_function(method, [callee, *inside], keywords, complete)
        self.in_graph, self.in_function = outer, in_function
        return Kind("keras tensor") if symbolic and not isinstance(given, Tuple) else given

    def _instantiate(
        self,
        node: ast.AST,
        cls: Class,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
        complete: bool,
    ) -> Value:
        made = Object(cls)
        init = cls.find("__init__")
        if isinstance(init, Function):
            self.call_function(init, [made, *arguments], keywords, complete)
        return made

    def call_back(self, arguments: Sequence[Value], keywords: dict[str, Value]) -> None:
        """Walk functions that are handed to somebody else."""
        for value in (*arguments, *keywords.values()):
            for option in alternatives(value):
                if isinstance(option, Function):
                    self.call_unknown(option)
                elif isinstance(option, Bound):
                    self.call_unknown(option.function)

    def decorated(self, decorator: ast.expr, function: Value, scope: Any) -> Value:
        """A function as its decorator leaves it."""
        value = self.evaluate(decorator, scope)
        if isinstance(value, Function) and value.module is self.module:
            self.call_function(value, [function], {}, True)
        return function


def _is_made_over(found: Value, owner: Class) -> bool:
    """Whether a metaclass, an Enum's for one, makes something else of what is written there."""
    made_over = any(not isinstance(base, Class) for base in owner.ancestors())
    return isinstance(found, Const) and made_over


def _together(left: Value, right: Value) -> Value:
    if isinstance(left, Const) and isinstance(right, Const):
        return _computed(ast.Add(), left.value, right.value)
    return ending_in(right)


# Kinds that keep what iterating over them gives in the place of a shape.
_PAIRED = ("enumerate", "zip", "keys", "values", "items", "reversed")
_VALUES = (Unknown, Const, Kind, Api, Tuple, Container, Object, Union, Function, Class)
_NUMBERS = {"quotient", "int", "float", "bool", "dimension", "maybe_dimension", ""}


def _known(value: Value | None) -> tuple[Value, ...]:
    return () if value is None else (value,)


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}


def _computed(op: ast.operator, left: Any, right: Any) -> Value:
    """Small literals are computed; nothing large is ever made."""
    small = all(
        isinstance(v, (int, float)) or (isinstance(v, str) and len(v) < 200) for v in (left, right)
    )
    operation = _OPERATIONS.get(type(op))
    if not small or (operation is None and not isinstance(op, (ast.Mult, ast.Pow))):
        return ANY
    if operation is None or (isinstance(left, str) and isinstance(op, ast.Mod)):
        return (
            Kind("str")
            if isinstance(left, str) or isinstance(right, str)
            else Kind("float" if isinstance(left, float) or isinstance(right, float) else "int")
        )
    try:
        return Const(operation(left, right))
    except (TypeError, ArithmeticError, ValueError):
        return ANY


def _compared(op: ast.cmpop, left: Any, right: Any) -> Value:
    comparison = _COMPARISONS.get(type(op))
    try:
        return Const(comparison(left, right)) if comparison else Kind("bool")
    except TypeError:
        return Kind("bool")


_EXPRESSIONS: dict[type[Any], Callable[[Expressions, Any, Any], Value]] = {
    ast.Constant: Expressions._constant,
    ast.Name: Expressions._name,
    ast.JoinedStr: Expressions._joined,
    ast.Tuple: Expressions._tuple,
    ast.List: Expressions._list,
    ast.Set: Expressions._list,
    ast.Dict: Expressions._dict,
    ast.Lambda: Expressions._lambda,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Slice: Expressions._slice,
    ast.BinOp: Expressions._binary,
    ast.UnaryOp: Expressions._unary,
    ast.BoolOp: Expressions._boolean,
    ast.Compare: Expressions._compare,
    ast.IfExp: Expressions._either,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.Starred: Expressions._starred,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
    ast.Await: Expressions._yield,
    ast.NamedExpr: Expressions._walrus,
    ast.Call: Expressions._call,
}
