"""A trained network as plain Keras layers, its batch normalisation folded into its kernels.

In inference, batch normalisation multiplies each channel by a constant and adds another. So does a
linear layer, and one that stands right before it can do both:

    scale = gamma / sqrt(moving_variance + epsilon)
    kernel' = kernel * scale
    bias' = (bias - moving_mean) * scale + beta

What is left is dense layers, ReLUs and maxima, which any runtime knows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tf2_native.layers import (
    BatchNormalization,
    ConcatenatedConv1D,
    ConcatenatedMLP,
    MaxOverPoints,
    SharedMLP,
    SharedMLPMax,
    TNet,
)
from tf2_native.tensor import Tensor

Array = NDArray[np.float64]

# Convolutions here are of width 1.
_LINEAR = (keras.layers.Dense, keras.layers.Conv1D, ConcatenatedConv1D)


def fold(model: keras.Model) -> keras.Model:
    """Rebuilds a network for inference alone, from layers that come with Keras.

    Batch normalisation is folded into the layer before it, dropout is left out, and a maximum over
    the points comes before the ReLU. It computes in the dtype of the variables, also where the
    network was trained in mixed precision.

    Arguments:
        model: as `build_model` makes it, trained, on any number of points.

    Returns:
        Uncompiled model of the same name, inputs and outputs, for any number of points, with
        variables of its own. It does what `model(..., training=False)` does, up to rounding.

    Raises:
        ValueError: a batch normalisation stands behind something that is no linear layer.
    """
    folding = _Folding(_norms(model))
    cloned = keras.models.clone_model(
        model,
        input_tensors=keras.tree.map_structure(_for_any_number_of_points, model.input),
        clone_function=lambda layer: layer,
        call_function=folding.call,
    )
    # Without what the original was compiled with.
    return keras.Model(cloned.input, cloned.output, name=model.name)


def _norms(model: keras.Model) -> dict[int, BatchNormalization]:
    """The batch normalisations that are layers of the model, by the id of their input."""
    linear = {
        id(layer.output)
        for layer in model.layers
        if isinstance(layer, _LINEAR) and _activation(layer) is keras.activations.linear
    }
    norms = [layer for layer in model.layers if isinstance(layer, BatchNormalization)]
    for norm in norms:
        if id(norm.input) not in linear:
            raise ValueError(f"{norm.name} follows no linear layer, and cannot be folded into one")
    return {id(norm.input): norm for norm in norms}


def _for_any_number_of_points(given: Tensor) -> Tensor:
    shape = (None, None, given.shape[-1]) if len(given.shape) == 3 else given.shape
    return keras.Input(batch_shape=shape, dtype=given.dtype, name=given.name)


@dataclass(frozen=True)
class _Folding:
    """Calls a plain counterpart in place of each layer.

    Attributes:
        norms: see `_norms`.
    """

    norms: Mapping[int, BatchNormalization]

    def call(self, layer: keras.Operation, *args: Any, **kwargs: Any) -> Tensor:
        """What `layer(*args, **kwargs)` is in inference."""
        for kind, counterpart in _COUNTERPARTS.items():
            if isinstance(layer, kind):
                return counterpart(layer, *args)
        if isinstance(layer, _LINEAR):
            return _linear(layer, args[0], self.norms.get(id(layer.output)))
        return _copied(layer)(*args, **kwargs)


def _copied(layer: keras.Operation) -> keras.Operation:
    config = layer.get_config()
    if isinstance(layer, keras.layers.Layer):
        config["dtype"] = layer.variable_dtype
    return type(layer).from_config(config)


def _linear(
    layer: keras.layers.Layer, x: Tensor | Sequence[Tensor], norm: BatchNormalization | None
) -> Tensor:
    """A dense layer or 1 x 1 convolution, and the batch normalisation that follows, if any."""
    kernel, bias = folded(layer, norm)
    if isinstance(layer, ConcatenatedConv1D):
        return _concatenated(x, kernel, bias, layer)
    x = _dense(x, kernel, bias, layer)
    activation = _activation(layer)
    if activation is keras.activations.linear:
        return x
    return keras.layers.Activation(
        activation, dtype=layer.variable_dtype, name=f"{layer.name}_activation"
    )(x)


def _activation(layer: keras.layers.Layer) -> Callable[[Tensor], Tensor]:
    return getattr(layer, "activation", keras.activations.linear)


def _shared_mlp(layer: SharedMLP, x: Tensor, scope: str = "") -> Tensor:
    kernel, bias = folded(layer, layer.bn)
    return _relu(_dense(x, kernel, bias, layer, scope), layer, scope)


def _shared_mlp_max(layer: SharedMLPMax, x: Tensor, scope: str = "") -> Tensor:
    """The maximum before the ReLU, which is monotone; with gamma in the kernel, so is the rest."""
    kernel, bias = folded(layer, layer.bn)
    return _relu(_maximum(layer, _dense(x, kernel, bias, layer, scope), scope), layer, scope)


def _concatenated_mlp(layer: ConcatenatedMLP, x: Sequence[Tensor]) -> Tensor:
    kernel, bias = folded(layer, layer.bn)
    return _relu(_concatenated(x, kernel, bias, layer), layer)


def _t_net(layer: TNet, x: Tensor) -> Tensor:
    """Layer by layer; the identity that the offset is added to becomes part of the last bias."""
    scope, dtype = f"{layer.name}_", layer.variable_dtype
    *hidden, output = layer.sublayers
    for sublayer in hidden:
        shared = _shared_mlp_max if isinstance(sublayer, SharedMLPMax) else _shared_mlp
        x = shared(sublayer, x, scope)
    kernel, bias = folded(output, None)
    x = _dense(x, kernel, bias + np.eye(layer.size).ravel(), output, scope)
    return keras.layers.Reshape((layer.size, layer.size), dtype=dtype, name=layer.name)(x)


def _maximum(layer: keras.layers.Layer, x: Tensor, scope: str = "") -> Tensor:
    # A maximum without a gradient needs no word on ties.
    name = layer.name if isinstance(layer, MaxOverPoints) else f"{scope}{layer.name}_max"
    return keras.layers.GlobalMaxPooling1D(dtype=layer.variable_dtype, name=name)(x)


def _nothing(layer: keras.layers.Layer, x: Tensor) -> Tensor:
    return x


_COUNTERPARTS: MappingProxyType[type[keras.layers.Layer], Callable[..., Tensor]] = MappingProxyType(
    {
        ConcatenatedMLP: _concatenated_mlp,
        SharedMLPMax: _shared_mlp_max,
        SharedMLP: _shared_mlp,  # behind its subclasses
        TNet: _t_net,
        MaxOverPoints: _maximum,
        BatchNormalization: _nothing,  # folded already
        keras.layers.Dropout: _nothing,
    }
)


# -- what they are made of -------------------------------------------------------------------------


def folded(layer: keras.layers.Layer, norm: BatchNormalization | None) -> tuple[Array, Array]:
    """Kernel and bias of a linear layer with the batch normalisation that follows it.

    Arguments:
        layer: has a `kernel`, [C, units] or [1, C, units], and a `bias`, [units].
        norm: None for none.

    Returns:
        Kernel [C, units] and bias [units], float64.
    """
    kernel, bias = _values(layer.kernel), _values(layer.bias)
    kernel = kernel.reshape(kernel.shape[-2:])
    if norm is None:
        return kernel, bias
    scale = _values(norm.gamma) / np.sqrt(_values(norm.moving_variance) + norm.epsilon)
    return kernel * scale, (bias - _values(norm.moving_mean)) * scale + _values(norm.beta)


def _values(variable: keras.Variable) -> Array:
    return np.asarray(keras.ops.convert_to_numpy(variable), np.float64)


def _dense(
    x: Tensor, kernel: Array, bias: Array | None, like: keras.layers.Layer, name: str = ""
) -> Tensor:
    """A dense layer of these values, named after another, with a prefix."""
    layer = keras.layers.Dense(
        kernel.shape[-1],
        use_bias=bias is not None,
        dtype=like.variable_dtype,
        name=f"{name}{like.name}",
    )
    output = layer(x)
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return output


def _relu(x: Tensor, layer: keras.layers.Layer, scope: str = "") -> Tensor:
    return keras.layers.ReLU(dtype=layer.variable_dtype, name=f"{scope}{layer.name}_relu")(x)


def _concatenated(
    features: Sequence[Tensor], kernel: Array, bias: Array, like: keras.layers.Layer
) -> Tensor:
    """The product of a concatenation: one dense layer a feature, a cloud's being one point."""
    starts = np.cumsum([feature.shape[-1] for feature in features])[:-1]
    products = []
    for number, (feature, rows) in enumerate(zip(features, np.split(kernel, starts), strict=True)):
        prefix = f"feature{number}_"
        if len(feature.shape) == 2:
            feature = keras.layers.Reshape(
                (1, feature.shape[-1]), dtype=like.variable_dtype, name=f"{prefix}{like.name}_point"
            )(feature)
        products.append(_dense(feature, rows, None if number else bias, like, prefix))
    return keras.layers.Add(dtype=like.variable_dtype, name=like.name)(products)
