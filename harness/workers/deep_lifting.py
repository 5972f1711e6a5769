"""Float64 from anyone's TF1-style graph: where TensorFlow's Python says float32, it says float64.

`lifting` changes the names that a network's own source uses, which is enough for a network that
calls `tf.nn` alone. Layers, losses and initialisers of the library say float32 themselves: in
default arguments, in the module `dtypes`, and whenever a Python number becomes a tensor.
Written for TensorFlow 1.15 and 2.x alike.
"""

import collections
import contextlib
import functools
import importlib
import sys
import types

import numpy as np

_LIBRARIES = ("tensorflow", "tensorflow_core", "tf_slim")
# These have to tell the two apart: constants as they are stored, and the flow of a TensorArray,
# which is float32 whatever the array holds and carries its gradient.
_UNLIFTED = (
    "framework.tensor_util", "ops.gradients_util", "ops.default_gradient", "eager.backprop_util",
)  # fmt: skip


def lift(namespaces):
    """Make every graph built from now on float64.

    Arguments:
        namespaces: the modules that the network's source knows as `tf`.
    """
    from tensorflow.python.framework import dtypes

    float32 = dtypes.float32
    for name in _UNLIFTED:
        with contextlib.suppress(ImportError):  # not every version has them all
            module = importlib.import_module("tensorflow.python." + name)
            module.dtypes = _Unlifted(dtypes, float32)
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in _LIBRARIES and isinstance(module, types.ModuleType):
            _lift_module(module, float32, dtypes.float64)
    for namespace in list(namespaces) + [dtypes]:
        namespace.float32 = dtypes.float64
    _lift_numbers(dtypes)
    _lift_fused_batch_norm()
    _lift_keras(namespaces)


class _Unlifted(object):
    """The module `dtypes` as it was."""

    def __init__(self, dtypes, float32):
        self._dtypes, self.float32 = dtypes, float32

    def __getattr__(self, name):
        return getattr(self._dtypes, name)


def _lift_module(module, float32, float64):
    """Default arguments of a module's functions, methods included."""
    # Modules that load themselves when touched are left as they are.
    for value in list(vars(module).values()):
        if isinstance(value, types.FunctionType):
            _lift_defaults(value, float32, float64)
        elif isinstance(value, type) and value.__module__ == module.__name__:
            for method in list(vars(value).values()):
                _lift_defaults(getattr(method, "__func__", method), float32, float64)


def _lift_defaults(function, float32, float64):
    """Default arguments of a function, and of those that it decorates."""
    while isinstance(function, types.FunctionType):
        if function.__defaults__:
            function.__defaults__ = tuple(
                float64 if default is float32 else default for default in function.__defaults__
            )
        for key, default in (function.__kwdefaults__ or {}).items():
            if default is float32:
                function.__kwdefaults__[key] = float64
        function = getattr(function, "__wrapped__", None)


def _lift_numbers(dtypes):
    """Python's numbers and NumPy's arrays of no stated type: the root of every constant."""
    from tensorflow.python.framework import tensor_util

    make = tensor_util.make_tensor_proto

    @functools.wraps(make)
    def make_tensor_proto(values, dtype=None, *arguments, **keywords):
        if dtype is None and _is_real(values):
            dtype = dtypes.float64
        return make(values, dtype, *arguments, **keywords)

    tensor_util.make_tensor_proto = make_tensor_proto


def _is_real(values):
    if isinstance(values, float):
        return True
    if isinstance(values, (np.ndarray, np.generic)):
        return values.dtype in (np.float32, np.float64)
    if isinstance(values, (list, tuple)):
        try:
            return np.asarray(values).dtype == np.float64
        except (ValueError, TypeError):
            return False
    return False


Normalised = collections.namedtuple("Normalised", "y mean variance reserve_1 reserve_2 reserve_3")


def _lift_fused_batch_norm():
    """The fused kernels know no float64: the same function from its parts.

    In training the moving average is handed the variance with Bessel's correction, as the kernels
    of TensorFlow do it (fused_batch_norm_op.cc).
    """
    from tensorflow.python.ops import array_ops, gen_nn_ops, math_ops

    def fused_batch_norm(
        x, scale, offset, mean, variance, epsilon=0.0001, data_format="NHWC", is_training=True, **_
    ):
        channels_first = data_format in ("NCHW", b"NCHW")
        axes = [0, 2, 3] if channels_first else [0, 1, 2]
        shape = [1, -1, 1, 1] if channels_first else [-1]
        kept = mean, variance
        if is_training:
            mean = math_ops.reduce_mean(x, axes)
            centred = x - array_ops.reshape(mean, shape)
            variance = math_ops.reduce_mean(math_ops.square(centred), axes)
            count = math_ops.cast(array_ops.size(x) // array_ops.size(mean), x.dtype)
            unbiased = variance * count / math_ops.maximum(count - 1, 1)
            kept = mean, array_ops.identity(unbiased, name="unbiased_variance")
        factor = math_ops.rsqrt(variance + epsilon) * scale
        y = (x - array_ops.reshape(mean, shape)) * array_ops.reshape(factor, shape)
        y = y + array_ops.reshape(offset, shape)
        return Normalised(y, kept[0], kept[1], mean, variance, mean)

    gen_nn_ops.fused_batch_norm_v3 = fused_batch_norm


def _lift_keras(namespaces):
    """TensorFlow 1.15's own Keras, on which its layers are built, has a type of its own."""
    for namespace in namespaces:
        if getattr(namespace, "__version__", "2").startswith("1."):
            namespace.keras.backend.set_floatx("float64")
