"""Keeps Keras from rounding to float32 inside a float64 model.

On TensorFlow, Keras casts a coefficient or an optimiser's beta by `tf.cast(0.9, "float64")`, which
makes a float32 of it first. On JAX and PyTorch, `keras.ops.mean` and others compute in float32
whatever they are given: a table of types has no float64 there. Either is a difference of 1e-8 where
none is meant.
"""

import sys

from keras.src.backend import config


def lift():
    """Let the backend in use take Python's floats as they are, and compute in float64."""
    from keras.src.backend import core
    from keras.src.backend.common import dtypes

    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    cast, convert = core.cast, core.convert_to_tensor

    def exact_cast(x, dtype):
        if isinstance(x, float):
            return convert(x, dtype)
        return cast(x, dtype)

    def exact_convert(x, dtype=None, *arguments, **keywords):
        if dtype is None and isinstance(x, float):
            dtype = config.floatx()
        return convert(x, dtype, *arguments, **keywords)

    for name, module in list(sys.modules.items()):
        if name.startswith("keras.src") and module is not None:
            for attribute, (old, new) in {
                "cast": (cast, exact_cast),
                "convert_to_tensor": (convert, exact_convert),
            }.items():
                if vars(module).get(attribute) is old:
                    setattr(module, attribute, new)
