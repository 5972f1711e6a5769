"""Runs one side of an audit that is a Keras model, under one backend.

python -m harness.workers.audit_keras_worker BACKEND PRECISION
"""

import importlib.metadata
import platform
import sys

import numpy as np

from harness import exchange
from harness.workers import protocol, user_code


class AuditKerasWorker(object):
    """The operations that an audit may ask of a side; the same as the graph worker's.

    Arguments:
        backend: "tensorflow", "jax" or "torch"; KERAS_BACKEND has to say the same.
        precision: "float32" or "float64".
    """

    def __init__(self, backend, precision):
        from harness.workers.keras_worker import single_threaded

        single_threaded(backend)
        import keras

        keras.config.set_floatx(precision)
        if precision == "float64":
            from harness.workers import keras_lifting

            keras_lifting.lift()
        self.keras, self.backend, self.precision = keras, backend, precision
        self._steps = None

    def open(self, side, inputs, loss, optimizer, outputs=()):
        """Build a side; says what it is, and what it cannot do and why.

        Arguments:
            outputs: the other side's, for one that names none.
        """
        from harness.workers.audit_keras import AuditedModel

        request = {
            "side": side, "inputs": inputs, "loss": loss, "optimizer": optimizer,
            "outputs": list(outputs),
        }  # fmt: skip
        self.audited = AuditedModel(request, self.precision)
        cannot = {}
        if not self.audited.has_loss:
            cannot = dict.fromkeys(("loss", "gradients", "trajectory"), "names no loss")
        if not self.audited.trainable:
            cannot.update(gradients="has nothing to train", trajectory="has nothing to train")
        if "gradients" in cannot:
            cannot["optimiser"] = cannot["gradients"]
        elif not self.audited.has_optimizer:
            cannot.update(optimiser="names no optimizer", trajectory="names no optimizer")
        drops = [x for x in self.audited.layers.values() if isinstance(x, self._dropouts())]
        return {
            "parameters": self.audited.parameters(),
            "outputs": sorted(self.audited.outputs),
            "unused": [],
            "layers": [path for path, layer in self.audited.layers.items() if layer.weights],
            "settings": self.audited.settings(),
            "forget_biases": {},
            "cannot": cannot,
            "dropouts": len(drops),
            "versions": self._versions(),
        }

    def _dropouts(self):
        layers = self.keras.layers
        return (layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D)

    def _versions(self):
        return {
            "python": platform.python_version(),
            "keras": self.keras.__version__,
            self.backend: importlib.metadata.version(self.backend),
            "numpy": np.__version__,
        }

    # -- operations ----------------------------------------------------------------------------

    def values(self, out):
        exchange.write(out, self.audited.values())

    def infer(self, weights, batch, out):
        exchange.write(out, self._found("infer", weights, batch))

    def train(self, weights, batch, out):
        mode = "differentiate" if self.audited.has_loss and self.audited.trainable else "forward"
        found = self._found(mode, weights, batch)
        trainable = self.audited.trainable
        for path, value in self.audited.values().items():
            if path not in trainable:
                found["state/" + path] = value
        exchange.write(out, found)

    def _found(self, mode, weights, batch):
        audited, steps = self._loaded(weights), self._steps_of()
        batch = exchange.read_arrays(batch)
        arguments = [audited.inputs_of(batch), audited.labels_of(batch)]
        with user_code.blamed(audited.folder, "running the model"):
            found = getattr(steps, mode)(*(arguments + ([] if mode == "infer" else [{}])))
        return self._kept(found)

    def _kept(self, found):
        """Outputs under their names, activations by layer and place."""
        kept = {}
        for name, array in found.items():
            if name.startswith(("outputs/", "gradients/")) or (
                name == "loss" and self.audited.has_loss
            ):
                kept[name] = array
        for layer, paths in self.audited.segments().items():
            for index, path in enumerate(paths):
                if "activations/" + path in found:
                    kept["activations/%s/%03d" % (layer, index)] = found["activations/" + path]
        return kept

    def optimise(self, weights, batch, gradients, sizes, out):
        """Steps of the optimiser on given gradients: `parameters/<name>`, `slots/<name>/<slot>`."""
        audited, apply = self._loaded(weights), self._steps_of().apply
        gradients = exchange.read_arrays(gradients)
        for size in sizes:
            apply([np.asarray(size * gradients[p], self.precision) for p in audited.trainable])
        values = audited.values()
        found = exchange.grouped("parameters", {p: values[p] for p in audited.trainable})
        found.update(exchange.grouped("slots", audited.slots()))
        exchange.write(out, found)

    def trajectory(self, weights, batches, out):
        """Train for as many steps as there are batches; see the graph worker."""
        batches = exchange.read_arrays(batches)
        steps = sorted({name.split("/", 1)[0] for name in batches})
        audited, found = self._loaded(weights), {}
        for step in steps:
            batch = exchange.under(batches, step)
            arguments = (audited.inputs_of(batch), audited.labels_of(batch), {})
            with user_code.blamed(audited.folder, "training the model"):
                found["loss/" + step] = self._steps_of().advance(*arguments)
            if step == steps[0]:
                found.update(exchange.grouped("parameters", audited.values()))
        exchange.write(out, found)

    def _loaded(self, weights):
        self.audited.assign(exchange.read_arrays(weights))
        return self.audited

    def _steps_of(self):
        from harness.workers.keras_steps import steps_for

        if self._steps is None:
            self._steps = steps_for(self.audited, "off")
        return self._steps


def main(backend, precision):
    worker = AuditKerasWorker(backend, precision)
    operations = ("open", "values", "infer", "train", "optimise", "trajectory")
    protocol.serve({operation: getattr(worker, operation) for operation in operations})


if __name__ == "__main__":
    main(*sys.argv[1:])
