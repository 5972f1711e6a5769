"""Dropout that drops nothing, wherever a TF1-style graph calls it from."""

import sys
import types


class DropoutOff(object):
    """Replaces `tf.nn.dropout` by the identity, for layers and cells of the library too.

    Arguments:
        namespaces: the modules that the network's source knows as `tf`.

    Attributes:
        calls: how often a network has asked for it.
    """

    def __init__(self, namespaces):
        from tensorflow.python.ops import nn_ops

        self.calls = 0
        originals = [getattr(nn_ops, name) for name in ("dropout", "dropout_v2")]
        modules = [namespace.nn for namespace in namespaces]
        modules += [m for n, m in list(sys.modules.items()) if n.startswith(("tensorflow", "tf_"))]
        for module in modules:
            for name in ("dropout", "dropout_v2"):
                if self._is_one_of(module, name, originals):
                    setattr(module, name, self._identity)

    @staticmethod
    def _is_one_of(module, name, originals):
        if not isinstance(module, types.ModuleType):
            return False
        if name in vars(module):
            return any(vars(module)[name] is original for original in originals)
        # The public modules of TensorFlow 1.15 are wrapped; `nn` has nothing else of that name.
        return hasattr(module, "_tfmw_wrapped_module") and hasattr(
            module._tfmw_wrapped_module, name
        )

    def _identity(self, x, *arguments, **keywords):
        from tensorflow.python.ops import array_ops

        self.calls += 1
        return array_ops.identity(x)
