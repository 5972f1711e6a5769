"""Anyone's TF1-style network in a graph of its own, with every tensor the audit asks about."""

import difflib
import inspect
import os
import random

import numpy as np

from harness.workers import graph_layers, user_code
from harness.workers.graph_network import single_threaded
from harness.workers.protocol import RequestError

_LOSSES = {
    "sparse_softmax_cross_entropy": lambda v1, y, x: v1.nn.sparse_softmax_cross_entropy_with_logits(
        labels=v1.cast(y, v1.int64), logits=x
    ),
    "softmax_cross_entropy": lambda v1, y, x: v1.nn.softmax_cross_entropy_with_logits_v2(
        labels=v1.cast(y, x.dtype), logits=x
    ),
    "sigmoid_cross_entropy": lambda v1, y, x: v1.nn.sigmoid_cross_entropy_with_logits(
        labels=v1.cast(y, x.dtype), logits=x
    ),
    "mean_squared_error": lambda v1, y, x: v1.square(
        x - v1.reshape(v1.cast(y, x.dtype), v1.shape(x))
    ),
}
# What is switched by a Python value is built once for each; a placeholder serves both.
ARGUMENT, PLACEHOLDER = "argument", "placeholder"


class AuditedGraph(object):
    """One build of one side.

    Arguments:
        sources: `Sources` of the user's folder.
        v1: the `compat.v1` module.
        request: what `open` was asked: side, inputs, loss, optimizer.
        dtype: NumPy type of the graph's floats.
        training: which of the two values to give a builder's training argument.
        weights: names of the parameters, as the other build has them; found if left out.

    Raises:
        RequestError: the builder fails, or what is named is not there.
    """

    def __init__(self, sources, v1, request, dtype, training=False, weights=None):
        self.sources, self.v1, self.request, self.dtype = sources, v1, request, dtype
        self.side = request["side"]
        self.folder = sources.root
        self.graph = v1.Graph()
        with self.graph.as_default():
            v1.set_random_seed(0)
            random.seed(0)
            np.random.seed(0)  # noqa: NPY002 - the user's code may draw from it
            self.session = v1.Session(config=single_threaded(v1))
            self._make(training)
            self._find_loss()
            self._find_weights(weights)
            self._check_feeds()
            self._initialise()

    # -- building ------------------------------------------------------------------------------

    def _make(self, training):
        kind = self.side["kind"]
        self.made, self.switch = None, None
        self.entries, arguments = {}, {}
        if kind == "graph":
            arguments = self._build(training)
        elif kind == "frozen":
            self._import_frozen()
        else:
            self._load_saved_model()
        found = {name: self._find_input(name, arguments) for name in self.request["inputs"]}
        self.inputs = {name: tensor for name, tensor in found.items() if tensor is not None}
        if not self.inputs:
            raise RequestError(
                "inputs: none of %s is a placeholder here: say which under inputs = { NAME = "
                '"PLACEHOLDER" }; there are %s'
                % (", ".join(self.request["inputs"]), ", ".join(self._placeholders()) or "none")
            )
        self.outputs = self._find_outputs()
        self._find_switch()

    def _build(self, training):
        """Call the builder; gives the placeholders that it got as arguments."""
        name, folder = self.side["build"], self.folder
        with self.sources.as_tensorflow():
            found = user_code.load(name, folder, self.sources.module)
            if ":" not in name:
                self.made = vars(found)
                return {}
            given, tensors = self._arguments(found, training)
            with user_code.blamed(folder, "calling %s" % name):
                self.made = found(**given)
        return tensors

    def _arguments(self, function, training):
        """What the builder is called with, and the placeholders among it."""
        side = self.side
        parameters = inspect.signature(function).parameters
        open_ended = any(p.kind == p.VAR_KEYWORD for p in parameters.values())
        given = {}
        for key, value in side["arguments"].items():
            if key not in parameters and not open_ended:
                raise RequestError(
                    "arguments.%s: %s takes %s"
                    % (key, side["build"], ", ".join(parameters) or "none")
                )
            given[key] = value
        tensors = {}
        for name, shape in self.request["inputs"].items():
            target = side["inputs"].get(name, name)
            if target in parameters and target not in given:
                kind = self.v1.as_dtype(self._lifted(shape["dtype"]))
                tensors[name] = self.v1.placeholder(kind, shape["shape"], name=target)
                given[target] = tensors[name]
        if side["training"] in parameters and side["training"] not in given:
            self.switch = ARGUMENT
            given[side["training"]] = side["training_values"][int(training)]
        missing = [
            n
            for n, p in parameters.items()
            if p.default is p.empty
            and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
            and n not in given
        ]
        if missing:
            raise RequestError(
                "%s needs an argument %r: an input of that name, the training switch, or a value "
                "under arguments" % (side["build"], missing[0])
            )
        return given, tensors

    def _lifted(self, dtype):
        return self.dtype.name if dtype in ("float32", "float64") else dtype

    def _import_frozen(self):
        v1 = self.v1
        definition = v1.GraphDef()
        with user_code.blamed(self.folder, "reading %s" % os.path.basename(self.side["path"])):
            with open(self.side["path"], "rb") as file:
                definition.ParseFromString(file.read())
            v1.import_graph_def(definition, name="")

    def _load_saved_model(self):
        side = self.side
        with user_code.blamed(self.folder, "loading %s" % side["path"]):
            loaded = self.v1.saved_model.loader.load(self.session, ["serve"], side["path"])
        signatures = loaded.signature_def
        if side["signature"] not in signatures:
            raise RequestError(
                "signature: no %r: there are %s"
                % (side["signature"], ", ".join(sorted(signatures)))
            )
        signature = signatures[side["signature"]]
        self.made = {key: self._tensor(info.name) for key, info in signature.outputs.items()}
        self.entries = {key: self._tensor(info.name) for key, info in signature.inputs.items()}

    # -- finding what is named -----------------------------------------------------------------

    def _tensor(self, name):
        """The tensor of that name in the graph, or None."""
        try:
            found = self.graph.as_graph_element(name, allow_tensor=True, allow_operation=True)
        except (KeyError, ValueError, TypeError):
            return None
        if hasattr(found, "outputs"):
            return found.outputs[0] if found.outputs else None
        return found

    def _returned(self, name):
        """What the builder returned under that name: a key, an attribute or an index."""
        found = self.made
        for part in name.split("."):
            if isinstance(found, dict) and part in found:
                found = found[part]
            elif isinstance(found, (list, tuple)) and part.isdigit() and int(part) < len(found):
                found = found[int(part)]
            elif found is not None and part.isidentifier() and hasattr(found, part):
                found = getattr(found, part)
            else:
                return None
        return found if self._in_graph(found) else None

    def _in_graph(self, found):
        return hasattr(found, "graph") and found.graph is self.graph

    def _named(self, name):
        found = self._returned(name)
        return found if found is not None else self._tensor(name)

    def _placeholders(self):
        return [op.name for op in self.graph.get_operations() if op.type == "Placeholder"]

    def _nearest(self, name):
        """A hint: names that look like one that is not there."""
        names = [op.name for op in self.graph.get_operations()]
        if isinstance(self.made, dict):
            names += [n for n, t in self.made.items() if self._in_graph(t)]
        near = difflib.get_close_matches(name.split(":")[0], names, 3, 0.5)
        return "; did you mean %s?" % " or ".join(near) if near else ""

    def _find_input(self, name, arguments):
        """The placeholder of an input; None for one that this side does not take."""
        explicit = self.side["inputs"].get(name)
        target = explicit or name
        if name in arguments:
            tensor = arguments[name]
        else:
            tensor = self.entries.get(target)
            tensor = self._named(target) if tensor is None else tensor
        if tensor is None:
            if explicit:
                raise RequestError(
                    "inputs.%s: no placeholder or argument %r%s; placeholders: %s"
                    % (
                        name,
                        target,
                        self._nearest(target),
                        ", ".join(self._placeholders()) or "none",
                    )
                )
            return None
        self._fitting(name, tensor)
        return tensor

    def _fitting(self, name, tensor):
        """Make sure that an input can be fed, flattened or unflattened if need be."""
        shape = tuple(self.request["inputs"][name]["shape"])
        wanted = tensor.shape
        if wanted.ndims is None or wanted.is_compatible_with(shape):
            return shape
        rest = [int(size) if size is not None else -1 for size in wanted.as_list()[1:]]
        reshaped = (shape[0],) + tuple(rest)
        if -1 not in rest and np.prod(reshaped) == np.prod(shape):
            if self._batch_fits(wanted, shape[0]):
                return reshaped
        raise RequestError(
            "inputs.%s: its shape %s does not fit %s, which is %s"
            % (name, list(shape), tensor.name, wanted.as_list())
        )

    @staticmethod
    def _batch_fits(wanted, batch):
        return wanted.as_list()[0] in (None, batch)

    def _find_outputs(self):
        named, made = self.side["outputs"], self.made if isinstance(self.made, dict) else {}
        if not named:
            # The only one goes by the name that the other side has for it.
            wanted = self.request["outputs"]
            single = len(made) == len(wanted) == 1
            named = {wanted[0]: next(iter(made))} if single else {key: key for key in made}
        found = {}
        for name, target in named.items():
            tensor = self._named(target)
            if tensor is None and self._in_graph(self.made) and len(named) == 1:
                tensor = self.made
            if tensor is None or not hasattr(tensor, "dtype"):
                raise RequestError(
                    "outputs.%s: neither returned nor a tensor of the graph: %r%s"
                    % (name, target, self._nearest(target))
                )
            found[name] = tensor
        return found

    def _find_switch(self):
        """The placeholder that switches training mode."""
        name = self.side["training"]
        if name is None or self.switch == ARGUMENT:
            return
        self.switch_tensor = self._named(name)
        if self.switch_tensor is None:
            raise RequestError(
                "training: no placeholder or argument %r%s" % (name, self._nearest(name))
            )
        self.switch = PLACEHOLDER

    def _find_loss(self):
        v1, rule, name = self.v1, self.request["loss"], self.side["loss"]
        self.loss = None
        if name is not None:
            self.loss = self._named(name)
            if self.loss is None:
                raise RequestError(
                    "loss: neither returned nor a tensor of the graph: %r%s"
                    % (name, self._nearest(name))
                )
            if self.loss.shape.ndims not in (0, None):
                raise RequestError(
                    "loss: %s is %s, not a number" % (self.loss.name, self.loss.shape.as_list())
                )
        elif rule is not None and rule["kind"] is not None and rule["labels"] not in self.inputs:
            kind = self._lifted(self.request["inputs"][rule["labels"]]["dtype"])
            shape = self.request["inputs"][rule["labels"]]["shape"]
            if self.side["kind"] == "graph":
                self.inputs[rule["labels"]] = v1.placeholder(v1.as_dtype(kind), shape)
        if self.loss is None and rule is not None and rule["labels"] in self.inputs:
            if rule["kind"] is not None:
                output = self.outputs[rule["output"] or next(iter(self.outputs))]
                with user_code.blamed(self.folder, "making the loss"):
                    each = _LOSSES[rule["kind"]](v1, self.inputs[rule["labels"]], output)
                    self.loss = v1.add_n([v1.reduce_mean(each)] + self._penalties())

    def _penalties(self):
        return self.v1.get_collection(self.v1.GraphKeys.REGULARIZATION_LOSSES)

    # -- parameters ----------------------------------------------------------------------------

    def _find_weights(self, names):
        v1 = self.v1
        wanted = list(self.outputs.values()) + ([] if self.loss is None else [self.loss])
        needed = graph_layers.ancestors(wanted)
        trainable = {v.op.name for v in v1.trainable_variables()}
        everything = v1.global_variables() or self._handles()
        self.variables = {
            v.op.name: v
            for v in everything
            if v.dtype.base_dtype.is_floating
            and (v.op.name in names if names is not None else v.op in needed)
        }
        self.trainable = {n: v for n, v in self.variables.items() if n in trainable}
        self.constants = {} if self.variables else self._constant_weights(needed)
        if not self.variables and not self.constants:
            raise RequestError("no variable: what the outputs are computed from has no weights")
        self.given = {}  # values fed in the place of constants
        self.others = [v for v in everything if v.op.name not in self.variables]

    def _handles(self):
        """The variables of a SavedModel that TensorFlow 2 wrote, which has no list of them."""
        if self.side["kind"] != "saved_model":
            return []
        operations = self.graph.get_operations()
        return [HandleVariable(self.v1, op) for op in operations if op.type == "VarHandleOp"]

    def _constant_weights(self, needed):
        """The weights of a frozen graph: constants with axes, which can be fed like anything."""
        hidden = graph_layers.conditional(self.graph)
        return {
            op.name: op.outputs[0]
            for op in self.graph.get_operations()
            if op.type == "Const"
            and op in needed
            and op.outputs[0].dtype.is_floating
            and (op.outputs[0].shape.ndims or 0) > 0
            and op not in hidden
        }

    def _initialise(self):
        """Set the initial values, and prepare to set any others."""
        v1 = self.v1
        self._placeholder = {
            n: v1.placeholder(v.dtype.base_dtype, v.shape) for n, v in self.variables.items()
        }
        assigned = [
            v.assign_from(self._placeholder[n])
            if isinstance(v, HandleVariable)
            else v1.assign(v, self._placeholder[n]).op
            for n, v in self.variables.items()
        ]
        self._reads = {
            n: v.read() if isinstance(v, HandleVariable) else v for n, v in self.variables.items()
        }
        self._assign = v1.group(*assigned)
        self._fresh = v1.group(v1.global_variables_initializer(), v1.local_variables_initializer())
        loaded = self.side["kind"] == "saved_model"
        with user_code.blamed(self.folder, "initialising"):
            if not loaded:
                self.session.run([self._fresh, v1.tables_initializer()])
        if self.side["checkpoint"]:
            self.assign_all(self._restored())
        self._reset = v1.variables_initializer([] if loaded else self.others)

    def _restored(self):
        """The parameters' values in the checkpoint, whatever the precision here."""
        path, found = self.side["checkpoint"], {}
        with user_code.blamed(self.folder, "reading %s" % path):
            reader = self.v1.train.load_checkpoint(path)
            names = reader.get_variable_to_shape_map()
        for name, variable in self.variables.items():
            if name not in names:
                near = difflib.get_close_matches(name, names, 3, 0.5)
                raise RequestError(
                    "checkpoint: %s has no %s%s"
                    % (
                        os.path.basename(path),
                        name,
                        "; it has %s" % ", ".join(near) if near else "",
                    )
                )
            if list(names[name]) != variable.shape.as_list():
                raise RequestError(
                    "checkpoint: %s is %s there, %s here"
                    % (name, list(names[name]), variable.shape.as_list())
                )
            found[name] = reader.get_tensor(name)
        return found

    def assign_all(self, values):
        self.session.run(self._assign, {self._placeholder[n]: values[n] for n in self.variables})

    def add_training(self):
        """Gradients, and the train op; not before everything else is found."""
        v1 = self.v1
        with self.graph.as_default(), user_code.blamed(self.folder, "differentiating the loss"):
            updates = v1.get_collection(v1.GraphKeys.UPDATE_OPS)
            self.update = v1.group(*updates) if updates else v1.no_op()
            self.gradients, self.train_op = {}, None
            if self.loss is None or not self.trainable:
                return
            pairs = list(
                zip(v1.gradients(self.loss, list(self.trainable.values())), self.trainable)
            )
            self.gradients = {
                name: v1.zeros_like(self.trainable[name])
                if gradient is None
                else v1.convert_to_tensor(gradient)
                for gradient, name in pairs
            }
            self._add_train_op(pairs, updates)
            known = {v.op.name for v in self.others} | set(self.variables)
            slots = [v for v in v1.global_variables() if v.op.name not in known]
            self._reset = v1.variables_initializer(self.others + slots)
            self.session.run(v1.variables_initializer(slots))

    def _add_train_op(self, pairs, updates):
        v1, rule, name = self.v1, self.request["optimizer"], self.side["optimizer"]
        if name is not None:
            found = self._returned(name)
            if found is None:
                try:
                    found = self.graph.as_graph_element(name, allow_tensor=False)
                except (KeyError, ValueError, TypeError):
                    raise RequestError("optimizer: no train op %r%s" % (name, self._nearest(name)))
            self.train_op = getattr(found, "op", found)
        elif rule is not None:
            usable = [(g, self.trainable[n]) for g, n in pairs if g is not None]
            with v1.control_dependencies(updates):
                self.train_op = _optimizer(v1, rule).apply_gradients(usable)
        if self.train_op is None:
            return
        self.applied = graph_layers.applied(self.train_op)
        everything = {v.op.name: v for v in v1.global_variables()}
        self.slots = {}
        for name, tensors in self.applied.items():
            for slot in ("m", "v"):
                if name in self.trainable and slot in tensors:
                    variable = everything.get(graph_layers.root_name(tensors[slot]))
                    if variable is not None:
                        self.slots["%s/%s" % (name, slot)] = variable

    def _check_feeds(self):
        wanted = list(self.outputs.values()) + ([] if self.loss is None else [self.loss])
        self.fed = {}
        for name, value in self.side["feed"].items():
            tensor = self._named(name)
            if tensor is None:
                raise RequestError("feed.%s: no such tensor%s" % (name, self._nearest(name)))
            self.fed[tensor] = value
        known = list(self.inputs.values()) + list(self.fed)
        if self.switch == PLACEHOLDER:
            known.append(self.switch_tensor)
        unfed = graph_layers.unfed_placeholders(wanted, known)
        if unfed:
            raise RequestError(
                "placeholder %r is not fed: name it under inputs, give it a value under feed, or, "
                "if it switches training mode, under training" % unfed[0]
            )

    # -- running it ----------------------------------------------------------------------------

    def parameter_names(self):
        return [parameter["name"] for parameter in self.parameters()]

    def parameters(self):
        if self.constants:
            return [
                {"name": n, "shape": t.shape.as_list(), "trainable": False}
                for n, t in self.constants.items()
            ]
        return [
            {"name": n, "shape": v.shape.as_list(), "trainable": n in self.trainable}
            for n, v in self.variables.items()
        ]

    def values(self):
        if self.constants:
            return dict(self.session.run(self.constants), **self.given)
        return self.session.run(self._reads)

    def assign(self, weights):
        """Set the parameters; whatever else the graph keeps starts afresh."""
        if self.constants:
            self.given = {n: np.asarray(weights[n]) for n in self.constants if n in weights}
            return
        feed = {
            self._placeholder[n]: np.asarray(weights[n], v.dtype.base_dtype.as_numpy_dtype)
            for n, v in self.variables.items()
            if n in weights
        }
        kept = self.values()
        feed.update({p: kept[n] for n, p in self._placeholder.items() if p not in feed})
        self.session.run(self._reset)
        self.session.run(self._assign, feed)

    def feed(self, batch, training):
        feed = {self.constants[name]: value for name, value in self.given.items()}
        for name, tensor in self.inputs.items():
            array = np.asarray(batch[name], tensor.dtype.as_numpy_dtype)
            feed[tensor] = np.reshape(array, self._fitting(name, tensor))
        feed.update(self.fed)
        if self.switch == PLACEHOLDER:
            feed[self.switch_tensor] = self.side["training_values"][int(training)]
        return feed

    def run(self, fetches, feed):
        with user_code.blamed(self.folder, "running the graph"):
            return self.session.run(fetches, feed)


class HandleVariable(object):
    """A variable of which only the handle's operation is known."""

    def __init__(self, v1, op):
        self.v1, self.op = v1, op
        self.dtype = v1.as_dtype(op.get_attr("dtype"))
        self.shape = v1.TensorShape(op.get_attr("shape"))

    def read(self):
        return self.v1.raw_ops.ReadVariableOp(resource=self.op.outputs[0], dtype=self.dtype)

    def assign_from(self, value):
        return self.v1.raw_ops.AssignVariableOp(resource=self.op.outputs[0], value=value)


def _optimizer(v1, rule):
    if rule["kind"] == "adam":
        return v1.train.AdamOptimizer(
            rule["learning_rate"], rule["beta_1"], rule["beta_2"], rule["epsilon"]
        )
    if rule["kind"] == "momentum":
        return v1.train.MomentumOptimizer(
            rule["learning_rate"], rule["momentum"], use_nesterov=rule["nesterov"]
        )
    return v1.train.GradientDescentOptimizer(rule["learning_rate"])
