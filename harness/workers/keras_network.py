"""The native network as the harness needs it: by canonical names, recorded, and steered."""

import contextlib

import keras
import numpy as np

from harness.workers.dropout_control import draws_for

_SLOTS = {"adam": {"m": "_momentums", "v": "_velocities"}, "momentum": {"momentum": "accumulators"}}


class KerasNetwork(object):
    """A native network, compiled as its recipe says, with its layers wired for recording.

    Arguments:
        native: the package `tf2_native`.
        network: the catalogue's entry: key, layers, dropouts, loss_terms, num_classes.
        recipe: the training settings.
        bn_momentum: a float, or the recipe's schedule.

    Attributes:
        drawn: the parameters as initialised, as `values()` gives them.
    """

    def __init__(self, native, network, recipe, bn_momentum):
        self.native, self.network = native, network
        self.model = native.build_model(
            network["key"], num_classes=network["num_classes"], bn_momentum=bn_momentum
        )
        self.variables = native.named_variables(self.model)
        self.drawn = self.values()
        self._compiled = {}
        self.compile(recipe)
        if native.naming.has_tf1_form(self.model):
            layers = native.naming.linear_layers(self.model)
        else:
            layers = {layer.name: layer for layer in self.model.layers}
        self.layers = {layer["name"]: layers[layer["name"]] for layer in network["layers"]}
        self.nets = {
            layer.name: layer
            for layer in self.model.layers
            if isinstance(layer, native.layers.TNet)
        }
        self.recorder = Recorder(dict(self.layers, **self.nets))
        self.dropout = DropoutControl(self.model, network["dropouts"])
        # Counters of steps and seeds of dropout: restored before every trace.
        named = {id(variable) for variable in self.variables.values()}
        self._counters = [
            (variable, keras.ops.convert_to_numpy(variable))
            for variable in self.model.variables
            if id(variable) not in named
        ]

    def compile(self, recipe):
        """Train by another recipe from now on; each has an optimiser of its own."""
        if recipe not in self._compiled:
            self.native.compile_model(self.model, recipe)
            weights = self.model.get_compile_config()["loss_weights"]
            self._compiled[recipe] = self.model.optimizer, weights
        self.recipe = recipe
        self._optimizer, self.loss_weights = self._compiled[recipe]

    @property
    def optimizer(self):
        """The recipe's, its slots built; a network that never trains needs none."""
        if not self._optimizer.built:
            self._optimizer.build(self.model.trainable_variables)
        return self._optimizer

    # -- what the network is -------------------------------------------------------------------

    def parameters(self):
        shape = self.native.naming.tf1_shape
        return [
            {"name": name, "shape": list(shape(name, variable)), "trainable": variable.trainable}
            for name, variable in self.variables.items()
        ]

    def canonical(self, values):
        """Arrays by canonical name, in TF1 shapes, from arrays in Keras' shapes."""
        return {
            name: np.reshape(value, self.native.naming.tf1_shape(name, self.variables[name]))
            for name, value in values.items()
        }

    def values(self):
        return self.canonical({n: keras.ops.convert_to_numpy(v) for n, v in self.variables.items()})

    @property
    def trainable(self):
        """Trainable parameters by canonical name, in the model's order."""
        names = {id(variable): name for name, variable in self.variables.items()}
        return {names[id(variable)]: variable for variable in self.model.trainable_variables}

    def slots(self):
        """The optimiser's slots as `<parameter>/<slot>`."""
        return {
            "%s/%s" % (name, slot): self.canonical({name: keras.ops.convert_to_numpy(value)})[name]
            for slot, attribute in _SLOTS[self.recipe.optimizer].items()
            for name, value in zip(self.trainable, getattr(self.optimizer, attribute))
        }

    def as_tf1(self, name, array, entry):
        """An activation as the TF1 graph has it.

        Clouds are images one pixel wide there, and the last layer of a T-Net adds the identity,
        which here the T-Net itself does.
        """
        scope, _, leaf = name.rpartition("/")
        if not entry and scope in self.nets and leaf == self.nets[scope].output_name:
            return array + np.eye(self.nets[scope].size, dtype=array.dtype).ravel()
        if isinstance(array, list):
            array = _tiled(array)
        kernel = self._kernel(name)
        if len(kernel) < 4:
            return array
        return array[..., None] if entry and kernel[1] > 1 else array[:, :, None, :]

    def from_tf1(self, name, array):
        """The inverse of `as_tf1`, for an entry."""
        kernel = self._kernel(name)
        if len(kernel) == 2:
            return array
        array = array[..., 0] if kernel[1] > 1 else array[:, :, 0, :]
        shapes = getattr(self.layers[name], "input_shapes", None)
        return array if shapes is None else _untiled(array, shapes)

    def _kernel(self, name):
        return next(layer["kernel"] for layer in self.network["layers"] if layer["name"] == name)

    # -- its state -----------------------------------------------------------------------------

    def assign(self, weights):
        """Set all parameters from TF1-shaped arrays; slots and counters start afresh."""
        for name, variable in self.variables.items():
            variable.assign(np.reshape(weights[name], variable.shape))
        for variable, value in self._counters:
            variable.assign(value)
        optimizer = self._optimizer
        kept = () if optimizer._learning_rate is None else (optimizer._learning_rate,)
        for variable in optimizer.variables:
            if not any(variable is other for other in kept):
                variable.assign(keras.ops.zeros(variable.shape, variable.dtype))

    # -- what it computes, inside a backend's traced function ----------------------------------

    def named_outputs(self, outputs):
        return outputs if isinstance(outputs, dict) else {self.network["outputs"][0]: outputs}

    def terms(self, labels, outputs, added):
        """The addends of the loss: the compiled ones, and what layers have added."""
        if isinstance(outputs, dict):
            compiled = [
                self.loss_weights[name] * loss(labels[name], outputs[name])
                for name, loss in self.model.loss.items()
            ]
        else:
            compiled = [self.model.loss(labels, outputs)]
        return dict(zip(self.network["loss_terms"], [*compiled, *added], strict=True))


def _shared(draws, noise_shape):
    """The draws that a layer makes do with if it drops alike along the axes of size 1."""
    if noise_shape is None:
        return draws
    return draws[tuple(slice(0, 1) if size == 1 else slice(None) for size in noise_shape)]


def _tiled(features):
    """Features of points and of clouds side by side, as the TF1 graph has them: B x N x C."""
    count = next(feature.shape[1] for feature in features if feature.ndim == 3)
    return np.concatenate(
        [f if f.ndim == 3 else np.repeat(f[:, None], count, axis=1) for f in features], axis=2
    )


def _untiled(array, shapes):
    """The inverse of `_tiled`, given the shapes of the features."""
    ends = np.cumsum([shape[-1] for shape in shapes])
    return [
        piece if len(shape) == 3 else piece[:, 0]
        for shape, piece in zip(shapes, np.split(array, ends[:-1], axis=2))
    ]


class Recorder(object):
    """Keeps the input and output of every canonical layer while a function is traced."""

    def __init__(self, layers):
        self._records = None
        for name, layer in layers.items():
            layer.call = self._recording(name, layer, layer.call)

    def _recording(self, name, layer, call):
        # A layer that gives but the maximum of its activations is asked for them apart. What it
        # gives is on record as well: it is the next layer's entry.
        activations = getattr(layer, "activations", None)

        def recorded(inputs, *args, **kwargs):
            outputs = call(inputs, *args, **kwargs)
            if self._records is not None:
                self._records["entries/" + name] = (
                    inputs if keras.ops.is_tensor(inputs) else list(inputs)
                )
                self._records["activations/" + name] = (
                    outputs if activations is None else activations(inputs, *args, **kwargs)
                )
            return outputs

        return recorded

    @contextlib.contextmanager
    def recording(self):
        self._records = {}
        try:
            yield self._records
        finally:
            self._records = None


class DropoutControl(object):
    """Makes Keras' dropout answer to the harness: off, given masks, or random.

    The layers are the network's own, and so are their rates; only the draws are replaced. That
    happens where `keras.layers.Dropout` asks its backend, below the public API.
    """

    def __init__(self, model, dropouts):
        self.keep = {dropout["name"]: dropout["keep"] for dropout in dropouts}
        generators = {
            name: model.get_layer(name.replace("/", "_")).seed_generator for name in self.keep
        }
        self._names = {id(generator): name for name, generator in generators.items()}

    def draws_of(self, batch):
        """Uniform draws by layer that make the batch's masks."""
        return {
            name: draws_for(batch["dropout/" + name], keep, keras.config.floatx())
            for name, keep in self.keep.items()
            if "dropout/" + name in batch
        }

    @contextlib.contextmanager
    def steering(self, mode, draws):
        from keras.src.backend import random

        original = random.dropout
        # Channels: a layer may draw for some of them, and then for the others.
        taken = dict.fromkeys(draws or (), 0)

        def dropout(inputs, rate, noise_shape=None, seed=None):
            if mode == "off":
                return inputs
            if mode == "random":
                return original(inputs, rate, noise_shape=noise_shape, seed=seed)
            name = self._names[id(seed)]
            start = taken[name] % draws[name].shape[-1]
            taken[name] = start + inputs.shape[-1]
            kept = _shared(draws[name][..., start : taken[name]], noise_shape) >= rate
            return keras.ops.where(kept, inputs / (1 - rate), keras.ops.zeros_like(inputs))

        random.dropout = dropout
        try:
            yield
        finally:
            random.dropout = original
