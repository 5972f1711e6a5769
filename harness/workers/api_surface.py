"""The names that an installed TensorFlow and its companions really offer, as data.

python -m harness.workers.api_surface OUT.json.gz

Imported and inspected here, once, so that the scan can judge code without importing anything. Runs
under the Python and TensorFlow that migrated code is to run on.

The document:
    versions    by package
    modules     dotted name -> {attribute: entry}; None in place of a table that cannot be known
    classes     key -> {"bases": [...], "members": {name: entry}, "open": has its own __getattr__}
    signatures  the parameter lists that entries refer to by their index
    renames     what tf_upgrade_v2 makes of a name of TensorFlow 1
An entry is "m:dotted name" of a module, "c:key" of a class, "f:index" of a function's signature,
"a:dotted name" of a private name's public one, "p" of a property that cannot be set, "v" of
anything else; "!" at its end says that it refuses to work in eager mode, "~" that it raises
whatever it is given. A signature is a string as in a def: a trailing "=" marks a default, "*" and
"**" as usual.
"""

import ast
import functools
import gzip
import importlib
import inspect
import json
import os
import pkgutil
import sys
import types
import warnings
from pathlib import Path

# Packages whose public modules are walked through their attributes, with classes and signatures.
PACKAGES = (
    "tensorflow",
    "keras",
    "numpy",
    "scipy",
    "h5py",
    "tf_slim",
    "PIL",
    "sklearn",
    "matplotlib",
)
# Packages whose modules are read, and imported only where a star hides their names: TensorFlow's
# private ones.
PRIVATE = ("tensorflow.python", "tensorflow.core", "tensorflow.tools", "keras.src")
SKIPPED = {
    "tests",
    "test",
    "conftest",
    "_pytesttester",
    "testing",
    "f2py",
    "src",
    "distutils",
    "dtensor",
}


# Members that matter although their names begin with an underscore.
MEMBERS = ("__call__", "__init__", "__getitem__", "__iter__", "__next__")


class Surface:
    """Collects; see the module's docstring for the format."""

    def __init__(self):
        self.modules = {}
        self.classes = {}
        self.signatures = {}
        self._refusals = {}
        self.public = {}  # TensorFlow's functions and classes by identity, with their first name
        self._named = {}  # modules by identity, with the name under which they were met first
        self._waiting = []

    def add_package(self, name, module):
        """Record a package and the modules that it offers, breadth first: short names win."""
        self._named[id(module)] = name
        self._waiting = [(name, module)]
        while self._waiting:
            self._add_module(*self._waiting.pop(0), package=name)

    def _add_module(self, name, module, package):
        table = self.modules[name] = {}
        try:
            names = set(dir(module))
        except ImportError:  # TensorFlow still offers it, and all that lay behind it is gone
            self.modules[name] = {}
            return
        path = getattr(module, "__path__", None)
        children = {m.name for m in pkgutil.iter_modules(path)} if path else set()
        for attribute in sorted(names | (children if package != "tensorflow" else set())):
            if attribute.startswith("_") and attribute not in ("__version__", "__file__"):
                continue
            if attribute in SKIPPED and (package != "tensorflow" or attribute == "dtensor"):
                table[attribute] = "v"
                continue
            value = self._attribute(module, name, attribute, children)
            if value is not _ABSENT:
                table[attribute] = self._entry(name, attribute, value, package)

    @staticmethod
    def _attribute(module, name, attribute, children):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return getattr(module, attribute)
        except Exception:
            pass
        if attribute in children and not attribute.startswith("_"):
            try:
                return importlib.import_module(name + "." + attribute)
            except BaseException:  # a test module may even ask pytest to skip it
                pass
        return _ABSENT

    def _entry(self, name, attribute, value, package):
        if isinstance(value, types.ModuleType):
            return self._module_entry(name, attribute, value, package)
        if package == "tensorflow" and callable(value):
            self.public.setdefault(id(value), name + "." + attribute)
        if isinstance(value, type):
            return "c:" + self.add_class(value)
        if callable(value):
            return self._function(value)
        return "v"

    def _module_entry(self, name, attribute, value, package):
        public = name + "." + attribute
        inner = value.__dict__.get("__name__", public)
        if inner == "tensorflow" or (attribute == "v2" and package == "tensorflow"):
            return "m:tensorflow"
        if id(value) not in self._named:
            ours = package == "tensorflow" and inner.split(".")[0] in ("tensorflow", "keras")
            if not ours and inner != public:
                return "m:" + inner  # somebody else's module, that happens to be imported there
            self._named[id(value)] = public
            self._waiting.append((public, value))
        return "m:" + self._named[id(value)]

    def _function(self, value):
        mark = "~" if _only_raises(value) else "!" if self._refuses(value, 0) else ""
        return "f:%s%s" % (self._signature(value), mark)

    def _signature(self, function):
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            signature = None
        if signature is None or _takes_more(function):
            text = "*,**"
        else:
            text = _spell(signature)
        return self.signatures.setdefault(text, len(self.signatures))

    def add_class(self, cls):
        key = cls.__module__ + "." + cls.__qualname__
        if key in self.classes:
            return key
        record = self.classes[key] = {"bases": [], "members": {}, "open": False}
        for base in cls.__bases__:
            record["bases"].append(self.add_class(base))
        record["open"] = any(
            isinstance(cls.__dict__.get(name), types.FunctionType)
            for name in ("__getattr__", "__getattribute__")
        )
        for name in sorted(set(cls.__dict__) | _assigned_to_self(cls)):
            if name.startswith("_") and name not in MEMBERS:
                continue
            record["members"][name] = self._member(cls, name)
        if "__init__" not in record["members"] and "__new__" in cls.__dict__:
            record["members"]["__init__"] = self._function(cls)
        return key

    def _member(self, cls, name):
        value = cls.__dict__.get(name, _ABSENT)
        if isinstance(value, (staticmethod, classmethod)):
            return self._function(value.__get__(None, cls))
        if isinstance(value, property):
            refuses = value.fget is not None and self._refuses(value.fget, 0)
            return ("p" if value.fset is None else "v") + ("!" if refuses else "")
        if name == "__init__" and value is object.__init__:
            return "v"
        if callable(value) and not isinstance(value, type):
            return self._function(value)
        return "v"

    def _refuses(self, function, depth):
        """Whether a function raises, whatever its arguments, when called in eager mode."""
        function = inspect.unwrap(function) if callable(function) else function
        if not isinstance(function, types.FunctionType):
            return False
        if not (function.__module__ or "").startswith(("tensorflow.", "keras.src.legacy.")):
            return False
        if function not in self._refusals:
            self._refusals[function] = False  # of a function that calls itself
            self._refusals[function] = _raises_in_eager_mode(function, depth, self._refuses)
        return self._refusals[function]


def _takes_more(function):
    """Whether Matplotlib still takes, with a warning, what the signature no longer shows."""
    known = sys.modules.get("matplotlib._api.deprecation")
    plain = isinstance(function, types.FunctionType)
    return known is not None and plain and function in known.DECORATORS


def _spell(signature):
    parts, starred = [], False
    for parameter in signature.parameters.values():
        kind = parameter.kind
        if kind is parameter.VAR_POSITIONAL:
            parts.append("*" + parameter.name)
            starred = True
        elif kind is parameter.VAR_KEYWORD:
            parts.append("**" + parameter.name)
        else:
            if kind is parameter.KEYWORD_ONLY and not starred:
                parts.append("*")
                starred = True
            mark = "" if parameter.default is parameter.empty else "="
            prefix = "/" if kind is parameter.POSITIONAL_ONLY else ""
            parts.append(prefix + parameter.name + mark)
    return ",".join(parts)


@functools.lru_cache(maxsize=None)
def _definitions(path):
    """Every def and class of a file by qualified name; inspect.getsource parses it for each."""
    found = {}

    def visit(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                found[prefix + child.name] = child
                inner = "." if isinstance(child, ast.ClassDef) else ".<locals>."
                visit(child, prefix + child.name + inner)
            elif isinstance(child, (ast.If, ast.Try, ast.With)):
                visit(child, prefix)

    try:
        visit(ast.parse(Path(path).read_text(encoding="utf-8")), "")
    except (OSError, SyntaxError, UnicodeDecodeError):
        pass
    return found


def _source(item):
    module = sys.modules.get(item.__module__ or "")
    path = getattr(module, "__file__", None) or ""
    return _definitions(path).get(item.__qualname__) if path.endswith(".py") else None


def _assigned_to_self(cls):
    """Names of `self.x = ...` in the class's own methods."""
    if cls.__module__ == "builtins":
        return set()
    tree = _source(cls)
    if tree is None:
        return set()
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def _raises_in_eager_mode(function, depth, refuses):
    definition = _source(function)
    if not isinstance(definition, ast.FunctionDef):
        return False
    return _body_refuses(definition.body, function, depth, refuses)


def _body_refuses(body, function, depth, refuses):
    for statement in body:
        if isinstance(statement, ast.If):
            if _asks_for_eager(statement.test):
                return isinstance(statement.body[0], ast.Raise)
            if any(isinstance(s, ast.Return) for s in ast.walk(statement)):
                return False  # it may leave before
            continue
        if isinstance(statement, ast.With) and _body_refuses(
            statement.body, function, depth, refuses
        ):
            return True
        if isinstance(statement, (ast.Return, ast.Expr, ast.Assign)) and depth < 3:
            if _calls_refusing(statement, function, depth, refuses):
                return True
        if isinstance(statement, (ast.Return, ast.Raise)):
            return False
    return False


def _asks_for_eager(test):
    return (
        isinstance(test, ast.Call)
        and getattr(test.func, "attr", getattr(test.func, "id", "")) == "executing_eagerly"
    )


def _only_raises(function):
    """Whether a function is a tombstone: all that it does is to say that it is gone."""
    function = inspect.unwrap(function) if callable(function) else function
    if not isinstance(function, types.FunctionType) or inspect.isabstract(function):
        return False
    definition = _source(function)
    if not isinstance(definition, ast.FunctionDef):
        return False
    body = [s for s in definition.body if not _is_text(s)]
    gone = isinstance(body[0], ast.Raise) if body else False
    return gone and not _is_abstract(definition, body[0])


def _is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_abstract(definition, statement):
    """Whether it is there to be overridden, and says so as such methods do."""
    error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    decorated = any("abstract" in ast.dump(d) for d in definition.decorator_list)
    return decorated or getattr(error, "id", "") == "NotImplementedError"


def _inherited(function):
    """The method that `super` means in a method."""
    cls = sys.modules[function.__module__]
    for part in function.__qualname__.split(".")[:-1]:
        cls = getattr(cls, part, None)
    for base in cls.__mro__[1:] if isinstance(cls, type) else ():
        if function.__name__ in base.__dict__:
            return base.__dict__[function.__name__]
    return None


def _module_of(node, function):
    """The module that a dotted name means in a function."""
    if isinstance(node, ast.Name):
        found = function.__globals__.get(node.id)
    elif isinstance(node, ast.Attribute):
        found = getattr(_module_of(node.value, function), node.attr, None)
    else:
        found = None
    return found if isinstance(found, types.ModuleType) or hasattr(found, "_tf_api_dir") else None


def _calls_refusing(statement, function, depth, refuses):
    call = statement.value
    if not isinstance(call, ast.Call):
        return False
    target = None
    inner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "super":
        target = _inherited(function) if call.func.attr == function.__name__ else None
        target = inspect.unwrap(target) if target is not None else None
    elif isinstance(call.func, ast.Name):
        target = function.__globals__.get(call.func.id)
    elif isinstance(call.func, ast.Attribute):
        owner = _module_of(call.func.value, function)
        target = getattr(owner, call.func.attr, None) if owner is not None else None
        target = inspect.unwrap(target) if callable(target) else None
    return isinstance(target, types.FunctionType) and refuses(target, depth + 1)


_ABSENT = object()


def read_private(surface, package):
    """The modules of a package with their top-level names, from their source."""
    spec = importlib.util.find_spec(package)
    for root in spec.submodule_search_locations or ():
        for path in sorted(Path(root).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join((package,) + parts)
            if name.endswith(".__init__"):
                name = name[: -len(".__init__")]
            if name.endswith("_test") or name in surface.modules:
                continue
            surface.modules[name] = _top_level(path)
            if package.startswith("tensorflow."):  # which repositories of its time reach into
                surface.modules[name] = surface.modules[name] or _imported(name, path)
                _name_publicly(surface, name)
        for path in Path(root).rglob("*.so"):
            parts = path.relative_to(root).parts
            name = ".".join((package,) + parts[:-1] + (parts[-1].split(".")[0],))
            surface.modules.setdefault(name, None)
    for name in [n for n in surface.modules if n.startswith(package)]:
        while "." in name:
            parent, _, child = name.rpartition(".")
            if surface.modules.setdefault(parent, {}) is not None:
                surface.modules[parent].setdefault(child, "m:" + name)
            name = parent
            if name == package:
                break


def _imported(name, path):
    """Attribute table of a module whose source does not show its names; None if there is none."""
    if path.name.endswith("_pb2.py"):
        return None
    try:
        return dict.fromkeys(sorted(dir(importlib.import_module(name))), "v")
    except BaseException:
        return None


def _name_publicly(surface, name):
    """Of a private module, what has a public name too, by which more is known of it."""
    table, module = surface.modules[name], sys.modules.get(name)
    for attribute in table if table and module is not None else ():
        value = module.__dict__.get(attribute, _ABSENT)
        if isinstance(value, types.ModuleType):
            table[attribute] = "m:" + value.__name__
        elif id(value) in surface.public:
            table[attribute] = "a:" + surface.public[id(value)]


def _top_level(path):
    """Attribute table of a module's source; None where a star import or exec hides names."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return None
    if path.name.endswith("_pb2.py"):
        return None
    table = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
            return None
    for node in _statements(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            table[node.name] = "v"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                table[(alias.asname or alias.name).split(".")[0]] = "v"
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            for target in ast.walk(node):
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    table[target.id] = "v"
    return table


def _statements(body):
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody", "handlers"):
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                yield from _statements(getattr(node, field, []))


def standard_library(surface):
    """The modules of this Python's standard library and their names."""
    for name in sorted(sys.stdlib_module_names):
        if name.startswith("_") or name in (
            "antigravity",
            "this",
            "idlelib",
            "lib2to3",
            "turtledemo",
            "tkinter",
            "turtle",
        ):
            continue
        try:
            module = importlib.import_module(name)
        except Exception:
            surface.modules[name] = None
            continue
        _record_flat(surface, name, module)
    for name in (
        "os.path",
        "xml.etree.ElementTree",
        "urllib.request",
        "urllib.parse",
        "urllib.error",
        "concurrent.futures",
        "multiprocessing.pool",
        "logging.handlers",
        "importlib.util",
        "http.server",
        "http.client",
        "email.mime.text",
        "xml.dom.minidom",
        "collections.abc",
        "distutils.version",
        "multiprocessing.dummy",
    ):
        try:
            _record_flat(surface, name, importlib.import_module(name))
        except ImportError:
            continue
    surface.modules["builtins"] = {}
    import builtins

    for name in dir(builtins):
        if not name.startswith("__"):
            value = getattr(builtins, name)
            surface.modules["builtins"][name] = surface._entry("builtins", name, value, "builtins")


def _record_flat(surface, name, module):
    table = surface.modules[name] = {}
    path = getattr(module, "__path__", None)
    for attribute in sorted(
        set(dir(module)) | ({m.name for m in pkgutil.iter_modules(path)} if path else set())
    ):
        value = getattr(module, attribute, None)
        if isinstance(value, types.ModuleType):
            table[attribute] = "m:" + value.__name__
        elif isinstance(value, types.FunctionType):
            table[attribute] = surface._function(value)
        elif isinstance(value, type) and value.__module__ in (
            "collections",
            "datetime",
            "threading",
            "argparse",
            "random",
        ):
            table[attribute] = "c:" + surface.add_class(value)
        else:
            table[attribute] = "v"


def renames():
    """What tf_upgrade_v2 turns a name of TensorFlow 1 into."""
    from tensorflow.tools.compatibility import all_renames_v2, tf_upgrade_v2

    spec = tf_upgrade_v2.TFAPIChangeSpec()
    table = dict(all_renames_v2.symbol_renames)
    table.update(spec.symbol_renames)
    return dict(sorted(table.items()))


def collect():
    """The whole document."""
    surface = Surface()
    versions = {"python": "%d.%d" % sys.version_info[:2]}
    standard_library(surface)
    for name in PACKAGES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        versions[name] = getattr(module, "__version__", "")
        surface.add_package(name, module)
    for package in PRIVATE:
        read_private(surface, package)
    _instances(surface)
    return {
        "versions": versions,
        "modules": dict(sorted(surface.modules.items())),
        "classes": dict(sorted(surface.classes.items())),
        "signatures": sorted(surface.signatures, key=surface.signatures.get),
        "renames": renames(),
    }


def _instances(surface):
    """Classes that no module names, but that values have."""
    import tensorflow as tf

    with tf.Graph().as_default():
        surface.add_class(type(tf.constant(1.0)))
        surface.add_class(type(tf.compat.v1.Variable(1.0, use_resource=False)))
        surface.add_class(type(tf.compat.v1.Variable(1.0, use_resource=True)))
    surface.add_class(type(tf.constant(1.0)))


def main(out):
    document = json.dumps(collect(), separators=(",", ":"), sort_keys=True)
    scratch = out + ".partial"
    with open(scratch, "wb") as raw, gzip.GzipFile(
        fileobj=raw, mode="wb", mtime=0, filename=""
    ) as packed:
        packed.write(document.encode("utf-8"))
    os.rename(scratch, out)


if __name__ == "__main__":
    main(sys.argv[1])
