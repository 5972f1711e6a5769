"""Names of installed packages: imports, attributes, calls, and what the calls give."""

from __future__ import annotations

import ast
import codecs
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.scan import judge, tables
from harness.scan.values import (
    ANY,
    Api,
    Const,
    Container,
    Function,
    Kind,
    Method,
    Object,
    TreeModule,
    Tuple,
    Value,
    alternatives,
    ending_in,
    filled,
    kind_of,
)

if TYPE_CHECKING:
    from harness.scan.program import Program
    from harness.scan.surface import Surface

SESSIONS = (
    "tensorflow.python.client.session.Session",
    "tensorflow.python.client.session.InteractiveSession",
)
GRAPH = "tensorflow.python.framework.ops.Graph"


# Parts of TensorFlow that are there and that the surface leaves out.
_NOT_RECORDED = tuple(
    f"tensorflow.{name}" for name in ("compiler", "dtensor", "include", "lite", "security", "tsl")
)


class Apis:
    """The part of the interpreter that knows installed packages."""

    program: Program
    surface: Surface
    module: Any
    eager: bool | None
    in_graph: bool
    in_function: bool
    resource: bool
    shapes_of_ints: bool
    replaced: set[str]
    guards: list[frozenset[str]]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # of the interpreter, which is all of this

    # Imports.

    def imported(self, node: ast.stmt, name: str, level: int, alias: Any) -> Value:
        """The module that an import names."""
        module = self.program.find(name, self.module, level) if name or level else None
        if module is not None and module is not self.module:
            self.load(module)
            return TreeModule(module)
        if level or self.program.is_folder(name, self.module):
            return Kind("package", shape=(name, level))
        parts = name.split(".")
        if parts[0] not in self.surface.packages:
            judge.import_of_unknown(self, node, name, alias)
            new = tables.PYTHON2_MODULES.get(name, "")
            if new in self.surface.modules:
                return Api(new, f"m:{new}")
            return Kind(tables.FOREIGN, shape=(name,))
        for depth in range(1, len(parts) + 1):
            path = ".".join(parts[:depth])
            if path in self.surface.modules:
                continue
            parent, _, child = path.rpartition(".")
            entry = self.surface.entry(parent, child) if parent else ""
            if path in _NOT_RECORDED:
                return ANY
            if entry is None:
                judge.import_gone(self, node, name, path, alias)
                return Api(name, "gone") if parts[0] in ("tensorflow", "keras") else ANY
            resolved = entry.removeprefix("m:")
            if not entry.startswith("m:") or resolved == path or parent == resolved:
                return ANY
            rest = [resolved, *parts[depth:]]
            if len(parts) == depth:
                return Api(path, entry)
            known = ".".join(rest)
            return Api(known, f"m:{known}") if known in self.surface.modules else ANY
        judge.module_on_its_way_out(self, node, name)
        return Api(name, f"m:{name}")

    def top_of(self, name: str, value: Value) -> Value:
        """What `import a.b.c` binds: a."""
        top = name.split(".")[0]
        if isinstance(value, TreeModule) or kind_of(value) == "package":
            module = self.program.find(top, self.module)
            if module is not None:
                return TreeModule(module)
            return value if "." not in name else Kind("package", shape=(top, 0))
        if top in self.surface.packages:
            return Api(top, f"m:{top}")
        # What took the place of a module of Python 2 has its name here.
        return value if "." not in name else Kind(tables.FOREIGN, shape=(top,))

    def imported_name(self, node: ast.ImportFrom, owner: Value, alias: ast.alias) -> Value:
        """What `from owner import alias` binds."""
        if isinstance(owner, TreeModule):
            found = owner.module.globals.get(alias.name)
            if found is not None:
                return found
            inner = self.program.find(f"{owner.module.name}.{alias.name}".lstrip("."), self.module)
            if inner is not None and inner is not owner.module:
                self.load(inner)
                return TreeModule(inner)
            return ANY
        if isinstance(owner, Kind) and owner.name == tables.FOREIGN:
            return judge.of_foreign(self, node, owner, alias.name)
        if isinstance(owner, Kind) and owner.name == "package" and owner.shape:
            name, level = owner.shape
            return self.imported(node, f"{name}.{alias.name}".lstrip("."), level, alias)
        if isinstance(owner, Api):
            place = ast.copy_location(
                ast.Attribute(ast.Name("_", ast.Load()), alias.name, ast.Load()), node
            )
            return self.api_attribute(place, owner, imported=node)
        return ANY

    # Attributes.

    def api_attribute(self, node: ast.Attribute, owner: Api, imported: Any = None) -> Value:
        """An attribute of a package's module or class."""
        path = f"{owner.path}.{node.attr}"
        if path in self.replaced:
            return ANY
        if owner.entry == "gone":
            judge.member_of_gone(self, node, owner)
            return self._moved(owner, node.attr) or Api(path, "gone")
        if owner.entry.startswith("m:"):
            if path == "tensorflow.__version__":
                return Const(self.surface.versions["tensorflow"])
            entry = self.surface.entry(owner.entry[2:], node.attr)
            if path in self.surface.modules and not entry:
                entry = f"m:{path}"
            if entry is None:
                judge.name_gone(self, node, owner, path, imported)
                return Api(path, "gone")
            if entry and (known := self.surface.public(entry)) is not None:
                return Api(*known)
            if path == "sys.version_info":
                return Const((3, 11, 0, "final", 0))
            return Api(path, entry) if entry else ANY
        if owner.entry.startswith("c:"):
            entry = self.surface.member(owner.entry[2:], node.attr)
            if entry is None and owner.entry.startswith(_WRITTEN_OUT):
                judge.name_gone(self, node, owner, path, None)
            return Api(path, entry) if entry and entry.startswith(("f:", "v")) else ANY
        if path.startswith("sys.version_info"):
            return Const(3) if node.attr == "major" else ANY
        return judge.data_member(self, node, owner)

    def _moved(self, owner: Api, name: str) -> Api | None:
        """What is left of a module that is gone: its names, further up in the package."""
        path = owner.path if owner.path.startswith("keras.") else ""
        while "." in path:
            path = path.rpartition(".")[0]
            module = (
                (self.surface.entry("keras", path[6:]) or "m:keras")[2:]
                if path != "keras"
                else "keras"
            )
            entry = self.surface.entry(module, name)
            if entry:
                return Api(f"{path}.{name}", entry)
        return None

    # Contexts.

    def enters_graph(self, value: Value) -> bool:
        """Whether a `with` of this value makes a graph the default."""
        return any(
            isinstance(o, Kind) and (o.name == "graph context" or o.name in SESSIONS)
            for o in alternatives(value)
        )

    def entered(self, value: Value) -> Value:
        """What `as` binds."""
        if isinstance(value, Kind) and value.name in SESSIONS:
            return Kind(value.name, False)
        if isinstance(value, Kind) and value.name == "graph context":
            return Kind(GRAPH)
        itself = kind_of(value) in ("text file", "binary file", "h5 file")
        return value if itself or isinstance(value, Object) else ANY

    # Calls.

    def call_api(
        self,
        node: Any,
        callee: Api,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
        complete: bool,
    ) -> Value:
        """What a call of a package's function or class gives."""
        name = judge.short_name(callee.path)
        tensorflow = callee.path.startswith("tensorflow.")
        if tensorflow and name in _SWITCHES:
            _SWITCHES[name](self)
        if tensorflow and name == "app.run":
            self._run_main(arguments, keywords)
        else:
            outer, in_function = self.in_graph, self.in_function
            traced = name.startswith("data.") or name == "function"
            self.in_graph = outer or traced or "estimator." in name
            self.in_function = in_function or traced
            self.call_back(arguments, keywords)
            self.in_graph, self.in_function = outer, in_function
        judge.call(self, node, callee, arguments, keywords, complete)
        return self._given_by(node, callee, name, tensorflow, arguments, keywords)

    def _run_main(self, arguments: Sequence[Value], keywords: dict[str, Value]) -> None:
        main = keywords.get("main") or (
            arguments[0] if arguments else self.module.globals.get("main")
        )
        if isinstance(main, Function):
            count = len(main.node.args.args)
            self.call_function(main, [Container("list", element=Kind("str"))][:count], {}, True)

    def _given_by(
        self,
        node: Any,
        callee: Api,
        name: str,
        tensorflow: bool,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
    ) -> Value:
        if tensorflow:
            return self._given_by_tensorflow(callee, name, arguments, keywords)
        if callee.path == "h5py.File":
            return Kind("h5 file")
        if callee.path == "subprocess.check_output" and keywords.keys() & _AS_TEXT:
            return Kind("str")
        if callee.path in _CSV and arguments and kind_of(arguments[0]) == "binary file":
            return Kind("binary csv")
        if callee.path in tables.STANDARD_RETURNS:
            return Kind(tables.STANDARD_RETURNS[callee.path])
        if callee.path.startswith("keras."):
            given = judge.keras.given_by_function(callee)
            if given is not None:
                return given
        if callee.path.startswith("PIL.Image.") and callee.path[10:] in tables.PILLOW_IMAGES:
            return Kind("PIL.Image.Image")
        if callee.entry.startswith("c:") and callee.path.startswith(
            ("keras.", "h5py.", "sklearn.")
        ):
            return Kind(callee.entry[2:])
        if self.surface.inherits(callee.entry[2:], "builtins.BaseException"):
            return Kind("exception")
        if callee.path.startswith("builtins."):
            return judge.given_by_builtin(self, callee.path[9:], arguments, keywords)
        converts = callee.path in ("numpy.array", "numpy.asarray") and isinstance(node, ast.Call)
        if converts and judge.python.array_made(self, node, arguments, keywords):
            return Kind("array of lazy")
        if callee.path.startswith("numpy."):
            given = judge.arrays.given(callee.path[6:], arguments, keywords)
            if given is None and callee.path[6:] in tables.NUMPY_ARRAYS:
                given = Kind("ndarray")
            return given or ANY
        if callee.path == "collections.namedtuple" and len(arguments) > 1:
            return _named_tuple(arguments[1])
        if callee.path in ("random.sample", "collections.deque"):
            return Container("list", element=self.element(arguments[0]) if arguments else None)
        if callee.path == "random.choice" and arguments:
            return self.element(arguments[0])
        if callee.entry.startswith("c:threading."):
            return Kind(callee.entry[2:])
        if callee.path.startswith("matplotlib.pyplot."):
            return _drawn_on(callee.path[18:], arguments, keywords)
        if callee.path in ("gzip.open", "bz2.open"):
            return judge.opened(arguments, keywords, default="rb")
        if callee.path in ("os.path.join", "os.path.basename", "os.path.abspath") and arguments:
            return ending_in(arguments[-1])
        if callee.path == "os.path.dirname":
            return Kind("str")
        if callee.path in ("collections.OrderedDict", "collections.defaultdict"):
            return Kind("dict")
        return ANY

    def _given_by_tensorflow(
        self, callee: Api, name: str, arguments: Sequence[Value], keywords: dict[str, Value]
    ) -> Value:
        if name in ("get_variable", "Variable"):
            self.variables_made.add(self.mode)
            # tf.Variable without compat.v1, which the converter leaves alone, is a resource always.
            old = callee.path != "tensorflow.Variable" and (
                not self.resource or self.v1_variables()
            )
            plain = keywords.get("use_resource") == Const(False) or old
            return Kind("refvariable" if plain else "variable", self.mode)
        if name.startswith("keras."):
            given = judge.keras.given_by_function(callee)
            if given is not None:
                return given
        if callee.entry.startswith("f:") and any(map(judge.keras.is_symbolic, arguments)):
            return Kind("keras tensor")  # as what takes its place will give
        if name in ("gfile.GFile", "gfile.FastGFile", "gfile.Open", "io.gfile.GFile"):
            return judge.opened(arguments, keywords, default="r")
        if name in ("placeholder",):
            shape = keywords.get("shape") or (arguments[1] if len(arguments) > 1 else ANY)
            return Kind("tensor", self.mode, _written_shape(shape))
        if (
            name.startswith("summary.")
            and "compat.v1" not in callee.path
            and name[8:] in judge.SUMMARIES
        ):
            return Kind("summary of TensorFlow 2")
        if name == "summary.merge_all":
            merges_none = (
                "summary v1" not in self.program.facts and "summary v2" in self.program.facts
            )
            return Kind("nothing merged") if merges_none else Kind("tensor", self.mode)
        if name.startswith("data.") and name.rpartition(".")[2] in _DATASETS:
            old = "compat.v1" in callee.path
            return Kind(tables.DATASET.replace("V2", "V1") if old else tables.DATASET)
        if name in tables.RETURNS:
            return self._of_kind(tables.RETURNS[name])
        if _collects(name, arguments) and (self.mode is True or self._none_collected()):
            return Kind("uncollected")
        if name in tables.RETURNS_LIST:
            return Container("list", element=self._of_kind(tables.RETURNS_LIST[name]))
        if name == "data.Iterator.from_structure":
            return Kind(tables.ITERATOR, self.mode)
        if name in ("data.make_one_shot_iterator", "data.make_initializable_iterator"):
            return Kind("iterator of a dataset", self.mode)
        if name.startswith("metrics.") and callee.entry.startswith("f:"):
            return Tuple((Kind("tensor", self.mode), Kind("tensor", self.mode)))
        if name in tables.RETURNS_TUPLE:
            return Tuple(tuple(self._of_kind(kind) for kind in tables.RETURNS_TUPLE[name]))
        if callee.entry.startswith("c:"):
            key = callee.entry[2:]
            if key in SESSIONS:
                alone = "graph" not in keywords and not arguments[1:]
                return Kind(key, (self.eager_here() or self.mode) if alone else False)
            return Kind(key, self._outside(key, arguments, keywords))
        if name in (
            "global_variables_initializer",
            "local_variables_initializer",
            "initialize_all_variables",
            "tables_initializer",
        ):
            return Kind("operation", self.mode)
        module, _, last = name.rpartition(".")
        if module.startswith("contrib"):
            return (
                Kind("tensor", self.mode)
                if last[:1].islower()
                and "." in module
                and "initializer" not in last
                and "regularizer" not in last
                and "scope" not in last
                else ANY
            )
        known = module in tables.TENSOR_MODULES and (last[:1].islower())
        if known and name not in tables.NO_TENSOR and name not in tables.NN_NO_TENSOR:
            return Kind("tensor", self.mode)
        return ANY

    def _none_collected(self) -> bool:
        """Whether this is a session's graph, and all variables so far were made in eager mode."""
        return self.mode is False and self.variables_made == {True}

    def _outside(
        self, key: str, arguments: Sequence[Value], keywords: dict[str, Value]
    ) -> bool | None:
        """True of what works on things that no graph has, since eager mode made or kept them."""
        if key.endswith(".supervisor.Supervisor"):
            outside = self.eager is not False and (
                self.eager is True or "eager off" not in self.program.facts
            )
            logs = keywords.get("logdir", Const(None)) != Const(None)
            return True if logs and outside else None
        if key.startswith("tensorflow.python.ops.lookup_ops."):
            return self.mode
        if key.endswith(".saver.Saver"):
            saved = keywords.get("var_list", arguments[0] if arguments else ANY)
            if kind_of(saved) == "uncollected":
                return None if self.mode is False else True
            return False if self.mode is False else None
        return None

    def _of_kind(self, kind: str) -> Value:
        """A value of a kind made here."""
        if kind == "tensors":
            return Container("list", element=Kind("tensor", self.mode))
        if kind == "variable" and (not self.resource or self.v1_variables()):
            kind = "refvariable"
        return Kind(kind, self.mode if kind in ("tensor", "variable", "refvariable") else None)

    def call_method(
        self,
        node: Any,
        callee: Method,
        arguments: Sequence[Value],
        keywords: dict[str, Value],
        complete: bool,
    ) -> Value:
        """What a call of a known instance's method gives."""
        in_data = kind_of(callee.owner).startswith("tensorflow.python.data.")
        outer, in_function = self.in_graph, self.in_function
        self.in_graph, self.in_function = outer or in_data, in_function or in_data
        self.call_back(arguments, keywords)
        self.in_graph, self.in_function = outer, in_function
        if callee.name == "__enter__" and self.enters_graph(callee.owner):
            self.in_graph, self.in_function = True, False
        judge.method_call(self, node, callee, arguments, keywords, complete)
        return _given_by_method(self, callee, arguments, keywords)


def _given_by_method(
    interpreter: Any, callee: Method, arguments: Sequence[Value], keywords: dict[str, Value]
) -> Value:
    owner, name, kind = callee.owner, callee.name, kind_of(callee.owner)
    if owner is ANY and name in ("keys", "values", "items") and not arguments:
        # A view, whatever gives it, unless a class of the tree has a method of that name.
        return ANY if name in interpreter.program.members else Kind(name)
    if owner is ANY and name in _CODING and arguments and _is_codec(arguments[0]):
        return ANY if name in interpreter.program.members else Kind(_CODING[name])
    if name == "zero_state":
        return Kind("state", interpreter.mode)
    if name == "run" and (owner is ANY or kind in SESSIONS) and arguments:
        return _fetched(arguments[0])
    if name == "get_shape":
        shape = owner.shape if isinstance(owner, Kind) and kind == "tensor" else None
        return Kind("shape", shape=shape)
    if name == "as_default":
        if kind in SESSIONS:
            return Kind("session context")
        return Kind("graph context")
    if kind in ("shape", "maybe_shape"):
        return _SHAPE_METHODS.get(name, ANY)
    if kind in interpreter.surface.classes:
        given = judge.keras.given_by_method(interpreter, kind, name)
        if given is not None:
            return given
    if name == "compute_gradients":
        pair = Tuple((Kind("tensor", interpreter.mode), Kind("variable", interpreter.mode)))
        return Container("list", element=pair)
    if kind in ("variable", "refvariable"):
        return Kind(
            "tensor" if name in ("read_value", "value", "initialized_value", "eval") else kind,
            interpreter.mode,
        )
    if kind in ("iterator of a dataset", tables.ITERATOR) and name == "get_next":
        return Kind("elements", owner.eager if isinstance(owner, Kind) else None)
    if kind == "str" and name == "format":
        return filled(owner)
    if isinstance(owner, Const) and name in _FOLDED and isinstance(owner.value, str):
        return _folded(owner.value, name, arguments)
    if kind in ("str", "bytes") and name in tables.STRING_METHODS:
        gives = tables.STRING_METHODS[name]
        if gives == "list":
            return Container("list", element=Kind(kind))
        return Kind(kind if gives == "same" else gives)
    if kind in ("binary file", "text file"):
        content = Kind("bytes" if kind == "binary file" else "str")
        if name in ("read", "readline"):
            return content
        return Container("list", element=content) if name == "readlines" else ANY
    if kind == "dict" and name in ("keys", "values", "items"):
        return Kind(name, shape=_entries(owner, name) if isinstance(owner, Container) else None)
    if kind == "dict" and isinstance(owner, Container) and name in ("get", "pop", "setdefault"):
        if arguments and isinstance(arguments[0], Const) and arguments[0].value in owner.items:
            return owner.items[arguments[0].value]
        return ANY
    if kind == "dict" and isinstance(owner, Container) and name == "update":
        owner.element = ANY
    if (
        kind == "list"
        and isinstance(owner, Container)
        and arguments
        and name in ("append", "insert", "extend")
    ):
        added = interpreter.element(arguments[-1]) if name == "extend" else arguments[-1]
        owner.element = added if owner.element is None else judge.join(owner.element, added)
        return Const(None)
    if kind == "ndarray":
        return judge.arrays.method(owner, name, arguments, keywords)
    if kind.startswith("tensorflow.python.data.") and name in _DATASET_METHODS:
        return owner
    if kind == "PIL.Image.Image" and name in tables.PILLOW_IMAGES:
        return owner
    if kind == tables.FIGURE:
        return _drawn_on(name, arguments, keywords)
    if name == "minimize" or name == "apply_gradients":
        return Kind("operation", interpreter.mode)
    if kind == "h5 file" and name == "create_dataset":
        return Kind("h5py._hl.dataset.Dataset")
    return ANY


_CODING = {"encode": "bytes", "decode": "str"}


def _is_codec(value: Value) -> bool:
    """Whether a literal names a coding of text, which tokenisers' `encode` does not take."""
    name = value.value if isinstance(value, Const) else None
    if not isinstance(name, str) or len(name) > 40:
        return False
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError):
        return False


def _fetched(value: Value) -> Value:
    """What `session.run` gives for what it is asked for: as much as summaries need."""
    if isinstance(value, Tuple):
        return Tuple(tuple(map(_fetched, value.items)))
    if isinstance(value, Container) and value.kind == "list" and value.items:
        return Tuple(tuple(map(_fetched, value.items.values())))
    return value if kind_of(value) == "summary of TensorFlow 2" else ANY


def _drawn_on(name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """What Matplotlib's pyplot and figures give: figures, and axes where they are surely plain."""
    if name in ("figure", "gcf"):
        return ANY if "FigureClass" in keywords else Kind(tables.FIGURE)
    plain = not keywords.keys() & {"projection", "polar", "axes_class", "subplot_kw"}
    numbers = all(isinstance(a, Const) and isinstance(a.value, int) for a in arguments)
    if name == "add_subplot" and plain and numbers:
        return Kind(tables.AXES)
    if name == "subplots" and not arguments:
        one = plain and not keywords.keys() & {"nrows", "ncols", "squeeze"}
        return Tuple((Kind(tables.FIGURE), Kind(tables.AXES) if one else ANY))
    return ANY


def _named_tuple(fields: Value) -> Value:
    """A class of named tuples, if the names of its fields are literals."""
    text = fields.value if isinstance(fields, Const) else None
    if isinstance(text, str):
        return Kind("named tuples", shape=tuple(text.replace(",", " ").split()))
    items: Sequence[Value] = ()
    if isinstance(fields, Tuple):
        items = fields.items
    elif isinstance(fields, Container) and fields.element is None:
        items = list(fields.items.values())
    names = tuple(i.value for i in items if isinstance(i, Const) and isinstance(i.value, str))
    return Kind("named tuples", shape=names) if names and len(names) == len(items) else ANY


_CSV = ("csv.reader", "csv.DictReader", "csv.writer", "csv.DictWriter")
_AS_TEXT = {"universal_newlines", "text", "encoding", "errors"}
# Classes of which every member is recorded; a protocol buffer's come from its metaclass.
_WRITTEN_OUT = ("c:tensorflow.python.", "c:keras.src.")
_FOLDED = ("split", "startswith", "endswith", "lower", "upper", "strip")


def _folded(text: str, name: str, arguments: Sequence[Value]) -> Value:
    """A method of a literal: the version of TensorFlow, taken apart."""
    if len(text) > 200 or not all(isinstance(a, Const) for a in arguments):
        return ANY
    try:
        found = getattr(text, name)(*(a.value for a in arguments if isinstance(a, Const)))
    except (TypeError, ValueError):
        return ANY
    if isinstance(found, list):
        return Container("list", {i: Const(part) for i, part in enumerate(found)})
    return Const(found)


def _entries(owner: Container, name: str) -> tuple[Value]:
    """What iterating over a view of a dict gives."""
    if name == "values":
        return (owner.every(),)
    return (ANY if name == "keys" else Tuple((ANY, owner.every())),)


_SHAPE_METHODS = {
    "as_list": Kind("list"),
    "num_elements": Kind("int"),
    "with_rank": Kind("shape"),
    "concatenate": Kind("shape"),
    "merge_with": Kind("shape"),
    "with_rank_at_least": Kind("shape"),
}
_DATASETS = frozenset(
    ("range", "from_tensor_slices", "from_tensors", "from_generator", "list_files", "zip")
)
_DATASET_METHODS = frozenset(
    [
        "map",
        "batch",
        "repeat",
        "shuffle",
        "prefetch",
        "filter",
        "take",
        "skip",
        "cache",
        "concatenate",
        "padded_batch",
        "shard",
        "apply",
        "interleave",
        "flat_map",
        "zip",
    ]
)


_COLLECTED = ("VARIABLES", "variables")


def _collects(name: str, arguments: Sequence[Value]) -> bool:
    """Whether a function gives variables of the graph's collections."""
    if name == "get_collection" and arguments:
        key = arguments[0]
        text = key.path if isinstance(key, Api) else str(getattr(key, "value", ""))
        return text.endswith(_COLLECTED)
    return tables.RETURNS_LIST.get(name) == "variable"


def _written_shape(value: Value) -> tuple[Any, ...] | None:
    """A shape literal, entry by entry; `...` for what is not a literal."""
    items: Sequence[Value]
    if isinstance(value, Tuple):
        items = value.items
    elif isinstance(value, Container) and value.kind == "list" and value.element is None:
        items = [value.items[i] for i in range(len(value.items))]
    else:
        return None
    return tuple(item.value if isinstance(item, Const) else ... for item in items)


def _v2_off(interpreter: Any) -> None:
    interpreter.eager = interpreter.resource = interpreter.shapes_of_ints = False


def _eager_off(interpreter: Any) -> None:
    interpreter.eager = False


def _eager_on(interpreter: Any) -> None:
    interpreter.eager = True


def _resource_off(interpreter: Any) -> None:
    interpreter.resource = False


def _resource_on(interpreter: Any) -> None:
    interpreter.resource = True


def _dimensions_on(interpreter: Any) -> None:
    interpreter.shapes_of_ints = False


_SWITCHES = {
    "disable_v2_behavior": _v2_off,
    "disable_eager_execution": _eager_off,
    "enable_eager_execution": _eager_on,
    "enable_v2_behavior": _eager_on,
    "disable_resource_variables": _resource_off,
    "enable_resource_variables": _resource_on,
    "disable_v2_tensorshape": _dimensions_on,
}
