"""Float64 from a graph that says float32: the names it uses are changed, its source is not.

TensorFlow 1.x networks spell out `tf.float32`. Read as float64, they compute to sixteen digits,
where a semantic slip stands out from rounding by ten orders of magnitude. Written for TensorFlow
1.15 and 2.x alike.
"""

import functools


def lift(namespaces):
    """Make every graph built from now on through these namespaces float64.

    Arguments:
        namespaces: the modules that the network's source knows as `tf`.
    """
    for namespace in namespaces:
        namespace.constant = _floats_as_float64(namespace.constant, namespace.float64)
        namespace.float32 = namespace.float64
    _lift_moving_averages()


def lift_floats(owner, constant):
    """Turn the Python floats among an object's attributes into constants.

    Arguments:
        owner: an optimiser, or a script's module with its hyperparameters.
        constant: makes the tensor in the current graph.
    """
    for name, value in list(vars(owner).items()):
        if isinstance(value, float):
            setattr(owner, name, constant(value))


def _floats_as_float64(constant, float64):
    @functools.wraps(constant)
    def lifted(value, dtype=None, *arguments, **keywords):
        if dtype is None and isinstance(value, float):
            dtype = float64
        return constant(value, dtype, *arguments, **keywords)

    return lifted


def _lift_moving_averages():
    """Keep an average's decay from float32.

    TensorFlow 2 converts any decay to a literal float32; 1.15 makes a tensor of a constant one,
    and a Python float becomes float32 there too.
    """
    from tensorflow.python.framework import dtypes
    from tensorflow.python.training import moving_averages

    class LiftedDtypes(object):
        float32 = dtypes.float64

        def __getattr__(self, name):
            return getattr(dtypes, name)

    if hasattr(moving_averages, "dtypes"):
        moving_averages.dtypes = LiftedDtypes()
    moving_averages.ops = LiftedOps(moving_averages.ops, dtypes.float64)


class LiftedOps(object):
    """The module `ops`, but that a Python float of no stated type becomes float64."""

    def __init__(self, ops, float64):
        self._ops, self._float64 = ops, float64

    def __getattr__(self, name):
        return getattr(self._ops, name)

    def convert_to_tensor(self, value, *arguments, **keywords):
        if isinstance(value, float) and not arguments and "dtype" not in keywords:
            keywords["dtype"] = self._float64
        return self._ops.convert_to_tensor(value, *arguments, **keywords)
