"""Makes the dropout of a TF1-style graph answer to the harness: off, given masks, or random.

The network's own call of `tf.nn.dropout` is kept, with the rate it asks for; only the uniform draws
inside are replaced. A network that confuses the rate with the probability of keeping therefore
departs from its mask, as it should.
"""

import contextlib

import numpy as np

MODES = ("off", "masks", "random")


def draws_for(mask, keep, dtype):
    """Uniform draws from which dropout at rate 1 - keep, and no other far from it, makes this mask.

    Arguments:
        mask: array of 0 (dropped) and 1 (kept).
        keep: probability of keeping.

    Returns:
        Array of the mask's shape, in [0, 1): the middle of the interval that drops, or keeps.
    """
    rate = 1.0 - keep
    return np.where(np.asarray(mask) > 0, rate + keep / 2, rate / 2).astype(dtype)


class DropoutControl(object):
    """Placeholders that steer the dropout layers of one graph.

    Build the network under `installed()`; then feed what `feed` returns with every run.

    Arguments:
        v1: the `compat.v1` module.
        namespace: the module that the network knows as `tf`.
        dropouts: list of {"name": canonical layer, "keep": probability}.
        dtype: NumPy type of the graph's floats.
    """

    def __init__(self, v1, namespace, dropouts, dtype):
        self.v1 = v1
        self.nn = namespace.nn
        self.dtype = dtype
        self.keep = {dropout["name"]: dropout["keep"] for dropout in dropouts}
        self.per_point = {d["name"] for d in dropouts if d["per_point"]}
        self.off = v1.placeholder(v1.bool, (), name="dropout_off")
        self.given = v1.placeholder(v1.bool, (), name="dropout_given")
        self.draws = {
            name: v1.placeholder(v1.as_dtype(dtype), None, name="draws_" + name.replace("/", "_"))
            for name in self.keep
        }

    def feed(self, mode, masks):
        """What to feed for a mode; masks by layer name, used by mode "masks" alone."""
        feed = {self.off: mode == "off", self.given: mode == "masks"}
        for name, placeholder in self.draws.items():
            if mode == "masks":
                draws = draws_for(masks[name], self.keep[name], self.dtype)
                # Features of points are an image one pixel wide.
                feed[placeholder] = draws[:, :, None, :] if name in self.per_point else draws
            else:
                feed[placeholder] = np.zeros((1, 1), self.dtype)
        return feed

    @contextlib.contextmanager
    def installed(self):
        original = self.nn.dropout
        self.nn.dropout = lambda *args, **kwargs: self._dropout(original, args, kwargs)
        try:
            yield
        finally:
            self.nn.dropout = original

    def _dropout(self, original, args, kwargs):
        inputs = args[0] if args else kwargs["x"]
        layer = self.v1.get_variable_scope().name
        with self._given_uniform(self.draws[layer]):
            dropped = original(*args, **kwargs)
        outputs = self.v1.cond(self.off, lambda: inputs, lambda: dropped)
        outputs.set_shape(inputs.get_shape())
        return outputs

    @contextlib.contextmanager
    def _given_uniform(self, draws):
        from tensorflow.python.ops import random_ops

        v1 = self.v1
        original = random_ops.random_uniform

        def uniform(shape, *args, **kwargs):
            def given():
                return v1.broadcast_to(draws, shape)

            return v1.cond(self.given, given, lambda: original(shape, *args, **kwargs))

        random_ops.random_uniform = uniform
        try:
            yield
        finally:
            random_ops.random_uniform = original
