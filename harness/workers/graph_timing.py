"""Steps of a TF1-style implementation, as its own train.py and evaluate.py take them."""

import contextlib
import platform

import numpy as np

from harness.workers import pipeline, sources
from harness.workers.graph_network import GraphNetwork
from harness.workers.protocol import RequestError


class TimedNetwork(GraphNetwork):
    """A network with its own dropout, in a session with the framework's own optimisations.

    Arguments:
        configuration: `ConfigProto` of the session.
        others: those of `GraphNetwork`.
    """

    def __init__(self, configuration, *others):
        self._configuration = configuration
        super(TimedNetwork, self).__init__(*others)

    def session_configuration(self):
        return self._configuration

    def dropout_control(self):
        return NoDropoutControl()


class NoDropoutControl(object):
    """Leaves a network's dropout as the network has it."""

    def installed(self):
        return contextlib.nullcontext()

    def feed(self, *arguments):
        return {}


class GraphEngine(object):
    """Makes and runs steps of `original_tf1` or `tf2_upgraded`.

    A training step is one `session.run` of the update, the loss and the logits, which is what
    train.py fetches but for its summaries; it moves the averages and takes Adam's step. An
    inference step is one `session.run` of the logits.

    Raises:
        RequestError: a GPU is asked for, and this TensorFlow sees none.
    """

    def __init__(self, root, settings):
        namespace = sources.tensorflow_namespace(settings["runtime"], False)
        self.sources = sources.Sources(root, namespace)
        import tensorflow

        self.tensorflow, self.v1 = tensorflow, tensorflow.compat.v1
        self.settings = settings
        self.network = None
        if settings["device"] == "gpu":
            if not tensorflow.config.list_physical_devices("GPU"):
                raise RequestError("TensorFlow %s sees no GPU" % tensorflow.__version__)
            tensorflow.config.experimental.enable_tensor_float_32_execution(bool(settings["tf32"]))

    def versions(self):
        return {
            "python": platform.python_version(),
            "tensorflow": self.tensorflow.__version__,
            "numpy": np.__version__,
        }

    def build(self, network, mode, batch):
        if self.network is not None:
            self.network.session.close()
        training = mode == "training"
        batch_size, num_points = batch["points"].shape[:2]
        self.network = graph = TimedNetwork(
            self._configuration(), self.sources, self.v1, network, batch_size, num_points,
            np.dtype("float32"), training,
        )  # fmt: skip
        self.feed = graph.feed(batch, training, "random")
        self.fetches = [graph.outputs["logits"]]
        if training:
            self.feed[graph.learning_rate] = 0.001
            self.fetches = [graph.steps["adam"], graph.loss] + self.fetches

    def step(self):
        self.network.session.run(self.fetches, self.feed)

    def device_memory(self):
        if self.settings["device"] == "cpu":
            return None
        return int(self.tensorflow.config.experimental.get_memory_info("GPU:0")["peak"])

    @contextlib.contextmanager
    def draining(self, network, folder, batch_size, num_points):
        """One training epoch of train.py, with a session that only takes what it is fed."""
        script = self.sources.script(
            "train", "--model", network["key"], "--data_dir", folder,
            "--batch_size", batch_size, "--num_point", num_points,
        )  # fmt: skip
        graph = self.v1.Graph()
        with graph.as_default():
            points, labels = self.sources.module(network["key"]).placeholder_inputs(
                batch_size, num_points
            )
            arrived = self.v1.group(self.v1.identity(points), self.v1.identity(labels))
            with self.v1.Session(config=self._configuration()) as session:
                taker = TakingSession(session, arrived, points, labels)

                def epoch():
                    script.train_one_epoch(taker, pipeline.Operations(), pipeline.Writer())
                    return taker.clouds

                with pipeline.quiet(script):
                    yield epoch

    def _configuration(self):
        threads = self.settings["threads"]
        configuration = self.v1.ConfigProto(
            intra_op_parallelism_threads=threads,
            inter_op_parallelism_threads=threads,
            allow_soft_placement=True,
        )
        configuration.gpu_options.allow_growth = True
        return configuration


class TakingSession(object):
    """Stands for a script's session: feeds the batch to the device, and computes nothing."""

    def __init__(self, session, arrived, points, labels):
        self.session, self.arrived, self.points, self.labels = session, arrived, points, labels
        self.clouds = 0

    def run(self, fetches, feed_dict):
        batch = {self.points: feed_dict["pointclouds_pl"], self.labels: feed_dict["labels_pl"]}
        self.session.run(self.arrived, batch)
        labels = np.asarray(feed_dict["labels_pl"])
        self.clouds += len(labels)
        known = {"loss": 0.0, "pred": np.zeros((len(labels), 1)), "step": 0}
        return [known.get(name) for name in fetches]
