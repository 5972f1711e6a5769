"""Runs the native implementation under one Keras backend.

python -m harness.workers.keras_worker ROOT BACKEND PRECISION
"""

import dataclasses
import gc
import importlib
import importlib.metadata
import itertools
import random
import sys
import tempfile
from pathlib import Path

import numpy as np

from harness import exchange
from harness.workers import protocol
from harness.workers.protocol import RequestError

# The original's command-line options, as the recipe calls them.
_OPTIONS = {"decay_step": "decay_clouds"}


class KerasWorker(protocol.ImplementationWorker):
    """The operations that the harness may ask of the native implementation.

    Arguments:
        root: folder of the implementation.
        backend: "tensorflow", "jax" or "torch"; KERAS_BACKEND has to say the same.
        precision: "float32" or "float64".
    """

    def __init__(self, root, backend, precision):
        single_threaded(backend)
        import keras

        keras.config.set_floatx(precision)
        self.keras, self.backend, self.dtype = keras, backend, np.dtype(precision)
        self.native = None
        self.reimport(root)

    def reimport(self, root):
        """Import the implementation in place of the one there was, if any.

        What Keras has registered by name, the classes of the new one replace.
        """
        root = Path(root).resolve()
        if self.native is not None:
            sys.path.remove(str(Path(self.native.__file__).resolve().parents[1]))
        for name in [name for name in sys.modules if name.split(".")[0] == root.name]:
            del sys.modules[name]
        self._networks, self._steps = {}, {}
        self.keras.backend.clear_session()
        sys.path.insert(0, str(root.parent))
        importlib.invalidate_caches()
        self.native = importlib.import_module(root.name)

    def _network(self, network, bn_momentum=None, **changes):
        """The network under a recipe with these changes.

        Arguments:
            bn_momentum: a float, "schedule" for the recipe's, None for the network's default.
        """
        recipe = self._recipe(network, changes)
        key = (network["key"], bn_momentum, recipe if bn_momentum == "schedule" else None)
        if key not in self._networks:
            momentum = recipe.bn_momentum_schedule() if bn_momentum == "schedule" else bn_momentum
            self._networks[key] = self._built(network, 1000, recipe, momentum)
        self._networks[key].compile(recipe)
        return self._networks[key]

    def _built(self, network, seed, recipe=None, momentum=None):
        from harness.workers.keras_network import KerasNetwork

        self.keras.utils.set_random_seed(seed)
        try:
            recipe = recipe or self._recipe(network, {})
            return KerasNetwork(self.native, network, recipe, momentum)
        finally:
            random.seed()

    def _recipe(self, network, changes):
        changes = {_OPTIONS.get(name, name): value for name, value in changes.items()}
        constant = changes.pop("constant_learning_rate", None)
        if constant is not None:
            # A staircase without stairs.
            changes.update(learning_rate=constant, decay_rate=1.0, learning_rate_floor=0.0)
        return dataclasses.replace(self.native.RECIPES[network["key"]], **changes)

    def _loaded(self, network, weights, **options):
        instance = self._network(network, **options)
        instance.assign(exchange.read_arrays(weights))
        return instance

    def _steps_of(self, instance, dropout):
        from harness.workers.keras_steps import steps_for

        key = (instance, instance.recipe, dropout)
        if key not in self._steps:
            self._steps[key] = steps_for(instance, dropout)
        return self._steps[key]

    # -- operations ----------------------------------------------------------------------------

    def frameworks(self):
        return {
            "keras": self.keras.__version__,
            self.backend: importlib.metadata.version(self.backend),
        }

    def forget(self, network):
        """Let go of a network, and of what was compiled for it."""
        for key in [key for key in self._networks if key[0] == network["key"]]:
            instance = self._networks.pop(key)
            for steps in [steps for steps in self._steps if steps[0] is instance]:
                del self._steps[steps]
        gc.collect()

    def describe(self, network, shape):
        return {"parameters": self._network(network).parameters()}

    def initialise(self, network, shapes, out):
        """Draw all parameters once a batch shape: a network takes any, but is built for each."""
        draws = exchange.grouped("0", self._network(network).drawn)
        for number in range(1, len(shapes)):
            draws.update(exchange.grouped(str(number), self._built(network, 1000 + number).drawn))
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
        """One pass over a batch; arguments as in the graph worker."""
        batch = exchange.read_arrays(batch)
        inputs, labels = self._inputs(network, batch)
        if mode == "inference":
            instance = self._loaded(network, weights, parts_weight=parts_weight)
            found = self._steps_of(instance, "off").infer(inputs, labels)
        elif not update:
            instance = self._loaded(
                network, weights, bn_momentum=bn_decay, parts_weight=parts_weight
            )
            steps = self._steps_of(instance, dropout)
            found = steps.differentiate(inputs, labels, instance.dropout.draws_of(batch))
        else:
            instance = self._loaded(
                network,
                weights,
                bn_momentum=bn_decay,
                optimizer=optimizer,
                constant_learning_rate=learning_rate,
                parts_weight=parts_weight,
            )
            steps = self._steps_of(instance, dropout)
            found = steps.train(inputs, labels, instance.dropout.draws_of(batch))
            found.update(self._after(network, instance, inputs, labels, parts_weight))
        exchange.write(out, self._in_tf1_shapes(instance, found, activations))

    def _after(self, network, instance, inputs, labels, parts_weight):
        """What a training step leaves behind."""
        values = instance.values()
        updated = self._network(network, parts_weight=parts_weight)
        updated.assign(values)
        loss = self._steps_of(updated, "off").infer(inputs, labels)["loss"]
        state = {name: value for name, value in values.items() if name not in instance.trainable}
        return {
            **exchange.grouped("state", state),
            **exchange.grouped("parameters", values),
            **exchange.grouped("slots", instance.slots()),
            "after/loss": loss,
        }

    def _in_tf1_shapes(self, instance, found, activations):
        trace = {}
        for name, array in found.items():
            group, _, layer = name.partition("/")
            if group in ("entries", "activations"):
                if activations and layer in instance.layers:
                    trace[name] = instance.as_tf1(layer, array, group == "entries")
            else:
                trace[name] = array
        return trace

    def isolate(self, network, weights, batch, entries, out):
        """Each layer's activation in inference mode, from given entries instead of its own.

        Where it meets the max over points, also the max, under `maxima`.
        """
        entries = exchange.under(exchange.read_arrays(entries), "entries")
        instance = self._loaded(network, weights)
        found = {}
        for name, layer in instance.layers.items():
            entry = instance.from_tf1(name, entries[name].astype(self.dtype))
            output = layer(entry, training=False)
            if hasattr(layer, "activations"):
                found["maxima/" + name] = self.keras.ops.convert_to_numpy(output)
                output = layer.activations(entry, training=False)
            output = self.keras.ops.convert_to_numpy(output)
            if name in network["symmetric"]:
                found.setdefault("maxima/" + name, np.max(output, axis=1))
            found["activations/" + name] = instance.as_tf1(name, output, entry=False)
        exchange.write(out, found)

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
        """Train for as many steps as there are batches, on the recipe's own schedules.

        Arguments as in the graph worker. Writes `loss/<step>` and `state/<step>/<parameter>`,
        steps counted from 001.
        """
        batches = exchange.read_arrays(batches)
        instance = self._loaded(network, weights, bn_momentum="schedule", **schedule)
        steps = self._steps_of(instance, dropout)
        result = {}
        for step in range(len(batches["points"])):
            batch = {name: array[step] for name, array in batches.items()}
            arguments = self._inputs(network, batch) + (instance.dropout.draws_of(batch),)
            loss = steps.advance(*arguments) if update else steps.forward(*arguments)["loss"]
            result["loss/%03d" % (step + 1)] = loss
            if record_state:
                state = {n: v for n, v in instance.values().items() if n not in instance.trainable}
                result.update(exchange.grouped("state/%03d" % (step + 1), state))
        exchange.write(out, result)

    def optimise(self, network, shape, weights, gradients, sizes, out, optimizer, schedule):
        """Steps of an optimiser on given gradients, the learning rate on the recipe's schedule."""
        gradients = exchange.read_arrays(gradients)
        instance = self._loaded(network, weights, optimizer=optimizer, **schedule)
        apply = self._steps_of(instance, "off").apply
        for size in sizes:
            apply(
                [
                    size * np.reshape(gradients[name], variable.shape)
                    for name, variable in instance.trainable.items()
                ]
            )
        values = instance.values()
        trained = {name: values[name] for name in instance.trainable}
        slots = exchange.grouped("slots", instance.slots())
        exchange.write(out, dict(slots, **exchange.grouped("parameters", trained)))

    def learn(self, network, folder, seed, steps, batch_size, num_points, out):
        """Train from scratch on a data set as the recipe says, and write `loss`, a number a step.

        The seed decides the starting weights, the order of the clouds, their augmentation and
        what is dropped out.
        """
        from harness.workers.keras_steps import steps_for

        task, data = self._task(network)
        recipe = self._recipe(network, {"batch_size": batch_size})
        instance = self._built(network, seed, recipe, recipe.bn_momentum_schedule())
        advance = steps_for(instance, "random").advance
        split = task.read(Path(folder), "train", num_points, self._selection())
        rng = np.random.default_rng(seed)
        epochs = (
            data.clouds_in_batches(split, batch_size, rng=rng, augmentation=task.augmentation)
            for _ in itertools.count()
        )
        batches = itertools.islice(itertools.chain.from_iterable(epochs), steps)
        losses = [advance(*task.form(clouds), {}) for clouds in batches]
        exchange.write(out, {"loss": np.stack(losses)})

    def schedules(self, network, schedule, steps, out):
        """`learning_rate/<step>` and `bn_decay/<step>` after each of these numbers of updates."""
        recipe = self._recipe(network, schedule)
        schedules = {
            "learning_rate": recipe.learning_rate_schedule(),
            "bn_decay": recipe.bn_momentum_schedule(),
        }
        values = {
            "%s/%d" % (name, step): self.keras.ops.convert_to_numpy(at(np.int32(step)))
            for name, at in schedules.items()
            for step in steps
        }
        exchange.write(out, values)

    def save_checkpoint(self, network, shape, weights, prefix):
        instance = self._loaded(network, weights)
        importlib.import_module(self.native.__name__ + ".checkpoint").save_tf1_checkpoint(
            instance.model, prefix
        )

    def load_checkpoint(self, network, shape, prefix, out):
        instance = self._network(network)
        checkpoint = importlib.import_module(self.native.__name__ + ".checkpoint")
        try:
            checkpoint.load_tf1_checkpoint(instance.model, prefix)
        except ValueError as error:
            raise RequestError(str(error))
        exchange.write(out, instance.values())

    def export(self, network, weights, batch, out):
        """The outputs of the folded network: where TensorFlow computes, of its SavedModel."""
        inputs, _ = self._inputs(network, exchange.read_arrays(batch))
        model = self._loaded(network, weights).model
        exporting = importlib.import_module(self.native.__name__ + ".export")
        if self.backend != "tensorflow":
            outputs = exporting.fold(model)(inputs)
        else:
            import tensorflow as tf

            with tempfile.TemporaryDirectory() as folder:
                exporting.export(model, Path(folder, "exported"))
                saved = tf.saved_model.load(str(Path(folder, "exported")))
                outputs = saved.serve(inputs)
        if not isinstance(outputs, dict):
            outputs = {network["outputs"][0]: outputs}
        found = {name: self.keras.ops.convert_to_numpy(x) for name, x in outputs.items()}
        exchange.write(out, exchange.grouped("outputs", found))

    def augment(self, batch, draws, out):
        augmentation = importlib.import_module(self.native.__name__ + ".augmentation")
        points = exchange.read_arrays(batch)["points"].astype(np.float32)
        draws = exchange.read_arrays(draws)
        rotated = augmentation.rotate_about_y(points, 2 * np.pi * draws["uniform"])
        jittered = augmentation.jitter(rotated, draws["normal"])
        exchange.write(out, {"rotated": rotated, "jittered": jittered})

    def epoch(self, network, folder, batch_size, num_points, draws, out):
        """The batches of one training epoch, on given draws."""
        draws = exchange.read_arrays(draws)
        task, data = self._task(network)
        batches = data.clouds_in_batches(
            task.read(Path(folder), "train", num_points, self._selection()),
            batch_size,
            rng=ScriptedGenerator(draws),
            augmentation=task.augmentation,
        )
        exchange.write(out, _stacked(batches))

    def metrics(self, network, folder, batch_size, num_points, predictions, out):
        """What the judge of the network's task says of given answers to the test batches."""
        judges = importlib.import_module(self.native.__name__ + ".judges")
        answers = exchange.read_arrays(predictions)
        task, data = self._task(network)
        split = task.read(Path(folder), task.test, num_points, self._selection())
        judge = judges.JUDGES[task.judged_as](split)
        inference = importlib.import_module(self.native.__name__ + ".inference")
        batches = [
            inference.prepared(task, clouds) for clouds in data.clouds_in_batches(split, batch_size)
        ]
        for clouds, logits in zip(batches, answers["logits"], strict=True):
            judge.add(clouds, logits)
        table = dict(judge.table())
        result = {name: table[called] for called, name in _METRICS.items() if called in table}
        exchange.write(out, dict(_stacked(batches), loss=np.mean(answers["loss"]), **result))

    def _task(self, network):
        tasks = importlib.import_module(self.native.__name__ + ".tasks")
        return tasks.TASKS[network["key"]], importlib.import_module(self.native.__name__ + ".data")

    def _selection(self):
        return importlib.import_module(self.native.__name__ + ".tasks").Selection()

    def _inputs(self, network, batch):
        """Inputs and labels of a batch as the model takes them."""
        points, labels = batch["points"].astype(self.dtype), batch["labels"].astype(np.int32)
        if not network["num_categories"]:
            return points, labels
        category = batch["category"].astype(np.int32)
        inputs = {"points": points, "category": category}
        return inputs, {"logits": labels, "category_logits": category}


# What the native judges call a metric, by what the harness does.
_METRICS = {
    "overall accuracy": "accuracy",
    "mean class accuracy": "class_accuracy",
    "point accuracy": "accuracy",
    "mean IoU of shapes": "shape_iou",
    "mean IoU of categories": "category_iou",
    "mean IoU": "mean_iou",
}


def _stacked(batches):
    """Batches of clouds as arrays with an axis of steps in front."""
    batches = list(batches)
    found = {
        "points": np.stack([clouds.points for clouds in batches]),
        "labels": np.stack([clouds.labels for clouds in batches]),
    }
    if batches[0].category is not None:
        found["category"] = np.stack([clouds.category for clouds in batches])
    return found


class ScriptedGenerator(object):
    """Stands for a `numpy.random.Generator` whose draws the harness chose; see pipeline.epoch."""

    def __init__(self, draws):
        files = draws.get("files", np.zeros(1, int))
        self._orders = iter([files] + [draws["clouds/%d" % i] for i in range(len(files))])
        self._uniform, self._normal = iter(draws.get("uniform", ())), iter(draws.get("normal", ()))

    def permutation(self, count):
        return next(self._orders)

    def uniform(self, size):
        return next(self._uniform)

    def standard_normal(self, size):
        return next(self._normal)


def single_threaded(backend):
    """One thread a worker: sums come out the same every time, and workers share the cores."""
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        # Rewriting a graph that runs a few times takes longer than it saves.
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    elif backend == "torch":
        import torch

        torch.set_num_threads(1)


def main(root, backend, precision):
    KerasWorker(root, backend, precision).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
