"""Tables of kinds: what calls give, what the kinds of Python and TensorFlow are called."""

from __future__ import annotations

TENSOR = "tensorflow.python.framework.tensor.Tensor"
DATASET = "tensorflow.python.data.ops.dataset_ops.DatasetV2"

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
}

# Python objects that were lists.
LAZY = ("range", "map", "filter", "zip", "keys", "values", "items")

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
}
NO_TENSOR = frozenset(
    ["add_to_collection", "get_collection", "get_collection_ref", "global_variables", "trainable_variables", "local_variables", "model_variables", "all_variables", "moving_average_variables", "gradients", "variable_scope", "name_scope", "device", "control_dependencies", "get_variable_scope", "group", "function", "py_function", "numpy_function", "register_tensor_conversion_function", "no_gradient", "get_default_session", "executing_eagerly", "init_scope", "make_template", "get_logger", "as_dtype", "is_tensor", "switch_case", "case", "cond", "while_loop", "scan", "map_fn", "foldl", "foldr", "unstack", "split", "unique", "unique_with_counts", "meshgrid", "nest", "global_variables_initializer", "local_variables_initializer", "variables_initializer", "initialize_all_variables", "tables_initializer", "initialize_variables", "clip_by_global_norm", "reset_default_graph", "set_random_seed", "disable_eager_execution", "disable_v2_behavior", "enable_eager_execution", "required_space_to_batch_paddings", "dynamic_partition", "get_static_value", "import_graph_def", "container", "colocate_with", "add_check_numerics_ops", "assign", "assign_add", "assign_sub", "load_op_library", "load_library", "ensure_shape", "op_scope", "variable_op_scope", "get_seed"]
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
    ["nn.moments", "nn.top_k", "nn.dynamic_rnn", "nn.static_rnn", "nn.bidirectional_dynamic_rnn", "nn.in_top_k", "nn.weighted_moments", "nn.raw_rnn", "nn.rnn", "nn.static_bidirectional_rnn", "nn.fused_batch_norm", "nn.ctc_beam_search_decoder", "nn.ctc_greedy_decoder", "nn.sufficient_statistics", "math.top_k", "linalg.svd", "linalg.eigh", "linalg.qr", "nn.max_pool_with_argmax", "nn.state_saving_rnn", "losses.get_losses", "losses.add_loss", "losses.get_regularization_losses", "image.ResizeMethod", "math.unsorted_segment", "linalg.LinearOperator", "random.set_seed", "random.get_seed"]
)
# Calls that give initialisers and cells are classes, and begin with a capital.

BUILTIN_RETURNS = {
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
    ["array", "zeros", "ones", "empty", "full", "arange", "linspace", "asarray", "eye", "identity", "zeros_like", "ones_like", "concatenate", "stack", "vstack", "hstack", "random.randn", "random.rand", "random.normal", "random.permutation", "reshape", "transpose", "expand_dims", "squeeze", "tile", "repeat", "copy", "full_like", "frombuffer"]
)

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

PYTHON2_DICT = {
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "has_key": "in",
    "viewitems": "items",
    "viewkeys": "keys",
    "viewvalues": "values",
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
}
IN_PLACE_REFUSED = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**"}

# What a Keras layer's **kwargs may hold: keras.layers.Layer.__init__ refuses the rest by ValueError.
LAYER_KEYWORDS = frozenset(
    ["activity_regularizer", "trainable", "dtype", "autocast", "name", "input_shape", "input_dim", "batch_shape"]
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
