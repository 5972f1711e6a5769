"""Runs a TF1-style implementation: `original_tf1` or `tf2_upgraded`, under any TensorFlow.

python -m harness.workers.graph_worker ROOT RUNTIME PRECISION
"""

import gc
import os
import sys

import numpy as np

from harness import exchange
from harness.workers import pipeline, protocol
from harness.workers.protocol import RequestError


class GraphWorker(protocol.ImplementationWorker):
    """The operations that the harness may ask of a TF1-style implementation.

    Arguments:
        root: folder of the implementation.
        runtime: "tf1", "compat" or "tf2".
        precision: "float32" or "float64".
    """

    def __init__(self, root, runtime, precision):
        from harness.workers import sources

        self.dtype = np.dtype(precision)
        namespace = sources.tensorflow_namespace(runtime, precision == "float64")
        self.sources = sources.Sources(root, namespace)
        import tensorflow

        self.v1 = tensorflow.compat.v1
        self.tensorflow_version = tensorflow.__version__
        self._networks = {}

    def _network(self, network, shape, training=False):
        """The graph of a network for one batch shape, built once; one that trains does for both."""
        key = (network["key"],) + tuple(shape)
        if key + (True,) in self._networks:
            training = True
        key += (training,)
        if key not in self._networks:
            self._networks[key] = self._build(network, shape, training)
        return self._networks[key]

    def _build(self, network, shape, training):
        from harness.workers.graph_network import GraphNetwork

        batch_size, num_points = shape
        # No two graphs of a network draw alike.
        seed = sum(key[0] == network["key"] for key in self._networks)
        return GraphNetwork(
            self.sources, self.v1, network, batch_size, num_points, self.dtype, training, seed
        )

    def _loaded(self, network, weights, shape, training=False):
        graph = self._network(network, shape, training)
        graph.assign(exchange.read_arrays(weights))
        return graph

    # -- operations ----------------------------------------------------------------------------

    def frameworks(self):
        return {"tensorflow": self.tensorflow_version}

    def forget(self, network):
        """Let go of a network's graphs."""
        for key in [key for key in self._networks if key[0] == network["key"]]:
            self._networks.pop(key).session.close()
        gc.collect()

    def describe(self, network, shape):
        # Asked first of whoever climbs the ladder: the graph that training needs serves them all.
        return {"parameters": self._network(network, shape, training=True).parameters()}

    def initialise(self, network, shapes, out):
        """Draw all parameters once a batch shape; each draw from a graph of its own.

        Running one graph's initialisers again is not enough: after the upgrade the kernels'
        initialiser has its seed baked in, and repeats itself.
        """
        draws = {}
        for number, shape in enumerate(shapes):
            draws.update(exchange.grouped(str(number), self._network(network, shape).fresh()))
        exchange.write(out, draws)

    def trace(
        self,
        network,
        weights,
        batch,
        out,
        mode,
        dropout="off",
        bn_decay=None,
        learning_rate=0.001,
        optimizer="adam",
        activations=False,
        parts_weight=1.0,
        update=True,
    ):
        """One pass over a batch.

        Arguments:
            update: in training mode, take the optimiser's step, and write down what it leaves
                behind: `state`, `parameters`, `slots` and `after/loss`.
        """
        batch = exchange.read_arrays(batch)
        graph = self._loaded(network, weights, batch["points"].shape[:2], mode == "training")
        fetches = {"outputs/" + name: graph.outputs[name] for name in network["outputs"]}
        fetches["loss"] = graph.loss
        fetches.update({"terms/" + name: term for name, term in graph.loss_terms().items()})
        if activations:
            for layer in network["layers"]:
                fetches["entries/" + layer["name"]] = graph.entry(layer["name"])
                fetches["activations/" + layer["name"]] = graph.activation(layer["name"])
        if mode == "inference":
            feed = graph.feed(batch, training=False, parts_weight=parts_weight)
            trace = graph.session.run(fetches, feed)
        else:
            fetches.update({"gradients/" + name: g for name, g in graph.gradients.items()})
            feed = graph.feed(batch, True, dropout, bn_decay, parts_weight)
            feed[graph.learning_rate] = learning_rate
            # One run, as in training: the averages move once, whatever else is fetched.
            steps = [graph.steps[optimizer]] if update else []
            trace = graph.session.run([fetches, steps], feed)[0]
            if update:
                after = graph.feed(batch, training=False, parts_weight=parts_weight)
                trace.update(self._after(graph, after, optimizer))
        exchange.write(out, trace)

    def _after(self, graph, feed, optimizer):
        """What a training step leaves behind."""
        trace = {}
        for name, value in graph.values().items():
            trace["parameters/" + name] = value
            if name not in graph.trainable:
                trace["state/" + name] = value
        for name, value in graph.session.run(graph.slots[optimizer]).items():
            trace["slots/" + name] = value
        trace["after/loss"] = graph.session.run(graph.loss, feed)
        return trace

    def isolate(self, network, weights, batch, entries, out):
        """Each layer's activation in inference mode, from given entries instead of its own.

        Where it meets the max over points, also the max, under `maxima`.
        """
        batch = exchange.read_arrays(batch)
        entries = exchange.under(exchange.read_arrays(entries), "entries")
        graph = self._loaded(network, weights, batch["points"].shape[:2])
        names = [layer["name"] for layer in network["layers"]]
        activations = {}
        # A layer's activation is often the next one's entry: feed and fetch every other layer.
        for half in (names[0::2], names[1::2]):
            feed = graph.feed(batch, training=False)
            feed.update({graph.entry(name): np.asarray(entries[name], self.dtype) for name in half})
            fetches = {"activations/" + name: graph.activation(name) for name in half}
            activations.update(graph.session.run(fetches, feed))
        for name in network["symmetric"]:
            activations["maxima/" + name] = np.max(activations["activations/" + name], axis=(1, 2))
        exchange.write(out, activations)

    def trajectory(
        self,
        network,
        weights,
        batches,
        out,
        schedule,
        update=True,
        dropout="off",
        record_state=False,
    ):
        """Train for as many steps as there are batches, on train.py's own schedules.

        Arguments:
            batches: file of `points` S x B x N x 3, `labels` S x B, and perhaps
                `dropout/<layer>` S x B x C.
            schedule: train.py's options (batch_size, decay_step, ...).
            update: take Adam's steps; otherwise nothing but the moving statistics changes.
            record_state: keep the moving statistics after every step.

        Writes `loss/<step>` and `state/<step>/<parameter>`, steps counted from 001.
        """
        batches = exchange.read_arrays(batches)
        schedules = self._schedules(network, schedule)
        graph = self._loaded(network, weights, batches["points"].shape[1:3], update)
        statistics = {n: v for n, v in graph.variables.items() if n not in graph.trainable}
        result = {}
        for step in range(len(batches["points"])):
            rate, decay = schedules.at(step)
            batch = {name: array[step] for name, array in batches.items()}
            feed = graph.feed(batch, True, dropout, decay)
            fetches = [graph.loss]
            if update:
                feed[graph.learning_rate] = rate
                fetches.append(graph.steps["adam"])
            result["loss/%03d" % (step + 1)] = graph.session.run(fetches, feed)[0]
            if record_state:
                state = graph.session.run(statistics)
                result.update(exchange.grouped("state/%03d" % (step + 1), state))
        exchange.write(out, result)

    def optimise(self, network, shape, weights, gradients, sizes, out, optimizer, schedule):
        """Steps of an optimiser on given gradients, the learning rate on train.py's own schedule.

        Arguments:
            gradients: file of one array a trainable parameter.
            sizes: what they are multiplied by, a number a step.
        """
        gradients = exchange.read_arrays(gradients)
        schedules = self._schedules(network, schedule)
        graph = self._loaded(network, weights, shape, training=True)
        for step, size in enumerate(sizes):
            feed = {graph.gradients[name]: size * array for name, array in gradients.items()}
            feed[graph.learning_rate] = schedules.at(step)[0]
            graph.session.run(graph.steps[optimizer], feed)
        values = graph.values()
        trained = {name: values[name] for name in graph.trainable}
        slots = graph.session.run(graph.slots[optimizer])
        exchange.write(
            out, dict(exchange.grouped("slots", slots), **exchange.grouped("parameters", trained))
        )

    def schedules(self, network, schedule, steps, out):
        """`learning_rate/<step>` and `bn_decay/<step>` after each of these numbers of updates."""
        schedules = self._schedules(network, schedule)
        values = {}
        for step in steps:
            values["learning_rate/%d" % step], values["bn_decay/%d" % step] = schedules.at(step)
        exchange.write(out, values)

    def _schedules(self, network, schedule):
        from harness.workers.graph_network import Schedules

        return Schedules(self.sources, self.v1, network, schedule, self.dtype)

    def save_checkpoint(self, network, shape, weights, prefix):
        graph = self._loaded(network, weights, shape)
        graph.save(prefix)

    def load_checkpoint(self, network, shape, prefix, out):
        graph = self._network(network, shape)
        try:
            graph.restore(prefix)
        except (self.v1.errors.OpError, ValueError) as error:
            raise RequestError("%s: does not restore: %s" % (prefix, str(error).split("\n")[0]))
        exchange.write(out, graph.values())

    def augment(self, batch, draws, out):
        pipeline.augment(self.sources.module("provider"), batch, draws, out)

    def epoch(self, network, folder, batch_size, num_points, draws, out):
        script = self._script(network["script"], network, folder, batch_size, num_points)
        pipeline.epoch(script, draws, out)

    def metrics(self, network, folder, batch_size, num_points, predictions, out):
        name = pipeline.JUDGES[network["task"]][0]
        script = self._script(name, network, folder, batch_size, num_points)
        pipeline.metrics(script, network["task"], predictions, out)

    def _script(self, name, network, folder, batch_size, num_points):
        return self.sources.script(
            name, "--model", network["key"], "--data_dir", folder,
            "--batch_size", batch_size, "--num_point", num_points,
        )  # fmt: skip


def main(root, runtime, precision):
    # Graphs of these sizes gain nothing from oneDNN, and its choice of kernels varies by machine.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    GraphWorker(root, runtime, precision).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
