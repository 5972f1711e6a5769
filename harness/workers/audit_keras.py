"""Anyone's Keras model as the audit needs it: by names, recorded, and with dropout off."""

import importlib
import json
import os
import sys

import keras
import numpy as np

from harness.workers import user_code
from harness.workers.graph_layers import pooling
from harness.workers.keras_network import DropoutControl, Recorder
from harness.workers.protocol import RequestError

_LOSSES = {
    "sparse_softmax_cross_entropy": lambda y, x: keras.losses.sparse_categorical_crossentropy(
        y, x, from_logits=True
    ),
    "softmax_cross_entropy": lambda y, x: keras.losses.categorical_crossentropy(
        keras.ops.cast(y, x.dtype), x, from_logits=True
    ),
    "sigmoid_cross_entropy": lambda y, x: keras.losses.binary_crossentropy(
        keras.ops.cast(y, x.dtype), x, from_logits=True
    ),
    "mean_squared_error": lambda y, x: keras.ops.square(
        x - keras.ops.reshape(keras.ops.cast(y, x.dtype), keras.ops.shape(x))
    ),
}


class AuditedModel(object):
    """A Keras model, with an optimiser, wired for recording; what `Steps` takes for a network.

    Arguments:
        request: what `open` was asked: side, inputs, loss, optimizer.
        precision: "float32" or "float64".

    Raises:
        RequestError: the builder fails, or what is named is not there.
    """

    def __init__(self, request, precision):
        self.request, self.side, self.precision = request, request["side"], precision
        self.folder = (
            self.side["path"] if self.side["build"] else os.path.dirname(self.side["path"])
        )
        sys.path.insert(0, self.folder)
        with user_code.blamed(self.folder, "building the model"):
            self.model = self._built() if self.side["build"] else self._loaded()
        if not isinstance(self.model, keras.Model):
            raise RequestError(
                "%s gives %s, not a keras.Model" % (self.side["build"], type(self.model).__name__)
            )
        self._find_inputs()
        self._find_outputs()
        self.weights = {weight.path: weight for weight in self.model.weights}
        if len(self.weights) < len(self.model.weights):
            paths = [weight.path for weight in self.model.weights]
            twice = next(path for path in paths if paths.count(path) > 1)
            raise RequestError("two weights are called %s: give their layers names" % twice)
        self._initial = self.values()
        self._find_loss()
        self._find_optimizer()
        self.layers = dict(_recordable(self.model))
        self.order = []
        self.recorder = OrderedRecorder(self.layers, self.order)
        self.dropout = DropoutControl(self.model, [])
        self._counters = [
            (variable, keras.ops.convert_to_numpy(variable))
            for variable in list(self.model.variables) + list(self.model.optimizer.variables)
            if not any(variable is weight for weight in self.weights.values())
        ]

    # -- building ------------------------------------------------------------------------------

    def _built(self):
        function = user_code.load(self.side["build"], self.folder, importlib.import_module)
        keras.utils.set_random_seed(0)
        model = function(**self.side["arguments"])
        if isinstance(model, keras.Model) and not model.built:
            arrays = [keras.ops.zeros(i["shape"], i["dtype"]) for i in self._given().values()]
            model(arrays[0] if len(arrays) == 1 else arrays)
        return model

    def _given(self):
        """The inputs that are no labels, by name."""
        loss = self.request["loss"]
        labels = loss["labels"] if loss else None
        named = self.side["inputs"] or self.request["inputs"]
        return {n: self.request["inputs"][n] for n in named if n != labels}

    def _loaded(self):
        """A saved model; in float64 made anew from its description, with the same values."""
        model = keras.models.load_model(self.side["path"])
        if self.precision == "float32":
            return model
        description = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
        lifted = json.loads(json.dumps(description).replace('"float32"', '"float64"'))
        twin = keras.saving.deserialize_keras_object(lifted)
        twin.set_weights(model.get_weights())
        return twin

    def _find_inputs(self):
        """Which of the inputs the model takes, and as what."""
        names = [tensor.name for tensor in self.model.inputs or []]
        given, explicit = self._given(), self.side["inputs"]
        self.names = None
        if len(names) > 1:
            wanted = {explicit.get(name, name): name for name in given}
            missing = [name for name in names if name not in wanted]
            if missing:
                raise RequestError(
                    "inputs: nothing for the model's input %r: say which under "
                    "inputs = { NAME = %r }" % (missing[0], missing[0])
                )
            self.names = {name: wanted[name] for name in names}
            return
        if len(given) > 1 and len(names) == 1:
            given = {n: g for n, g in given.items() if explicit.get(n, n) == names[0]} or given
        if len(given) != 1:
            raise RequestError(
                "inputs: the model takes one of %s: say which under inputs = { NAME = %r }"
                % (", ".join(given) or "none", names[0] if names else "input")
            )
        self.entry = next(iter(given))
        if names:
            self._check_shape(self.entry, self.model.inputs[0].shape)

    def _check_shape(self, name, wanted):
        shape = tuple(self.request["inputs"][name]["shape"])
        fits = len(shape) == len(wanted) and all(w is None or w == s for w, s in zip(wanted, shape))
        rest = wanted[1:]
        reshapes = None not in rest and np.prod(rest) == np.prod(shape[1:])
        if not (fits or reshapes):
            raise RequestError(
                "inputs.%s: its shape %s does not fit the model's %s"
                % (name, list(shape), list(wanted))
            )

    def inputs_of(self, batch):
        """The model's inputs from a batch, in the types it wants."""
        if self.names is None:
            wanted = self.model.inputs[0] if self.model.inputs else None
            return self._as(wanted, batch[self.entry])
        tensors = {tensor.name: tensor for tensor in self.model.inputs}
        found = {key: self._as(tensors[key], batch[name]) for key, name in self.names.items()}
        return found if isinstance(self.model._inputs_struct, dict) else list(found.values())

    def _as(self, wanted, array):
        if wanted is not None:
            shape = tuple(wanted.shape[1:])
            if None not in shape:
                array = np.reshape(array, (len(array),) + shape)
            return np.asarray(array, keras.backend.standardize_dtype(wanted.dtype))
        return np.asarray(array, self.precision) if array.dtype.kind == "f" else array

    def labels_of(self, batch):
        """The whole batch, floats in the precision of the model: a loss may ask for any of it."""
        return {
            name: np.asarray(array, self.precision) if array.dtype.kind == "f" else array
            for name, array in batch.items()
        }

    def _find_outputs(self):
        model, named = self.model, self.side["outputs"]
        names = self.request["outputs"]
        count = len(model.outputs) if getattr(model, "outputs", None) else 1
        if named:
            self.outputs = dict(named)
        elif count == 1:
            if len(names) > 1:
                raise RequestError("outputs: the model has 1, the reference %d" % len(names))
            self.outputs = {(names or ["output"])[0]: "0"}
        else:
            self.outputs = {name: name for name in names or map(str, range(count))}
        self.network = {"outputs": list(self.outputs)}

    def named_outputs(self, outputs):
        """The model's outputs under the names of the description."""
        found = {}
        for name, target in self.outputs.items():
            if isinstance(outputs, dict) and target in outputs:
                found[name] = outputs[target]
            elif isinstance(outputs, (list, tuple)) and target.isdigit():
                if int(target) >= len(outputs):
                    raise RequestError(
                        "outputs.%s: the model has %d, counted from 0" % (name, len(outputs))
                    )
                found[name] = outputs[int(target)]
            elif keras.ops.is_tensor(outputs) and len(self.outputs) == 1:
                found[name] = outputs
            else:
                there = list(outputs) if isinstance(outputs, dict) else "numbers from 0"
                raise RequestError("outputs.%s: no output %r: %s" % (name, target, there))
        return found

    # -- loss and optimiser --------------------------------------------------------------------

    def _find_loss(self):
        name, rule = self.side["loss"], self.request["loss"]
        self._loss = None
        if name == "compiled":
            if rule is None:
                raise RequestError("loss: which input holds the labels? [loss] labels = NAME")
            if not getattr(self.model, "compiled", False):
                raise RequestError("loss: the model is not compiled")
            self._loss = lambda batch, outputs: self.model.compute_loss(
                y=batch[rule["labels"]], y_pred=outputs, training=True
            )
        elif name is not None:
            function = user_code.load(name, self.folder, importlib.import_module)
            self._loss = function
        elif rule is not None and rule["kind"] is not None:
            self._loss = lambda batch, outputs: self._ruled(rule, batch, outputs)

    def _ruled(self, rule, batch, outputs):
        output = self.named_outputs(outputs)[rule["output"] or next(iter(self.outputs))]
        return keras.ops.mean(_LOSSES[rule["kind"]](batch[rule["labels"]], output))

    @property
    def has_loss(self):
        return self._loss is not None

    def terms(self, labels, outputs, added):
        """The loss, and what layers have added to it."""
        if self._loss is None:
            first = next(iter(self.named_outputs(outputs).values()))
            return {"loss": 0 * keras.ops.sum(first)}
        terms = {"loss": self._loss(labels, outputs)}
        if self.side["loss"] != "compiled":
            terms.update(("penalty %d" % i, term) for i, term in enumerate(added))
        return terms

    def _find_optimizer(self):
        name, rule = self.side["optimizer"], self.request["optimizer"]
        self.has_optimizer = name is not None or rule is not None
        if name == "compiled":
            if getattr(self.model, "optimizer", None) is None:
                raise RequestError("optimizer: the model is not compiled")
            optimizer = self.model.optimizer
        elif name is not None:
            with user_code.blamed(self.folder, "calling %s" % name):
                optimizer = user_code.load(name, self.folder, importlib.import_module)()
        else:
            optimizer = _optimizer(rule) if rule else keras.optimizers.SGD(0.0)
        if not isinstance(optimizer, keras.optimizers.Optimizer):
            raise RequestError("optimizer: %s is no Keras optimizer" % name)
        self.model.optimizer = self.optimizer = optimizer
        optimizer.build(self.model.trainable_variables)

    # -- what `Steps` asks ---------------------------------------------------------------------

    @property
    def trainable(self):
        paths = {id(weight): path for path, weight in self.weights.items()}
        return {paths[id(variable)]: variable for variable in self.model.trainable_variables}

    @staticmethod
    def canonical(values):
        return values

    # -- its state -----------------------------------------------------------------------------

    def parameters(self):
        trainable = self.trainable
        return [
            {"name": path, "shape": list(weight.shape), "trainable": path in trainable}
            for path, weight in self.weights.items()
        ]

    def values(self):
        return {path: keras.ops.convert_to_numpy(w) for path, w in self.weights.items()}

    def assign(self, weights):
        """Set the parameters, those not given to their first values; all else starts afresh."""
        for path, weight in self.weights.items():
            weight.assign(weights.get(path, self._initial[path]))
        for variable, value in self._counters:
            variable.assign(value)

    def slots(self):
        optimizer = self.optimizer
        if not isinstance(optimizer, keras.optimizers.Adam):
            return {}
        return {
            "%s/%s" % (path, slot): keras.ops.convert_to_numpy(value)
            for slot, attribute in (("m", "_momentums"), ("v", "_velocities"))
            for path, value in zip(self.trainable, getattr(optimizer, attribute))
        }

    def settings(self):
        """What is set layer by layer; poolings at the layer with weights before them."""
        found, current = {}, None
        for path, layer in self.layers.items():
            config = layer.get_config() if hasattr(layer, "get_config") else {}
            if layer.weights:
                current = path
                found[path] = {"pooling": []}
                for key in ("strides", "padding", "epsilon", "momentum"):
                    if config.get(key) is not None:
                        value = config[key]
                        found[path][key] = list(value) if isinstance(value, tuple) else value
                if type(layer) is keras.layers.BatchNormalization:
                    found[path]["moving_variance"] = "biased"
            elif current is not None and "pool_size" in config:
                kind = "max" if "Max" in type(layer).__name__ else "average"
                found[current]["pooling"].append(
                    pooling(kind, config["pool_size"], config["strides"], config["padding"])
                )
        return found

    def segments(self):
        """Recorded layers by the one with weights that they follow, in the order of calls."""
        found, current = {}, None
        for path in self.order:
            if self.layers[path].weights and not _holds(self.layers[path], self.layers):
                current = path
                found[current] = []
            if current is not None:
                found[current].append(path)
        return found


def _holds(layer, layers):
    """Whether a layer's weights belong to others that are recorded by themselves."""
    inner = [other for other in layers.values() if other is not layer]
    own = {id(weight) for weight in layer.weights}
    return any(own >= {id(w) for w in other.weights} and other.weights for other in inner)


def _recordable(layer, seen=None):
    """(path, layer) of all layers that are called outside of loops, inner ones first."""
    seen = set() if seen is None else seen
    for inner in layer._flatten_layers(include_self=False, recursive=False):
        if id(inner) in seen or isinstance(inner, keras.layers.InputLayer):
            continue
        seen.add(id(inner))
        if not isinstance(inner, (keras.layers.RNN, keras.layers.Wrapper)):
            for found in _recordable(inner, seen):
                yield found
        yield inner.path or inner.name, inner


class OrderedRecorder(Recorder):
    """Keeps the order of the calls as well.

    Arguments:
        order: list that gets the layers' paths.
    """

    def __init__(self, layers, order):
        self.order = order
        super().__init__(layers)

    def _recording(self, name, layer, call):
        def recorded(*args, **kwargs):
            outputs = call(*args, **kwargs)
            tensor = outputs[0] if isinstance(outputs, (list, tuple)) else outputs
            if self._records is not None and keras.ops.is_tensor(tensor):
                if name in self.order:
                    self.order.remove(name)
                self.order.append(name)
                self._records["activations/" + name] = tensor
            return outputs

        return recorded


def _optimizer(rule):
    if rule["kind"] == "adam":
        return keras.optimizers.Adam(
            rule["learning_rate"], rule["beta_1"], rule["beta_2"], rule["epsilon"]
        )
    momentum = rule["momentum"] if rule["kind"] == "momentum" else 0.0
    return keras.optimizers.SGD(rule["learning_rate"], momentum, rule["nesterov"])
