"""A TF1-style network in a graph of its own, with every tensor the harness asks about at hand."""

import re

import numpy as np

from harness.workers.dropout_control import DropoutControl
from harness.workers.lifting import lift_floats
from harness.workers.protocol import RequestError

DEFAULT_BN_DECAY = 0.9

_AVERAGE = re.compile(r"^(?P<scope>.+/bn)/(?P=scope)/moments/Squeeze(?P<second>_1)?/ExponentialMovingAverage$")
_STATISTIC = re.compile(r"^(?P<scope>.+/bn)/(?P<leaf>moving_mean|moving_variance)$")
_SLOTS = {"adam": ("m", "v"), "momentum": ("momentum",)}


def canonical_name(tf1_name):
    """The canonical name of a variable: moving averages are named after what they average."""
    match = _AVERAGE.match(tf1_name)
    if match is None:
        return tf1_name
    leaf = "moving_variance" if match.group("second") else "moving_mean"
    return "%s/%s" % (match.group("scope"), leaf)


class GraphNetwork(object):
    """One network, built once for one batch shape, in a session of its own.

    Arguments:
        sources: `Sources` of the implementation.
        v1: the `compat.v1` module.
        network: the catalogue's entry: key, layers, dropouts, loss_terms.
        batch_size, num_points: shape of the placeholders.
        dtype: NumPy type of the graph's floats.
        optimizer: "adam" or "momentum", or None for a graph that does not train. Not added later:
            TensorFlow 2 cannot differentiate a `tf.cond` that a session has run already.
    """

    def __init__(self, sources, v1, network, batch_size, num_points, dtype, optimizer=None):
        self.sources, self.v1, self.network, self.dtype = sources, v1, network, dtype
        self.batch_size, self.num_points = batch_size, num_points
        self.model = sources.module(network["key"])
        self.graph = v1.Graph()
        with self.graph.as_default():
            self._build()
            self.update = self._make_update(optimizer) if optimizer else None
            self.session = v1.Session(config=single_threaded(v1))
            self.reset()

    def _build(self):
        v1 = self.v1
        dtype = v1.as_dtype(self.dtype)
        self.dropout = DropoutControl(v1, self.sources.namespace, self.network["dropouts"], self.dtype)
        self.points, self.labels = self.model.placeholder_inputs(self.batch_size, self.num_points)
        self.is_training = v1.placeholder(v1.bool, (), name="is_training")
        self.bn_decay = v1.placeholder(dtype, (), name="bn_decay")
        with self.dropout.installed():
            self.logits, end_points = self.model.get_model(
                self.points, self.is_training, bn_decay=self.bn_decay
            )
        self.loss = self.model.get_loss(self.logits, self.labels, end_points)
        self.outputs = dict(end_points, logits=self.logits)
        self.variables = {canonical_name(v.op.name): v for v in v1.global_variables()}
        self.trainable = {canonical_name(v.op.name): v for v in v1.trainable_variables()}
        self.saver = v1.train.Saver()

    # -- what the network is -------------------------------------------------------------------

    def parameters(self):
        return [
            {"name": name, "shape": list(variable.shape.as_list()), "trainable": name in self.trainable}
            for name, variable in self.variables.items()
        ]

    def loss_terms(self):
        """The addends of the loss, by the names that the catalogue gives them in order."""
        addends = _addends(self.loss)
        names = self.network["loss_terms"]
        if len(addends) != len(names):
            raise RequestError(
                "the loss of %s has %d terms, the catalogue knows %s"
                % (self.network["key"], len(addends), ", ".join(names))
            )
        return dict(zip(names, addends))

    def entry(self, layer):
        """The tensor that a layer's linear map is applied to."""
        for kind in ("Conv2D", "MatMul"):
            operation = self._operation("%s/%s" % (layer, kind))
            if operation is not None:
                return operation.inputs[0]
        raise RequestError("no linear map in scope %s" % layer)

    def activation(self, layer):
        """The tensor that a layer hands on."""
        operation = self._operation(layer + "/Relu") or self._operation(layer + "/BiasAdd")
        if operation is None:
            raise RequestError("no activation in scope %s" % layer)
        return operation.outputs[0]

    def _operation(self, name):
        try:
            return self.graph.get_operation_by_name(name)
        except KeyError:
            return None

    # -- its state -----------------------------------------------------------------------------

    def reset(self):
        """Initialise every variable, the optimiser's included."""
        with self.graph.as_default():
            self.session.run(self.v1.global_variables_initializer())

    def assign(self, weights):
        """Set all parameters, from arrays by canonical name."""
        for name, variable in self.variables.items():
            initializer = variable.initializer
            value = np.asarray(weights[name], self.dtype)
            self.session.run(initializer, {initializer.inputs[1]: value})

    def values(self):
        return self.session.run(self.variables)

    # -- running it ----------------------------------------------------------------------------

    def feed(self, batch, training, dropout="off", bn_decay=None):
        masks = {name[len("dropout/") :]: a for name, a in batch.items() if name.startswith("dropout/")}
        feed = {
            self.points: np.asarray(batch["points"], self.dtype),
            self.labels: batch["labels"],
            self.is_training: training,
            self.bn_decay: DEFAULT_BN_DECAY if bn_decay is None else bn_decay,
        }
        feed.update(self.dropout.feed(dropout if training else "off", masks, self.batch_size))
        return feed

    def _make_update(self, name):
        """The training operation as the implementation's own train.py makes it."""
        v1 = self.v1
        script = self.sources.script("train", "--model", self.network["key"], "--optimizer", name)
        learning_rate = v1.placeholder(v1.as_dtype(self.dtype), (), name="learning_rate")
        # Not lifted further: TensorFlow keeps Adam's betas as float32 in whatever graph, and a
        # rewrite that is to learn the same has to round them too.
        optimizer = script.get_optimizer(learning_rate)
        names = {variable.op.name: canonical for canonical, variable in self.trainable.items()}
        pairs = optimizer.compute_gradients(self.loss)
        step = optimizer.apply_gradients(pairs)
        gradients = {names[v.op.name]: g for g, v in pairs}
        slots = {
            "%s/%s" % (canonical, slot): optimizer.get_slot(variable, slot)
            for canonical, variable in self.trainable.items()
            for slot in _SLOTS[name]
        }
        return Update(learning_rate, gradients, step, slots)


class Update(object):
    """One optimiser's operations: gradients by parameter, the step, and its slots."""

    def __init__(self, learning_rate, gradients, step, slots):
        self.learning_rate = learning_rate
        self.gradients = gradients
        self.step = step
        self.slots = slots


class Schedules(object):
    """The schedules of an implementation's train.py, at whichever step is asked for."""

    def __init__(self, sources, v1, key, schedule, dtype):
        arguments = [part for name, value in schedule.items() for part in ("--" + name, value)]
        self.graph = v1.Graph()
        with self.graph.as_default():
            script = sources.script("train", "--model", key, *arguments)
            if dtype == np.float64:
                lift_floats(script, lambda value: v1.constant(value, v1.float64))
            self.step = v1.placeholder(v1.int32, ())
            self.values = [script.get_learning_rate(self.step), script.get_bn_decay(self.step)]
            self.session = v1.Session(config=single_threaded(v1))

    def at(self, step):
        """(learning rate, decay of the moving averages) after `step` updates."""
        return self.session.run(self.values, {self.step: step})


def single_threaded(v1):
    """One thread a worker: sums come out the same every time, and workers share the cores."""
    return v1.ConfigProto(
        intra_op_parallelism_threads=1,
        inter_op_parallelism_threads=1,
        allow_soft_placement=True,
        device_count={"GPU": 0},
    )


def _addends(tensor):
    if tensor.op.type in ("Add", "AddV2"):
        return [addend for operand in tensor.op.inputs for addend in _addends(operand)]
    return [tensor]
