"""Loads TF1-style source, which knows TensorFlow as `tensorflow` and its siblings by bare name."""

import contextlib
import importlib
import os
import sys
import types


def tensorflow_namespace(runtime, float64):
    """The module that the source shall know as `tensorflow`, at the precision asked for.

    Arguments:
        runtime: "tf1" or "tf2", the installed TensorFlow as it is; "compat", TensorFlow 2's
            `compat.v1` with v2 behaviour off and tf-slim in the place of `tf.contrib`.
        float64: lift the precision.
    """
    import tensorflow as tf

    namespace = tf
    if runtime == "compat":
        tf.compat.v1.disable_v2_behavior()
        namespace = _compat_namespace(tf)
    if float64:
        from harness.workers import lifting

        lifting.lift([namespace])
    return namespace


def _compat_namespace(tf):
    import tf_slim

    namespace = types.ModuleType("tensorflow")
    namespace.__dict__.update(
        {
            name: getattr(tf.compat.v1, name)
            for name in dir(tf.compat.v1)
            if not name.startswith("__")
        }
    )
    contrib = types.ModuleType("tensorflow.contrib")
    contrib.slim = tf_slim
    contrib.layers = tf_slim.layers
    # tf.contrib.layers exported the initialisers flat; tf-slim keeps them one level down.
    contrib.layers.xavier_initializer = tf_slim.initializers.xavier_initializer
    namespace.contrib = contrib
    return namespace


class Sources(object):
    """A folder of TF1-style source, importable the way its own scripts import each other.

    Arguments:
        root: folder that holds `train.py`, `provider.py`, `models/` and `utils/`.
        namespace: the module to be found under the name `tensorflow`.
    """

    def __init__(self, root, namespace):
        self.root = os.path.abspath(root)
        self.namespace = namespace
        for folder in ("utils", "models", ""):
            sys.path.insert(0, os.path.join(self.root, folder))

    def module(self, name):
        """Import a module once."""
        with self.as_tensorflow():
            return importlib.import_module(name)

    def script(self, name, *arguments):
        """Import a script afresh, as if it had been started with these arguments."""
        sys.modules.pop(name, None)
        command_line, sys.argv = sys.argv, [name + ".py"] + [str(a) for a in arguments]
        try:
            return self.module(name)
        finally:
            sys.argv = command_line
            sys.modules.pop(name, None)

    @contextlib.contextmanager
    def as_tensorflow(self):
        """Whatever is imported meanwhile gets the namespace for `tensorflow`."""
        actual = sys.modules["tensorflow"]
        sys.modules["tensorflow"] = self.namespace
        try:
            yield
        finally:
            sys.modules["tensorflow"] = actual
