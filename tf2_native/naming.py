"""The same parameter under its three names: Keras variable, TF1 scope, TF1 checkpoint."""

from collections.abc import Iterator

import keras

from tf2_native.layers import SharedMLP, TNet

# Where the shared MLP reads raw points: in TF1 a convolution as wide as a point has channels.
INPUT_SCOPES = frozenset({"conv1", "transform_net1/tconv1"})

# Heads that had a scope of their own; Keras wants names without a slash.
_HEADS = ("cla", "seg")

_MOMENT_OPS = {"moving_mean": "Squeeze", "moving_variance": "Squeeze_1"}
_OLDER_MOMENT_OPS = {"moving_mean": "normalize/mean", "moving_variance": "normalize/variance"}


def has_tf1_form(model: keras.Model) -> bool:
    """Whether a model is a TF1 network rewritten: all of those are made of shared MLPs.

    Arguments:
        model: as `build_model` makes it.
    """
    return any(isinstance(layer, SharedMLP) for layer in model.layers)


def named_variables(model: keras.Model) -> dict[str, keras.Variable]:
    """The parameters and moving statistics of a model by their canonical names.

    Those are the TF1 scopes or, for a network without a TF1 form, Keras' own names.

    Arguments:
        model: as `build_model` makes it.

    Returns:
        Variables by name (`conv1/weights`, `conv1/bn/moving_mean`, ...; `features_64_conv/kernel`,
        `features_64_batch_norm/moving_mean`, ...), from input to output. The counters of schedules
        and the seeds of dropout are no part of the function, and left out.
    """
    if not has_tf1_form(model):
        return {
            f"{layer.name}/{variable.name}": variable
            for layer in model.layers
            for variable in layer.weights
            if variable.name != "step"
        }
    return {
        f"{scope}/{leaf}": variable
        for scope, layer in linear_layers(model).items()
        for leaf, variable in _variables(layer)
    }


def linear_layers(model: keras.Model) -> dict[str, keras.layers.Layer]:
    """The layers that own the parameters, by TF1 scope: shared MLPs and dense layers.

    Arguments:
        model: as `build_model` makes it.

    Returns:
        Layers by scope (`conv1`, `transform_net1/tconv1`, `cla/fc1`), from input to output.
    """
    return dict(pair for layer in model.layers for pair in _linear_layers(layer))


def tf1_scope(layer: str) -> str:
    """The TF1 scope of a layer of a model: `seg_conv1` was `seg/conv1`."""
    head, _, leaf = layer.partition("_")
    return f"{head}/{leaf}" if head in _HEADS else layer


def tf1_variable_name(canonical: str) -> str:
    """The name of a variable in a TF1 checkpoint.

    TF1 named the moving statistics after the ops that computed the moments they average.

    Arguments:
        canonical: a key of `named_variables`.

    Returns:
        The same name, but for moving statistics.
    """
    scope, _, leaf = canonical.rpartition("/")
    if leaf not in _MOMENT_OPS:
        return canonical
    return f"{scope}/{scope}/moments/{_MOMENT_OPS[leaf]}/ExponentialMovingAverage"


def older_tf1_variable_name(canonical: str) -> str:
    """The name of a variable in a checkpoint written by TensorFlow 0.x to 1.1.

    There the moments came out of an op `normalize`, and were not squeezed afterwards.

    Arguments:
        canonical: a key of `named_variables`.

    Returns:
        The same name, but for moving statistics.
    """
    scope, _, leaf = canonical.rpartition("/")
    if leaf not in _OLDER_MOMENT_OPS:
        return canonical
    return f"{scope}/{scope}/moments/{_OLDER_MOMENT_OPS[leaf]}/ExponentialMovingAverage"


def tf1_shape(canonical: str, variable: keras.Variable) -> tuple[int, ...]:
    """The shape of a variable in a TF1 checkpoint.

    TF1 kept the kernels of shared MLPs as those of convolutions.

    Arguments:
        canonical: a key of `named_variables`.
        variable: its value there.

    Returns:
        (1, C, 1, units) where raw points come in, (1, 1, C, units) for other shared MLPs, and
        the variable's own shape for everything else.
    """
    scope, _, leaf = canonical.rpartition("/")
    shape = tuple(variable.shape)
    if leaf != "weights" or "conv" not in scope.rpartition("/")[2]:
        return shape
    channels, units = shape
    return (1, channels, 1, units) if scope in INPUT_SCOPES else (1, 1, channels, units)


def _linear_layers(layer: keras.layers.Layer) -> Iterator[tuple[str, keras.layers.Layer]]:
    scope = tf1_scope(layer.name)
    match layer:
        case TNet():
            for sublayer in layer.sublayers:
                yield f"{scope}/{sublayer.name}", sublayer
        case SharedMLP() | keras.layers.Dense():
            yield scope, layer


def _variables(layer: SharedMLP | keras.layers.Dense) -> Iterator[tuple[str, keras.Variable]]:
    """The variables of one layer, by what TF1 called them inside its scope."""
    yield "weights", layer.kernel
    yield "biases", layer.bias
    if isinstance(layer, SharedMLP):
        for name in ("beta", "gamma", "moving_mean", "moving_variance"):
            yield f"bn/{name}", getattr(layer.bn, name)
