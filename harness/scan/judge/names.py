"""Judgements on names: imports, builtins, attributes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan import libraries, tables
from harness.scan.findings import Edit
from harness.scan.judge import arrays, keras
from harness.scan.values import (
    ANY,
    Api,
    Class,
    Const,
    Function,
    Kind,
    Method,
    Object,
    Tuple,
    Unknown,
    Value,
    kind_of,
)


def replacement(node: ast.AST, text: str) -> tuple[Edit, ...]:
    """An edit that puts text in a node's place."""
    if getattr(node, "end_lineno", None) is None:
        return ()
    return (Edit(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, text),)  # type: ignore[attr-defined]


def attribute_edit(node: ast.Attribute, text: str) -> tuple[Edit, ...]:
    """An edit that replaces `.attr` alone."""
    value = node.value
    if node.end_lineno is None or value.end_lineno is None or value.end_col_offset is None:
        return ()
    assert node.end_col_offset is not None
    return (
        Edit(value.end_lineno, value.end_col_offset, node.end_lineno, node.end_col_offset, text),
    )


# Imports.


def import_of_unknown(run: Any, node: ast.stmt, name: str, alias: Any) -> None:
    """A module that is neither in the tree nor in a package that the surface knows."""
    top = name.split(".")[0]
    if top in tables.PYTHON2_MODULES:
        new = tables.PYTHON2_MODULES[top]
        edits: tuple[Edit, ...] = ()
        if top in tables.SAME_INTERFACE and isinstance(node, ast.Import) and len(node.names) == 1:
            bound = alias.asname or top
            edits = replacement(
                node, f"import {new} as {bound}" if bound != new else f"import {new}"
            )
        elif top in tables.SAME_INTERFACE and isinstance(node, ast.ImportFrom):
            names = ", ".join(f"{a.name} as {a.asname}" if a.asname else a.name for a in node.names)
            edits = replacement(node, f"from {new} import {names}")
        run.report(
            "module-gone",
            node,
            f"{top} is Python 2's; its place was taken by {new}",
            edits,
            raises="ModuleNotFoundError",
        )
    elif top in tables.PYTHON312_MODULES:
        module_on_its_way_out(run, node, name)


def import_gone(run: Any, node: ast.stmt, name: str, path: str, alias: Any) -> None:
    """A module that its package no longer has."""
    rule = "contrib" if path.startswith("tensorflow.contrib") else "module-gone"
    known = run.surface.versions.get(path.split(".")[0], run.surface.versions["python"])
    hint = ""
    if path.startswith("tensorflow.contrib"):
        inside = name.removeprefix("tensorflow.contrib.")
        hint = (
            "; pip install tf-slim, import tf_slim"
            if inside.startswith(("slim", "contrib")) or name.endswith("contrib")
            else ""
        )
    run.report(
        rule,
        node,
        f"{path.split('.')[0]} {known} has no module {path}{hint}",
        raises="ModuleNotFoundError",
    )


def module_on_its_way_out(run: Any, node: ast.stmt, name: str) -> None:
    """A module of the standard library that Python 3.12 dropped."""
    top = name.split(".")[0]
    if top in tables.PYTHON312_MODULES:
        run.report(
            "module-gone", node, f"{top} is gone from Python 3.12 on", raises="ModuleNotFoundError"
        )


# Names.


def builtin(run: Any, node: ast.Name) -> Value:
    """A name that is bound nowhere: a builtin of Python 3, of Python 2, or something unknown."""
    entry = run.surface.entry("builtins", node.id)
    if entry:
        return Api(f"builtins.{node.id}", entry)
    if node.id in tables.PYTHON2_NAMES and isinstance(node.ctx, ast.Load):
        new = tables.PYTHON2_NAMES[node.id]
        edits = replacement(node, new) if node.id in tables.RENAMED_IN_PLACE else ()
        run.report(
            "python2-name",
            node,
            f"{node.id} is Python 2's; use {new}",
            edits,
            raises="NameError",
        )
        if node.id in tables.RENAMED_IN_PLACE:
            return Api(f"builtins.{new}", run.surface.entry("builtins", new) or "v")
    elif run.module.starred and _is_nowhere(run, node):
        run.report(
            "name-gone",
            node,
            f"{run.module.starred[0]} has no {node.id}, and nothing else defines it",
            raises="NameError",
        )
    return ANY


def _is_nowhere(run: Any, node: ast.Name) -> bool:
    """Whether a name can only have come from a package of which everything was imported."""
    keras_alone = all(name.startswith(("tensorflow.", "keras.")) for name in run.module.starred)
    if not keras_alone or node.id.startswith("__"):
        return False
    return node.id not in run.program.once(run.module.node, _bound_names)


def _bound_names(tree: ast.AST) -> frozenset[str]:
    """Every name that a file binds anywhere, in whatever scope."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return frozenset(found)


# Attributes of packages.


def name_gone(run: Any, node: ast.Attribute, owner: Api, path: str, imported: Any) -> None:
    """A name that an installed package does not have."""
    place = imported or node
    if owner.path.startswith("tensorflow"):
        _tensorflow_name_gone(run, node, place, path)
        return
    if path.startswith(tables.ON_WINDOWS):
        return
    package = path.split(".")[0]
    version = run.surface.versions.get(package)
    new, edits = _renamed(path, node, imported)
    said = f"; use {new}" if new else ""
    name = f"{package} {version}" if version else f"Python 3's {owner.path}"
    run.report(
        "name-gone",
        place,
        f"{name} has no {path if version else node.attr}{said}",
        edits,
        raises="ImportError" if imported else "AttributeError",
    )


def _renamed(path: str, node: ast.Attribute, imported: Any) -> tuple[str, tuple[Edit, ...]]:
    name = path.rpartition(".")[2]
    if path.startswith("numpy.") and path.count(".") == 1:
        if name in tables.NUMPY_SCALARS:
            new = tables.NUMPY_SCALARS[name]
            return new, () if imported else replacement(node, new)
        if name in tables.NUMPY_RENAMED:
            new = tables.NUMPY_RENAMED[name]
            return f"numpy.{new}", () if imported else attribute_edit(node, f".{new}")
    new = _MOVED.get(path, "")
    return new, ()


_MOVED = {
    "itertools.izip": "zip",
    "itertools.imap": "map",
    "itertools.ifilter": "filter",
    "itertools.izip_longest": "itertools.zip_longest",
    "string.letters": "string.ascii_letters",
    "string.lowercase": "string.ascii_lowercase",
    "string.uppercase": "string.ascii_uppercase",
    "string.maketrans": "str.maketrans",
    "string.join": "str.join",
    "string.replace": "str.replace",
    "string.split": "str.split",
    "string.strip": "str.strip",
    "string.atoi": "int",
    "string.atof": "float",
    "sys.maxint": "sys.maxsize",
    "os.getcwdu": "os.getcwd",
    "time.clock": "time.perf_counter",
    "urllib.urlretrieve": "urllib.request.urlretrieve",
    "urllib.urlopen": "urllib.request.urlopen",
    "urllib.quote": "urllib.parse.quote",
    "urllib.urlencode": "urllib.parse.urlencode",
    "inspect.getargspec": "inspect.getfullargspec",
    "collections.Mapping": "collections.abc.Mapping",
    "collections.Iterable": "collections.abc.Iterable",
    "collections.Sequence": "collections.abc.Sequence",
    "scipy.misc.imread": "imageio.v3.imread",
    "scipy.misc.imsave": "imageio.v3.imwrite",
    "scipy.misc.imresize": "PIL.Image.Image.resize",
    "PIL.Image.ANTIALIAS": "PIL.Image.LANCZOS",
}


def _tensorflow_name_gone(run: Any, node: ast.Attribute, place: ast.AST, path: str) -> None:
    version = run.surface.versions["tensorflow"]
    short = path.removeprefix("tensorflow.").removeprefix("compat.v1.")
    old = f"tf.{short}"
    raises = "AttributeError" if place is node else "ImportError"
    if short == "contrib" or short.startswith("contrib."):
        run.report("contrib", place, f"TensorFlow {version} has no tf.contrib", raises=raises)
    elif f"{short}.".startswith(("layers.", "nn.rnn_cell.")):
        run.report(
            "keras3-gone",
            place,
            f"tf.{path.removeprefix('tensorflow.')} is not available with Keras 3",
            raises=raises,
        )
    else:
        new = run.surface.renames.get(old, "")
        if new in ("", old):
            v1 = run.surface.entry(
                f"tensorflow.compat.v1{'.' + short.rpartition('.')[0] if '.' in short else ''}",
                short.rpartition(".")[2],
            )
            new = (
                f"tf.compat.v1.{short}"
                if v1 and not path.startswith("tensorflow.compat.v1.")
                else ""
            )
        new = _BEFORE_1.get(short, new)
        if not _exists(run, new):
            new = ""
        base = run.text(node.value) if place is node else ""
        edits: tuple[Edit, ...] = ()
        if new and base == "tf" and short not in _BEFORE_1:
            edits = replacement(node, new)
        spelled = "tf." + path.removeprefix("tensorflow.")
        said = f"; use {new}" if new else ""
        run.report(
            "name-gone", place, f"TensorFlow {version} has no {spelled}{said}", edits, raises=raises
        )


def short_name(path: str) -> str:
    """A name of TensorFlow as version 1 had it."""
    return path.removeprefix("tensorflow.").removeprefix("compat.v1.").removeprefix("compat.v2.")


def spelled_path(path: str) -> str:
    """A dotted name as a reader would write it."""
    return path.replace("tensorflow.", "tf.", 1) if path.startswith("tensorflow.") else path


def _exists(run: Any, name: str) -> bool:
    module, _, last = f"tensorflow.{name.removeprefix('tf.')}".rpartition(".")
    return run.surface.entry(module, last) is not None


# Names that TensorFlow 1.0 took away, which tf_upgrade_v2 does not know.
_BEFORE_1 = {
    "mul": "tf.multiply",
    "sub": "tf.subtract",
    "neg": "tf.negative",
    "pack": "tf.stack",
    "unpack": "tf.unstack",
    "select": "tf.where",
    "batch_matmul": "tf.matmul",
    "complex_abs": "tf.abs",
    "inv": "tf.math.reciprocal",
    "listdiff": "tf.compat.v1.setdiff1d",
    "scalar_summary": "tf.compat.v1.summary.scalar",
    "histogram_summary": "tf.compat.v1.summary.histogram",
    "image_summary": "tf.compat.v1.summary.image",
    "merge_all_summaries": "tf.compat.v1.summary.merge_all",
    "merge_summary": "tf.compat.v1.summary.merge",
    "train.SummaryWriter": "tf.compat.v1.summary.FileWriter",
    "nn.rnn_cell": "",
}


def data_member(run: Any, node: ast.Attribute, owner: Api) -> Value:
    """An attribute of a package's constant: the parsed flags are the ones that matter."""
    if owner.path.endswith("flags.FLAGS"):
        return flags_member(run, node)
    return ANY


def flags_member(run: Any, node: ast.Attribute) -> Value:
    """An attribute of FLAGS."""
    if node.attr == "_parse_flags":
        run.report(
            "flags-parsed",
            node,
            f"absl's FLAGS has no {node.attr}",
            raises="AttributeError",
        )
    return ANY


def member_of_gone(run: Any, node: ast.Attribute, owner: Api) -> None:
    """A name of a module that is gone, which is gone from the place that took it over too."""
    cells = run.surface.modules.get("tensorflow.compat.v1.nn.rnn_cell", {})
    if owner.path == "tensorflow.contrib.rnn" and node.attr in _CELLS and node.attr not in cells:
        run.report(
            "keras3-gone",
            node,
            f"{node.attr} moved to tf.compat.v1.nn.rnn_cell, and is not available with Keras 3",
            raises="AttributeError",
        )


_CELLS = ("BasicLSTMCell", "BasicRNNCell", "DropoutWrapper", "GRUCell", "LSTMCell", "MultiRNNCell")


def of_foreign(run: Any, node: ast.AST, owner: Kind, name: str) -> Value:
    """A name of a module of which nothing is known, or nearly nothing."""
    module = owner.shape[0] if owner.shape else ""
    if module == "six" and name == "moves":
        return Kind(tables.FOREIGN, shape=("six.moves",))
    if module == "six.moves" and name in tables.SIX_MOVES:
        path = tables.SIX_MOVES[name]
        above, _, last = path.rpartition(".")
        return Api(path, run.surface.entry(above, last) or "v") if above else Api(path, f"m:{path}")
    known = tables.FOREIGN_NAMES.get(module, {})
    if name in known:
        return Const(known[name])
    path = f"{module}.{name}"
    gone = libraries.GONE.get(path)
    if gone is not None:
        said = f"; use {gone}" if gone else ""
        run.report(
            "name-gone",
            node,
            f"{module.split('.')[0]} has no {path.replace('make().', 'Env.')} any more{said}",
            raises="ImportError" if isinstance(node, ast.ImportFrom) else "AttributeError",
        )
        return ANY
    return Kind(tables.FOREIGN, shape=(path,)) if module.split(".")[0] in _FOREIGN else ANY


_FOREIGN = {
    path.split(".")[0]
    for table in (libraries.GONE, libraries.BY_PLACE, libraries.NEEDED, libraries.GIVES)
    for path in table
}


def foreign_call(
    run: Any, node: ast.AST, callee: Kind, count: int, keywords: dict[str, Value]
) -> Value:
    """A call of a function of a package that is not recorded."""
    path = callee.shape[0] if callee.shape else ""
    if not isinstance(node, ast.Call) or any(isinstance(a, ast.Starred) for a in node.args):
        return ANY
    most = libraries.BY_PLACE.get(path)
    if most is not None and count > most:
        run.report(
            "call-signature",
            node,
            f"{path} takes {most or 'nothing'} by place any more, the rest by name",
            raises="TypeError",
        )
    place, needed = libraries.NEEDED.get(path, (0, ""))
    if needed and count <= place and needed not in keywords and None not in keywords:
        run.report("call-signature", node, f"{path} needs its {needed} now", raises="TypeError")
    if path in libraries.MAKERS:
        return Kind(tables.FOREIGN, shape=(f"{path}()",))
    number = libraries.GIVES.get(path)
    return Kind("several", shape=(path, number)) if number else ANY


def lost_keyword(run: Any, node: ast.Call, keywords: dict[str, Value]) -> None:
    """A keyword that a library's function took once."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for keyword in keywords:
        lost = libraries.LOST_KEYWORDS.get((name, keyword))
        if lost is not None and name not in run.program.members and imports(run, lost.modules):
            said = f"; use {lost.instead}" if lost.instead else ""
            run.report(
                "call-signature",
                node,
                f"{name} of {lost.modules[0]} has no parameter {keyword} any more{said}",
                raises="TypeError",
            )


# Attributes of values.


def member(run: Any, node: ast.Attribute, owner: Value) -> Value:
    """An attribute of an instance."""
    kind, name = kind_of(owner), node.attr
    if isinstance(owner, (Unknown, Method)):
        return _member_of_unknown(run, node)
    if isinstance(owner, Kind) and kind == tables.FOREIGN:
        return of_foreign(run, node, owner, name)
    if isinstance(owner, Tuple) and name in owner.names:
        return owner.items[owner.names.index(name)]
    if kind in ("dimension", "maybe_dimension"):
        if name == "value":
            _dimension_value(run, node)
        return Kind("int")
    if kind == "unknown dimension":
        if name == "value":
            _dimension_value(run, node)
        return Kind("unknown dimension")
    if kind == "maybe_shape":
        return Method(owner, name)
    if kind in ("tensor", "variable", "refvariable"):
        return _member_of_tensor(run, node, owner, kind)
    if kind == "keras shape":
        return _member_of_keras_shape(run, node, owner)
    if kind in ("keys", "values", "items") or kind in ("map", "filter", "zip", "range"):
        return _member_of_lazy(run, node, owner, kind)
    if kind == "h5 entry" and name == "value":
        return _h5_value(run, node)
    if kind == "exception" and name == "message":
        run.report(
            "member-gone",
            node,
            "an exception of Python 3 has no message; use str(error)",
            raises="AttributeError",
        )
        return Kind("str")
    if kind == "loaded array":
        if name == "item":
            arrays.one_object(run, node)
        return _member_of_unknown(run, node)
    if kind == "ndarray" and (known := arrays.attribute(owner, name)) is not None:
        return known
    if kind in _ITERATORS:
        if name == "next":
            _next(run, node)
        return Method(owner, name)
    key = tables.CLASS_OF.get(kind, kind)
    if key in run.surface.classes:
        return _member_of_class(run, node, owner, key)
    return Method(owner, name)


_ITERATORS = (
    *("generator", "iterator", "enumerate", "reversed"),
    *("text file", "binary file", "binary csv"),
)


def _member_of_unknown(run: Any, node: ast.Attribute) -> Value:
    name = node.attr
    if name == "shape":
        return Kind("maybe_shape")
    if name == "_parse_flags":
        return flags_member(run, node)
    if name in tables.PYTHON2_DICT and name not in run.program.members:
        _python2_dict(run, node)
    elif name == "next" and name not in run.program.members and run.program.python2:
        _next(run, node)
    elif not _lost_by_library(run, node):
        keras.of_unknown(run, node)
    return Method(ANY, name)


def _lost_by_library(run: Any, node: ast.Attribute) -> bool:
    """Whether some library's objects lost this member, and that was reported."""
    lost = libraries.LOST.get(node.attr)
    if lost is None or not _has_such(run, node, lost) or node.attr in run.program.members:
        return False
    run.report(
        "member-gone",
        node,
        f"{lost.said.format(node.attr)}; use {lost.instead}",
        attribute_edit(node, lost.edit) if lost.edit else (),
        raises="AttributeError",
    )
    return True


def _has_such(run: Any, node: ast.Attribute, lost: libraries.Lost) -> bool:
    """Whether a file imports what has such objects, and nothing whose objects still have it."""
    if lost.after and getattr(node.value, "attr", "") != lost.after:
        return False
    return imports(run, lost.modules) and not imports(run, (lost.unless,))


def imports(run: Any, modules: Sequence[str]) -> bool:
    """Whether the file imports one of these modules."""
    imported: set[str] = run.program.once(run.module.node, _imported)
    return not imported.isdisjoint(modules)


def _imported(tree: ast.AST) -> set[str]:
    """Dotted names of all that a file imports, and of their packages."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None) or ""
            for alias in node.names:
                parts = f"{module}.{alias.name}".strip(".").split(".")
                found.update(".".join(parts[: i + 1]) for i in range(len(parts)))
    return found


def _python2_dict(run: Any, node: ast.Attribute) -> None:
    new = tables.PYTHON2_DICT[node.attr]
    edits = attribute_edit(node, f".{new}") if new != "in" else ()
    run.report(
        "member-gone",
        node,
        f"a dict of Python 3 has no {node.attr}; use {new}",
        edits,
        raises="AttributeError",
    )


def _dimension_value(run: Any, node: ast.Attribute) -> None:
    if run.shapes_of_ints and not run.v1_shapes():
        run.report(
            "dimension-value",
            node,
            "an entry of a shape is an int or None in TensorFlow 2, and has no .value",
            attribute_edit(node, ""),
            raises="AttributeError",
        )


def _member_of_tensor(run: Any, node: ast.Attribute, owner: Value, kind: str) -> Value:
    name = node.attr
    if name == "shape":
        return Kind("shape", shape=owner.shape if isinstance(owner, Kind) else None)
    if name == "initialized_value" and kind == "variable":
        run.report(
            "variable-initial-value",
            node,
            "initialized_value is not implemented for the variables of TensorFlow 2",
            raises="NotImplementedError",
        )
    eager = isinstance(owner, Kind) and owner.eager is True
    if eager and name == "initializer" and "variable" in kind:
        return Kind("operation", True)
    if eager and name in tables.EAGER_REFUSES.get(kind, ()):
        run.report(
            "graph-only",
            node,
            f"a {kind} made in eager mode has no {name}",
            raises="AttributeError",
        )
    if kind == "tensor" and name not in ("get_shape",):
        _absent(run, node, tables.TENSOR, "a tensor")
    return Method(owner, name)


def _member_of_keras_shape(run: Any, node: ast.Attribute, owner: Value) -> Value:
    """Keras 3 hands a tuple to `build`, and has tuples for shapes, where TensorShapes were."""
    if node.attr in (
        "as_list",
        "ndims",
        "dims",
        "rank",
        "num_elements",
        "with_rank",
        "assert_has_rank",
    ):
        run.report(
            "member-gone",
            node,
            f"a shape is a tuple in Keras 3, and has no {node.attr}",
            raises="AttributeError",
        )
        return ANY
    return Method(owner, node.attr)


def _h5_value(run: Any, node: ast.Attribute) -> Value:
    run.report(
        "member-gone",
        node,
        "what an HDF5 file holds has no value in h5py 3; use [()]",
        attribute_edit(node, "[()]"),
        raises="AttributeError",
    )
    return Kind("ndarray")


def _member_of_lazy(run: Any, node: ast.Attribute, owner: Value, kind: str) -> Value:
    name = node.attr
    if name in ("sort", "append", "extend", "reverse", "insert", "remove", "pop"):
        run.report(
            "python2-sequence",
            node,
            f"{_spelled(kind)} is no list in Python 3 and has no {name}",
            wrapped(run, node.value),
            raises="AttributeError",
        )
    elif name == "next":
        _next(run, node)
    return Method(owner, name)


def _spelled(kind: str) -> str:
    return f"a dict's {kind}()" if kind in ("keys", "values", "items") else f"{kind}(...)"


def wrapped(run: Any, node: ast.expr) -> tuple[Edit, ...]:
    """An edit that wraps an expression in list(...)."""
    return replacement(node, f"list({run.text(node)})") if isinstance(node, ast.Call) else ()


def _next(run: Any, node: ast.Attribute) -> None:
    run.report(
        "python2-iterator",
        node,
        "iterators of Python 3 have no next method; call next(...)",
        raises="AttributeError",
    )


# Classes of which every attribute is known.
_CLOSED = (
    *("tensorflow.python.", "keras.src.", "numpy.ndarray", "h5py._hl.dataset.", "threading."),
    "sklearn.",
)
# Members of Python 2's builtins. Of a list or a str nothing else is said: where a program takes
# either, it asks first.
_LOST_BY_BUILTINS = {
    "builtins.str": ("decode",),
    "builtins.bytes": ("encode", "format"),
    "builtins.dict": tuple(tables.PYTHON2_DICT),
}


def _member_of_class(run: Any, node: ast.Attribute, owner: Value, key: str) -> Value:
    name = node.attr
    if name == "predict_proba" and keras.is_guessed(owner):
        return Method(ANY, name)  # scikit-learn's models have it
    if keras.lost(run, node, key):
        return Method(ANY, name)
    if key.startswith("matplotlib.") and _lost_by_library(run, node):
        return ANY
    if key == keras.HISTORY and name == "history":
        return Kind("keras logs", shape=owner.shape if isinstance(owner, Kind) else None)
    known = keras.attribute_kind(run, key, name)
    if known is not None:
        return known
    if key == keras.TENSOR and name == "shape":
        return Kind("keras shape")
    entry = run.surface.member(key, name)
    if keras.is_base(key):
        return Method(owner, name, entry or "")
    if entry is None and not name.startswith("_"):
        if name in tables.PYTHON2_DICT and key == "builtins.dict":
            _python2_dict(run, node)
        else:
            _absent(run, node, key, _article(key))
        return ANY
    return Method(owner, name, entry or "")


def _article(key: str) -> str:
    return f"a {key.rpartition('.')[2]}" if key.startswith("builtins.") else key.rpartition(".")[2]


def _absent(run: Any, node: ast.Attribute, key: str, said: str) -> bool:
    name = node.attr
    lost = name in _LOST_BY_BUILTINS.get(key, ())
    if (
        not (key.startswith(_CLOSED) or lost)
        or run.surface.member(key, name) is not None
        or name.startswith("_")
    ):
        return False
    if not isinstance(node.ctx, ast.Load) or key == "builtins.function":
        return False
    run.report(
        "member-gone", node, f"{said} has no {name}{_instead(key, name)}", raises="AttributeError"
    )
    return True


_INSTEAD = {
    "fit_generator": "fit",
    "evaluate_generator": "evaluate",
    "predict_generator": "predict",
    "predict_classes": "predict and argmax",
    "predict_proba": "predict",
    "make_one_shot_iterator": "tf.compat.v1.data.make_one_shot_iterator(dataset)",
    "make_initializable_iterator": "tf.compat.v1.data.make_initializable_iterator(dataset)",
    "output_types": "tf.compat.v1.data.get_output_types(dataset)",
    "output_shapes": "tf.compat.v1.data.get_output_shapes(dataset)",
    "value": "dataset[()]",
    "itemset": "array[index] = value",
    "ptp": "np.ptp(array)",
    "newbyteorder": "array.view(array.dtype.newbyteorder(order))",
    "tostring": "tobytes",
    "decode": "nothing: text is text",
    "encode": "nothing: bytes are bytes",
    "isAlive": "is_alive",
}


def _instead(key: str, name: str) -> str:
    return f"; use {_INSTEAD[name]}" if name in _INSTEAD else ""


def inherited(run: Any, node: ast.Attribute, owner: Object) -> Value:
    """An attribute of an instance of the tree's class that the tree does not define."""
    if node.attr in ("iteritems", "has_key", "iterkeys", "itervalues"):
        for base in owner.cls.ancestors():
            if isinstance(base, Api) and base.path in ("builtins.dict", "collections.OrderedDict"):
                _python2_dict(run, node)
    for base in owner.cls.ancestors():
        if isinstance(base, Api) and base.path == "threading.Thread" and node.attr == "isAlive":
            _absent(run, node, base.entry[2:], "Thread")
    key = keras.base_of(owner.cls, run.surface)
    if not key or keras.lost(run, node, key):
        return ANY
    known = keras.attribute_kind(run, key, node.attr)
    entry = run.surface.member(key, node.attr)
    return known or (Method(Kind(key), node.attr, entry) if entry else ANY)


def class_made(run: Any, node: ast.ClassDef, cls: Class) -> None:
    """A class that iterates as Python 2 did."""
    names = cls.members
    if "next" in names and "__iter__" in names and "__next__" not in names:
        function = names["next"]
        place = function.node if isinstance(function, Function) else node
        returns_self = not isinstance(names["__iter__"], Function) or _returns_self(
            names["__iter__"]
        )
        if returns_self:
            run.report(
                "python2-iterator",
                place,
                f"iterating over {cls.name} asks for __next__, and it has next",
            )


def _returns_self(function: Function) -> bool:
    return any(
        isinstance(n, ast.Return) and isinstance(n.value, ast.Name) and n.value.id == "self"
        for n in ast.walk(function.node)
    )
