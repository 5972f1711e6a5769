"""Runs one side of an audit that is a TensorFlow graph: a builder, a SavedModel, a frozen graph.

python -m harness.workers.audit_graph_worker RUNTIME PRECISION
"""

import os
import platform
import sys

import numpy as np

from harness import exchange
from harness.workers import graph_layers, protocol
from harness.workers.protocol import RequestError


class AuditGraphWorker(object):
    """The operations that an audit may ask of a side; the same as the Keras worker's.

    Arguments:
        runtime: "tf1", "compat" or "tf2".
        precision: "float32" or "float64".
    """

    def __init__(self, runtime, precision):
        from harness.workers import deep_lifting, sources
        from harness.workers.dropout_off import DropoutOff

        self.runtime, self.dtype = runtime, np.dtype(precision)
        self.namespace = sources.tensorflow_namespace(runtime, False)
        import tensorflow

        self.v1 = tensorflow.compat.v1
        self.version = tensorflow.__version__
        known = [self.namespace, tensorflow, self.v1]
        if runtime == "compat":
            _register_contrib(self.namespace)
        if precision == "float64":
            deep_lifting.lift(known)
        self.dropout = DropoutOff(known)

    def open(self, side, inputs, loss, optimizer, outputs=()):
        """Build a side; says what it is, and what it cannot do and why.

        Arguments:
            outputs: the other side's, for one that names none.
        """
        from harness.workers import sources
        from harness.workers.audit_graph import ARGUMENT, AuditedGraph

        if self.dtype == np.float64 and side["kind"] != "graph":
            raise RequestError("what is saved in float32 stays in float32")
        folder = side["path"] if side["build"] else os.path.dirname(side["path"])
        self.sources = sources.Sources(folder, self.namespace)
        request = {
            "side": side, "inputs": inputs, "loss": loss, "optimizer": optimizer,
            "outputs": list(outputs),
        }  # fmt: skip

        def build(**more):
            return AuditedGraph(self.sources, self.v1, request, self.dtype, **more)

        self.inference = build()
        self.training = self.inference
        if self.inference.switch == ARGUMENT:
            self.training = build(training=True, weights=set(self.inference.parameter_names()))
        self.training.add_training()
        self.batch = next(iter(inputs.values()))["shape"][0]
        return self._description(side)

    def _description(self, side):
        graph, training = self.inference, self.training
        weights = graph.parameter_names()
        self.segments = self._segments_of(graph)
        return {
            "parameters": graph.parameters(),
            "outputs": sorted(graph.outputs),
            "unused": sorted(set(graph.request["inputs"]) - set(graph.inputs)),
            "layers": [scope for scope, _ in self.segments],
            "settings": graph_layers.settings(training.graph, weights, self._segments_of(training)),
            "forget_biases": graph_layers.forget_biases(graph.graph, weights),
            "cannot": self._cannot(side),
            "dropouts": self.dropout.calls,
            "versions": {
                "python": platform.python_version(),
                "tensorflow": self.version,
                "numpy": np.__version__,
            },
        }

    def _segments_of(self, graph):
        inputs, outputs = list(graph.inputs.values()), list(graph.outputs.values())
        names = graph.parameter_names()
        return graph_layers.segments(graph.graph, inputs, outputs, names, self.batch)

    def _cannot(self, side):
        """Why this side cannot climb some rungs."""
        cannot = {}
        training = self.training
        if training.loss is None:
            cannot["loss"] = "names no loss"
        if side["kind"] in ("saved_model", "frozen"):
            reason = "is a saved model, which is not trained"
            cannot.update(gradients=reason, state=reason, optimiser=reason, trajectory=reason)
            return cannot
        if training.loss is None:
            cannot["gradients"] = "names no loss"
        elif not training.trainable:
            cannot["gradients"] = "has nothing to train"
        drawn = graph_layers.random_operations(
            list(training.outputs.values()) + ([] if training.loss is None else [training.loss])
        )
        drawn = [name for name in drawn if name not in _initialisers(training)]
        if drawn:
            reason = "draws random numbers in training: %s" % drawn[0]
            cannot.update(gradients=reason, state=reason)
        for rung in ("optimiser", "trajectory"):
            if "gradients" in cannot:
                cannot[rung] = cannot["gradients"]
            elif training.train_op is None:
                cannot[rung] = "names no optimizer"
        if "optimiser" not in cannot and not set(training.trainable) <= set(training.applied):
            missing = sorted(set(training.trainable) - set(training.applied))[0]
            cannot["given_gradients"] = "its train op hides what it does to %s" % missing
        return cannot

    # -- operations ----------------------------------------------------------------------------

    def values(self, out):
        exchange.write(out, self.inference.values())

    def infer(self, weights, batch, out):
        """`outputs/<name>`, `loss`, and `activations/<layer>/<index>` in inference mode."""
        graph = self._loaded(self.inference, weights)
        fetches = {"outputs/" + name: tensor for name, tensor in graph.outputs.items()}
        if graph.loss is not None:
            fetches["loss"] = graph.loss
        for layer, tensors in self.segments:
            for index, tensor in enumerate(tensors):
                fetches["activations/%s/%03d" % (layer, index)] = tensor
        batch = exchange.read_arrays(batch)
        exchange.write(out, graph.run(fetches, graph.feed(batch, False)))

    def train(self, weights, batch, out):
        """The same in training mode, with `gradients/` and, updated once, `state/<parameter>`."""
        graph = self._loaded(self.training, weights)
        fetches = {"outputs/" + name: tensor for name, tensor in graph.outputs.items()}
        if graph.loss is not None:
            fetches["loss"] = graph.loss
        fetches.update({"gradients/" + name: g for name, g in graph.gradients.items()})
        feed = graph.feed(exchange.read_arrays(batch), True)
        # One run, as in training: the averages move once, whatever else is fetched.
        found, _ = graph.run([fetches, graph.update], feed)
        for name, value in graph.values().items():
            if name not in graph.trainable:
                found["state/" + name] = value
        exchange.write(out, found)

    def optimise(self, weights, batch, gradients, sizes, out):
        """Steps of the optimiser on given gradients: `parameters/<name>`, `slots/<name>/<slot>`."""
        graph = self._loaded(self.training, weights)
        feed = graph.feed(exchange.read_arrays(batch), True)
        gradients = exchange.read_arrays(gradients)
        for size in sizes:
            given = {
                graph.applied[name]["grad"]: np.asarray(size * gradient, self.dtype)
                for name, gradient in gradients.items()
            }
            given.update(feed)
            graph.run(graph.train_op, given)
        values = graph.values()
        found = exchange.grouped("parameters", {n: values[n] for n in graph.trainable})
        found.update(exchange.grouped("slots", graph.session.run(graph.slots)))
        exchange.write(out, found)

    def trajectory(self, weights, batches, out):
        """Train for as many steps as there are batches: `loss/<step>`, and what is left.

        Arguments:
            batches: file of `<step>/<input>`, steps counted from 001.

        Writes `parameters/<name>` after the first step as well.
        """
        batches = exchange.read_arrays(batches)
        steps = sorted({name.split("/", 1)[0] for name in batches})
        graph, found = self._loaded(self.training, weights), {}
        for step in steps:
            feed = graph.feed(exchange.under(batches, step), True)
            found["loss/" + step] = graph.run([graph.loss, graph.train_op], feed)[0]
            if step == steps[0]:
                found.update(exchange.grouped("parameters", graph.values()))
        exchange.write(out, found)

    def _loaded(self, graph, weights):
        graph.assign(exchange.read_arrays(weights))
        return graph


def _initialisers(graph):
    """Names of the operations that only draw starting values."""
    found = set()
    for variable in list(graph.variables.values()) + graph.others:
        if getattr(variable, "initializer", None) is not None:
            found.update(op.name for op in graph_layers.ancestors([variable.initializer]))
    return found


def _register_contrib(namespace):
    """Let the source import what stands in for `tf.contrib` by its full name as well."""
    namespace.__path__ = []
    contrib = namespace.contrib
    for name, module in (("", contrib), (".slim", contrib.slim), (".layers", contrib.layers)):
        sys.modules["tensorflow.contrib" + name] = module
    contrib.__path__ = []


def main(runtime, precision):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    worker = AuditGraphWorker(runtime, precision)
    operations = ("open", "values", "infer", "train", "optimise", "trajectory")
    protocol.serve({operation: getattr(worker, operation) for operation in operations})


if __name__ == "__main__":
    main(*sys.argv[1:])
