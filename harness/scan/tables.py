"""Tables of kinds: what calls give, what the kinds of Python and TensorFlow are called."""

from __future__ import annotations

TENSOR = "tensorflow.python.framework.tensor.Tensor"
DATASET = "tensorflow.python.data.ops.dataset_ops.DatasetV2"

ITERATOR = "tensorflow.python.data.ops.iterator_ops.Iterator"
FIGURE = "matplotlib.figure.Figure"
AXES = "matplotlib.axes._axes.Axes"

# A module that is neither the tree's nor a known package's, and which one.
FOREIGN = "foreign module"
# What is known of one all the same.
FOREIGN_NAMES = {"six": {"PY2": False, "PY3": True, "PY34": True}}
SIX_MOVES = {
    "cPickle": "pickle",
    "configparser": "configparser",
    "filter": "builtins.filter",
    "input": "builtins.input",
    "map": "builtins.map",
    "queue": "queue",
    "range": "builtins.range",
    "reduce": "functools.reduce",
    "urllib": "urllib",
    "xrange": "builtins.range",
    "zip": "builtins.zip",
}

# The class that knows a kind's members.
CLASS_OF = {
    "tensor": TENSOR,
    "shape": "tensorflow.python.framework.tensor_shape.TensorShape",
    "ndarray": "numpy.ndarray",
    "str": "builtins.str",
    "bytes": "builtins.bytes",
    "dict": "builtins.dict",
    "list": "builtins.list",
    "tuple": "builtins.tuple",
    "int": "builtins.int",
    "float": "builtins.float",
    "range": "builtins.range",
    "map": "builtins.map",
    "filter": "builtins.filter",
    "zip": "builtins.zip",
    "keras tensor": "keras.src.backend.common.keras_tensor.KerasTensor",
}

# Kinds of which `isinstance` can say which builtin they are, and which they are not.
BUILTIN_KINDS = ("str", "bytes", "float", "list", "dict", "tuple", "set")

# Python objects that were lists.
LAZY = ("range", "map", "filter", "zip", "keys", "values", "items")
# Of those and of generators, what is no sequence even to read.
NO_SEQUENCE = (*LAZY[1:], "generator")

# Names of TensorFlow, without `tensorflow.` and `compat.v1.`, and the kind a call gives. Where a
# name is not here, a function of the modules in TENSOR_MODULES gives a tensor.
RETURNS = {
    "Variable": "variable",
    "get_variable": "variable",
    "train.get_or_create_global_step": "variable",
    "train.create_global_step": "variable",
    "train.get_global_step": "variable",
    "contrib.framework.get_or_create_global_step": "variable",
    "get_default_graph": "tensorflow.python.framework.ops.Graph",
    "convert_to_tensor": "tensor",
    "TensorShape": "shape",
    "nn.in_top_k": "tensor",
    "math.in_top_k": "tensor",
    "ensure_shape": "tensor",
    "assign": "variable",
    "assign_add": "variable",
    "assign_sub": "variable",
}
RETURNS_LIST = {
    "trainable_variables": "variable",
    "global_variables": "variable",
    "local_variables": "variable",
    "all_variables": "variable",
    "model_variables": "variable",
    "moving_average_variables": "variable",
    "gradients": "tensor",
    "unstack": "tensor",
    "split": "tensor",
    "meshgrid": "tensor",
    "losses.get_losses": "tensor",
    "losses.get_regularization_losses": "tensor",
}
RETURNS_TUPLE = {
    "nn.moments": ("tensor", "tensor"),
    "nn.top_k": ("tensor", "tensor"),
    "math.top_k": ("tensor", "tensor"),
    "clip_by_global_norm": ("tensors", "tensor"),
    "unique": ("tensor", "tensor"),
    "unique_with_counts": ("tensor", "tensor", "tensor"),
}
# Functions of the standard library, and the kind they give.
STANDARD_RETURNS = {
    "csv.reader": "iterator",
    "csv.DictReader": "iterator",
    "hashlib.md5": "hash",
    "hashlib.sha1": "hash",
    "hashlib.sha256": "hash",
    "hashlib.sha512": "hash",
    "json.dumps": "str",
    "pickle.dumps": "bytes",
    "time.strftime": "str",
    "os.getcwd": "str",
    "socket.gethostname": "str",
    "subprocess.check_output": "bytes",
    "base64.b64encode": "bytes",
    "base64.b64decode": "bytes",
    "os.listdir": "list",
    "glob.glob": "list",
    "time.time": "float",
    "random.random": "float",
    "random.uniform": "float",
    "random.randint": "int",
    "math.ceil": "int",
    "math.floor": "int",
}
NO_TENSOR = frozenset(
    [
        "add_to_collection",
        "get_collection",
        "get_collection_ref",
        "variable_scope",
        "name_scope",
        "device",
        "control_dependencies",
        "get_variable_scope",
        "group",
        "function",
        "py_function",
        "numpy_function",
        "register_tensor_conversion_function",
        "no_gradient",
        "get_default_session",
        "executing_eagerly",
        "init_scope",
        "make_template",
        "get_logger",
        "as_dtype",
        "is_tensor",
        "switch_case",
        "case",
        "cond",
        "while_loop",
        "scan",
        "map_fn",
        "foldl",
        "foldr",
        "nest",
        "global_variables_initializer",
        "local_variables_initializer",
        "variables_initializer",
        "initialize_all_variables",
        "tables_initializer",
        "initialize_variables",
        "reset_default_graph",
        "set_random_seed",
        "disable_eager_execution",
        "disable_v2_behavior",
        "enable_eager_execution",
        "required_space_to_batch_paddings",
        "dynamic_partition",
        "get_static_value",
        "import_graph_def",
        "container",
        "colocate_with",
        "add_check_numerics_ops",
        "load_op_library",
        "load_library",
        "op_scope",
        "variable_op_scope",
        "get_seed",
    ]
)
TENSOR_MODULES = (
    "",
    "math",
    "nn",
    "linalg",
    "image",
    "random",
    "signal",
    "losses",
    "layers",
    "summary",
)
NN_NO_TENSOR = frozenset(
    [
        "nn.dynamic_rnn",
        "nn.static_rnn",
        "nn.bidirectional_dynamic_rnn",
        "nn.weighted_moments",
        "nn.raw_rnn",
        "nn.rnn",
        "nn.static_bidirectional_rnn",
        "nn.fused_batch_norm",
        "nn.ctc_beam_search_decoder",
        "nn.ctc_greedy_decoder",
        "nn.sufficient_statistics",
        "linalg.svd",
        "linalg.eigh",
        "linalg.qr",
        "nn.max_pool_with_argmax",
        "nn.state_saving_rnn",
        "losses.add_loss",
        "image.ResizeMethod",
        "math.unsorted_segment",
        "linalg.LinearOperator",
        "random.set_seed",
        "random.get_seed",
    ]
)
# Calls that give initialisers and cells are classes, and begin with a capital.

BUILTIN_RETURNS = {
    "set": "set",
    "frozenset": "set",
    "len": "int",
    "int": "int",
    "float": "float",
    "str": "str",
    "repr": "str",
    "list": "list",
    "sorted": "list",
    "tuple": "tuple",
    "dict": "dict",
    "range": "range",
    "map": "map",
    "filter": "filter",
    "zip": "zip",
    "bytes": "bytes",
    "input": "str",
    "ord": "int",
    "chr": "str",
    "enumerate": "enumerate",
    "reversed": "reversed",
    "iter": "iterator",
    "vars": "dict",
    "abs": "",
}
STRING_METHODS = {
    "split": "list",
    "rsplit": "list",
    "splitlines": "list",
    "join": "same",
    "strip": "same",
    "lstrip": "same",
    "rstrip": "same",
    "replace": "same",
    "lower": "same",
    "upper": "same",
    "format": "same",
    "encode": "bytes",
    "decode": "str",
    "find": "int",
    "count": "int",
}
NUMPY_ARRAYS = frozenset(
    [
        "array",
        "zeros",
        "ones",
        "empty",
        "full",
        "arange",
        "linspace",
        "asarray",
        "eye",
        "identity",
        "zeros_like",
        "ones_like",
        "concatenate",
        "stack",
        "vstack",
        "hstack",
        "random.randn",
        "random.rand",
        "random.normal",
        "random.permutation",
        "reshape",
        "transpose",
        "expand_dims",
        "squeeze",
        "tile",
        "repeat",
        "copy",
        "full_like",
        "frombuffer",
    ]
)

# Functions and methods of Pillow that give an image.
PILLOW_IMAGES = frozenset(
    [
        *("open", "new", "fromarray", "merge", "blend", "composite"),
        *("resize", "convert", "crop", "rotate", "transpose", "copy", "filter"),
    ]
)

# Functions that take bytes, or text, in their first place.
TAKES_BYTES = frozenset(
    [
        "hashlib.md5",
        "hashlib.sha1",
        "hashlib.sha256",
        "hashlib.sha512",
        "base64.b64encode",
        "base64.encodestring",
        "zlib.compress",
        "zlib.crc32",
        "zlib.decompress",
        "io.BytesIO",
        "pickle.loads",
    ]
)
TAKES_TEXT = frozenset(["io.StringIO"])
# Functions that index, measure or concatenate what they are given.
TAKES_SEQUENCE = frozenset(
    [
        "random.sample",
        "random.choice",
        "numpy.random.choice",
        "numpy.mean",
        "numpy.sum",
        "numpy.std",
        "numpy.var",
        "numpy.median",
        "numpy.concatenate",
        "numpy.stack",
        "numpy.vstack",
        "numpy.hstack",
        "numpy.dstack",
    ]
)
CHANGES_SEQUENCE = frozenset(["random.shuffle", "numpy.random.shuffle"])
# Functions that take whole numbers, and in which places.
TAKES_INTEGERS = {
    "numpy.zeros": slice(0, 1),
    "numpy.ones": slice(0, 1),
    "numpy.empty": slice(0, 1),
    "numpy.full": slice(0, 1),
    "numpy.eye": slice(0, 2),
    "numpy.reshape": slice(1, 2),
    "numpy.tile": slice(1, 2),
    "numpy.linspace": slice(2, 3),
    "numpy.random.rand": slice(0, None),
    "numpy.random.randn": slice(0, None),
    "numpy.random.uniform": slice(2, 3),
    "numpy.random.normal": slice(2, 3),
    "numpy.random.choice": slice(1, 2),
    "numpy.random.permutation": slice(0, 1),
    "numpy.random.random": slice(0, 1),
    "numpy.pad": slice(1, 2),
    "collections.deque": slice(1, 2),
    "random.sample": slice(1, 2),
    "itertools.islice": slice(1, None),
}

# And of TensorFlow and Keras, with the names of those places.
TENSORS_TAKE_INTEGERS = {
    "zeros": (slice(0, 1), ("shape",)),
    "ones": (slice(0, 1), ("shape",)),
    "fill": (slice(0, 1), ("dims",)),
    "reshape": (slice(1, 2), ("shape",)),
    "get_variable": (slice(1, 2), ("shape",)),
    "placeholder": (slice(1, 2), ("shape",)),
    "random_normal": (slice(0, 1), ("shape",)),
    "random_uniform": (slice(0, 1), ("shape",)),
    "truncated_normal": (slice(0, 1), ("shape",)),
    "random.normal": (slice(0, 1), ("shape",)),
    "random.uniform": (slice(0, 1), ("shape",)),
    "random.truncated_normal": (slice(0, 1), ("shape",)),
    "tile": (slice(1, 2), ("multiples",)),
    "split": (slice(1, 2), ("num_or_size_splits",)),
    "slice": (slice(1, 3), ("begin", "size")),
    "strided_slice": (slice(1, 4), ("begin", "end", "strides")),
    "one_hot": (slice(1, 2), ("depth",)),
    "sequence_mask": (slice(1, 2), ("maxlen",)),
    "pad": (slice(1, 2), ("paddings",)),
    "nn.conv2d_transpose": (slice(2, 3), ("output_shape",)),
    "nn.top_k": (slice(1, 2), ("k",)),
    "image.resize": (slice(1, 2), ("size",)),
    "image.resize_with_crop_or_pad": (slice(1, 3), ("target_height", "target_width")),
    "image.random_crop": (slice(1, 2), ("size",)),
    "keras.layers.Dense": (slice(0, 1), ("units",)),
    "keras.layers.Embedding": (slice(0, 2), ("input_dim", "output_dim")),
    "keras.layers.Reshape": (slice(0, 1), ("target_shape",)),
}

# Python 2's builtins, and what to write instead.
PYTHON2_NAMES = {
    "xrange": "range",
    "unicode": "str",
    "raw_input": "input",
    "basestring": "str",
    "long": "int",
    "unichr": "chr",
    "reduce": "functools.reduce",
    "file": "open",
    "execfile": "exec(open(path).read())",
    "cmp": "(a > b) - (a < b)",
    "apply": "f(*args)",
    "buffer": "memoryview",
    "intern": "sys.intern",
    "coerce": "nothing",
    "reload": "importlib.reload",
}
RENAMED_IN_PLACE = ("xrange", "unicode", "raw_input", "basestring", "long", "unichr")

# Python 2's standard library, and modules gone from later Pythons.
PYTHON2_MODULES = {
    "cPickle": "pickle",
    "cStringIO": "io",
    "StringIO": "io",
    "Queue": "queue",
    "ConfigParser": "configparser",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "commands": "subprocess",
    "copy_reg": "copyreg",
    "HTMLParser": "html.parser",
    "httplib": "http.client",
    "SocketServer": "socketserver",
    "SimpleHTTPServer": "http.server",
    "BaseHTTPServer": "http.server",
    "Tkinter": "tkinter",
    "tkMessageBox": "tkinter.messagebox",
    "tkFileDialog": "tkinter.filedialog",
    "thread": "_thread",
    "dummy_thread": "_thread",
    "exceptions": "nothing: its names are builtins",
    "sets": "nothing: set is a builtin",
    "md5": "hashlib",
    "sha": "hashlib",
    "cookielib": "http.cookiejar",
    "Cookie": "http.cookies",
    "xmlrpclib": "xmlrpc.client",
    "anydbm": "dbm",
    "dbhash": "dbm",
    "htmlentitydefs": "html.entities",
    "UserDict": "collections",
    "UserList": "collections",
    "UserString": "collections",
    "new": "types",
    "popen2": "subprocess",
    "__builtin__": "builtins",
    "robotparser": "urllib.robotparser",
    "whichdb": "dbm",
    "mimetools": "email",
    "rfc822": "email",
    "string_": "string",
    "itertools_": "itertools",
    "gdbm": "dbm.gnu",
    "repr": "reprlib",
}
# Same interface under the new name: an import can be rewritten.
SAME_INTERFACE = {
    "cPickle": "pickle",
    "Queue": "queue",
    "ConfigParser": "configparser",
    "urlparse": "urllib.parse",
    "__builtin__": "builtins",
    "copy_reg": "copyreg",
    "Tkinter": "tkinter",
    "httplib": "http.client",
    "SocketServer": "socketserver",
}
PYTHON312_MODULES = ("imp", "distutils", "asyncore", "asynchat", "smtpd")

# Names of the standard library that only Windows has: who asks for one is there.
ON_WINDOWS = (
    "subprocess.CREATE_",
    "subprocess.STARTF_",
    "subprocess.STARTUPINFO",
    "ctypes.windll",
    "ctypes.WinDLL",
    "ctypes.WinError",
    "os.startfile",
    "signal.CTRL_",
)

PYTHON2_DICT = {
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "has_key": "in",
    "viewitems": "items",
    "viewkeys": "keys",
    "viewvalues": "values",
}

# Methods that NumPy 2's arrays have no more, and that nothing else is likely to have: how many
# positional arguments and which keywords they took, and what took their place.
LOST_BY_ARRAYS: dict[str, tuple[tuple[int, ...], frozenset[str], str]] = {
    "tostring": ((0,), frozenset(), "tobytes"),
    "ptp": ((0, 1, 2), frozenset(("axis", "out", "keepdims")), "np.ptp(array)"),
    "itemset": ((1, 2, 3, 4), frozenset(), "array[index] = value"),
}

NUMPY_SCALARS = {
    "float": "float",
    "int": "int",
    "bool": "bool",
    "object": "object",
    "str": "str",
    "complex": "complex",
    "long": "int",
    "unicode": "str",
}
NUMPY_RENAMED = {
    "float_": "float64",
    "complex_": "complex128",
    "unicode_": "str_",
    "string_": "bytes_",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "NaN": "nan",
    "NAN": "nan",
    "product": "prod",
    "cumproduct": "cumprod",
    "sometrue": "any",
    "alltrue": "all",
    "in1d": "isin",
    "row_stack": "vstack",
    "trapz": "trapezoid",
    "round_": "round",
    "bool8": "bool_",
    "mat": "asmatrix",
}

# Members of tensors that eager mode refuses.
EAGER_REFUSES = {
    "tensor": ("graph", "op", "name", "eval", "consumers", "value_index"),
    "variable": ("op", "eval", "graph"),
    "refvariable": ("op", "eval", "graph"),
}
IN_PLACE_REFUSED = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**"}

# What a Keras layer's **kwargs may hold: keras.layers.Layer.__init__ refuses the rest by
# ValueError.
LAYER_KEYWORDS = frozenset(
    [
        "activity_regularizer",
        "trainable",
        "dtype",
        "autocast",
        "name",
        "input_shape",
        "input_dim",
        "batch_shape",
    ]
)
# What single classes take besides, for the sake of old code.
CLASS_KEYWORDS = {
    "Embedding": {"input_length"},
    "LeakyReLU": {"alpha"},
    "BatchNormalization": {"renorm"},
    "LSTM": {"implementation"},
    "GRU": {"implementation"},
    "SimpleRNN": {"implementation"},
    "RNN": {"implementation"},
}
