"""Keeps Python's floats from being rounded to float32 on their way into a float64 Keras model.

On TensorFlow, Keras casts a coefficient or an optimiser's beta by `tf.cast(0.9, "float64")`, which
makes a float32 of it first. In a float64 model that is a difference of 1e-8 where none is meant.
"""

import sys

from keras.src.backend import config


def lift():
    """Let `cast` and `convert_to_tensor` of the backend in use take floats as they are."""
    from keras.src.backend import core

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
