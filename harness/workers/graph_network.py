"""A TF1-style network in a graph of its own, with every tensor the harness asks about at hand."""

import random
import re

import numpy as np

from harness.workers.dropout_control import DropoutControl
from harness.workers.lifting import lift_floats
from harness.workers.protocol import RequestError

DEFAULT_BN_DECAY = 0.9

_AVERAGE = re.compile(
    r"^(?P<scope>.+/bn)/(?P=scope)/moments/Squeeze(?P<second>_1)?/ExponentialMovingAverage$"
)
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
        training: whether to add the gradients and both optimisers. Not later: TensorFlow 2 cannot
            differentiate a `tf.cond` that a session has run already.
        seed: of the initialisers.
    """

    def __init__(self, sources, v1, network, batch_size, num_points, dtype, training, seed=0):
        self.sources, self.v1, self.network, self.dtype = sources, v1, network, dtype
        self.batch_size, self.num_points = batch_size, num_points
        self.model = sources.module(network["key"])
        self.graph = v1.Graph()
        with self.graph.as_default():
            v1.set_random_seed(seed)
            random.seed(seed)  # after the upgrade, the kernels' initialiser takes its seed here
            self._build()
            self.training = training
            if training:
                self._add_training()
            self._initialise = v1.global_variables_initializer()
            self.session = v1.Session(config=self.session_configuration())
            self.session.run(self._initialise)

    def _build(self):
        v1 = self.v1
        dtype = v1.as_dtype(self.dtype)
        self.dropout = self.dropout_control()
        placeholders = self.model.placeholder_inputs(self.batch_size, self.num_points)
        self.is_training = v1.placeholder(v1.bool, (), name="is_training")
        self.bn_decay = v1.placeholder(dtype, (), name="bn_decay")
        if self.network["num_categories"]:
            self._build_of_parts(*placeholders)
        else:
            self._build_of_classes(*placeholders)
        self.variables = {canonical_name(v.op.name): v for v in v1.global_variables()}
        self.trainable = {canonical_name(v.op.name): v for v in v1.trainable_variables()}
        # One operation for all: a session plans anew for every new set of fetches.
        self._given = {
            n: v1.placeholder(v.dtype.base_dtype, v.shape) for n, v in self.variables.items()
        }
        self._assign = v1.group(
            *[v1.assign(v, self._given[name]).op for name, v in self.variables.items()]
        )
        self._saver = None

    def session_configuration(self):
        return single_threaded(self.v1)

    def dropout_control(self):
        return DropoutControl(self.v1, self.sources.namespace, self.network["dropouts"], self.dtype)

    def _build_of_classes(self, points, labels):
        with self.dropout.installed():
            logits, end_points = self.model.get_model(
                points, self.is_training, bn_decay=self.bn_decay
            )
        self.loss = self.model.get_loss(logits, labels, end_points)
        self.outputs = dict(end_points, logits=logits)
        self._inputs = {"points": points, "labels": labels}

    def _build_of_parts(self, points, one_hot, category, parts):
        """A network that is told each cloud's category, and guesses it too."""
        v1 = self.v1
        self.parts_weight = v1.placeholder(v1.as_dtype(self.dtype), (), name="parts_weight")
        with self.dropout.installed():
            category_logits, logits, end_points = self.model.get_model(
                points, one_hot, self.is_training, bn_decay=self.bn_decay
            )
        self.loss, _, _ = self.model.get_loss(
            category_logits, logits, category, parts, self.parts_weight, end_points
        )
        self.outputs = dict(end_points, logits=logits, category_logits=category_logits)
        self._inputs = {
            "points": points, "labels": parts, "category": category, "one_hot": one_hot,
        }  # fmt: skip

    # -- what the network is -------------------------------------------------------------------

    def parameters(self):
        return [
            {
                "name": name,
                "shape": list(variable.shape.as_list()),
                "trainable": name in self.trainable,
            }
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

    def save(self, prefix):
        with self.graph.as_default():
            self._saver_of_all().save(self.session, prefix, write_meta_graph=False)

    def restore(self, prefix):
        with self.graph.as_default():
            self._saver_of_all().restore(self.session, prefix)

    def _saver_of_all(self):
        # Few graphs of a network are ever asked for it, and it doubles their operations.
        if self._saver is None:
            self._saver = self.v1.train.Saver(list(self.variables.values()))
        return self._saver

    def assign(self, weights):
        """Set all parameters, from arrays by canonical name; the optimisers start afresh."""
        feed = {given: np.asarray(weights[n], self.dtype) for n, given in self._given.items()}
        self.session.run(self._assign, feed)
        if self.training:
            self.session.run(self._forget)

    def values(self):
        return self.session.run(self.variables)

    def fresh(self):
        """All parameters as initialised."""
        self.session.run(self._initialise)
        return self.values()

    # -- running it ----------------------------------------------------------------------------

    def feed(self, batch, training, dropout="off", bn_decay=None, parts_weight=1.0):
        masks = {
            name[len("dropout/") :]: a for name, a in batch.items() if name.startswith("dropout/")
        }
        given = dict(batch)
        if self.network["num_categories"]:
            given["one_hot"] = np.eye(self.network["num_categories"])[batch["category"]]
        feed = {placeholder: given[name] for name, placeholder in self._inputs.items()}
        feed[self.is_training] = training
        feed[self.bn_decay] = DEFAULT_BN_DECAY if bn_decay is None else bn_decay
        if self.network["num_categories"]:
            feed[self.parts_weight] = parts_weight
        feed.update(self.dropout.feed(dropout if training else "off", masks))
        return feed

    def _add_training(self):
        """Gradients, and the optimisers as the implementation's own train.py makes them."""
        v1 = self.v1
        self.learning_rate = v1.placeholder(v1.as_dtype(self.dtype), (), name="learning_rate")
        names = {variable.op.name: canonical for canonical, variable in self.trainable.items()}
        self.steps, self.slots, pairs = {}, {}, None
        for name, slots in sorted(_SLOTS.items()):
            network = self.network
            script = self.sources.script(
                network["script"], "--model", network["key"], "--optimizer", name
            )
            optimizer = script.get_optimizer(self.learning_rate)
            if self.dtype == np.float64:
                # TensorFlow holds Adam's betas as float32 in whatever graph; a rewrite that is to
                # learn the same has to round them too. Their values stay, their powers are lifted.
                lift_floats(
                    optimizer, lambda value: v1.constant(float(np.float32(value)), v1.float64)
                )
            pairs = pairs or optimizer.compute_gradients(self.loss)
            self.steps[name] = optimizer.apply_gradients(pairs)
            self.slots[name] = {
                "%s/%s" % (canonical, slot): optimizer.get_slot(variable, slot)
                for canonical, variable in self.trainable.items()
                for slot in slots
            }
        known = {v.op.name for v in self.variables.values()}
        own = [v for v in v1.global_variables() if v.op.name not in known]
        self._forget = v1.variables_initializer(own)
        self.gradients = {names[variable.op.name]: gradient for gradient, variable in pairs}


class Schedules(object):
    """The schedules of an implementation's train.py, at whichever step is asked for."""

    def __init__(self, sources, v1, network, schedule, dtype):
        arguments = [part for name, value in schedule.items() for part in ("--" + name, value)]
        self.graph = v1.Graph()
        with self.graph.as_default():
            script = sources.script(network["script"], "--model", network["key"], *arguments)
            if dtype == np.float64:
                # TensorFlow would make float32 of them: 0.001 becomes 0.0010000000475.
                lift_floats(script, lambda value: v1.constant(value, v1.float64))
            self.step = v1.placeholder(v1.int32, ())
            self.values = [script.get_learning_rate(self.step), script.get_bn_decay(self.step)]
            self.session = v1.Session(config=single_threaded(v1))

    def at(self, step):
        """(learning rate, decay of the moving averages) after `step` updates."""
        return self.session.run(self.values, {self.step: step})


def single_threaded(v1):
    """One thread a worker, and the graph as written.

    Sums come out the same every time, and workers share the cores. Rewriting a graph that runs a
    few times only takes longer than it saves.
    """
    config = v1.ConfigProto(
        intra_op_parallelism_threads=1,
        inter_op_parallelism_threads=1,
        allow_soft_placement=True,
        device_count={"GPU": 0},
    )
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = v1.OptimizerOptions.L0
    return config


def _addends(tensor):
    if tensor.op.type in ("Add", "AddV2"):
        return [addend for operand in tensor.op.inputs for addend in _addends(operand)]
    return [tensor]
