"""Steps of the native implementation, compiled as Keras' own `fit` and `predict` compile them.

A training step is one call of the function that `fit` calls for each batch: forward, backward,
Adam, moving statistics and the recipe's metrics, on NumPy arrays, until the loss is on the host.
Callbacks, progress bar and data adapter of `fit` are left out. An inference step is one call of the
function that `predict` calls for each batch, until the logits are on the host.
"""

import contextlib
import dataclasses
import importlib
import importlib.metadata
import platform
import sys
from pathlib import Path

import numpy as np

from harness.workers.protocol import RequestError

POLICIES = {
    "float32": "float32",
    "bfloat16": "mixed_bfloat16",
    "float16": "mixed_float16",
}


def engine_for(root, settings):
    """The engine of a Keras backend; no other backend is imported."""
    runtime = settings["runtime"]
    kinds = {
        "tensorflow": TensorFlowEngine,
        "tensorflow_xla": TensorFlowEngine,
        "jax": JaxEngine,
        "torch": TorchEngine,
    }
    return kinds[runtime](root, settings)


class KerasEngine(object):
    """What all backends share.

    Arguments:
        root: folder of the implementation.
        settings: see `timing_worker`.

    Raises:
        RequestError: a GPU is asked for, and the backend sees none.
    """

    package = None  # of the backend

    def __init__(self, root, settings):
        self.settings = settings
        self.on_gpu = settings["device"] == "gpu"
        self._set_up(settings["threads"])
        import keras

        keras.config.set_dtype_policy(POLICIES[settings["precision"]])
        self.keras = keras
        root = Path(root).resolve()
        sys.path.insert(0, str(root.parent))
        self.native = importlib.import_module(root.name)

    def versions(self):
        return {
            "python": platform.python_version(),
            "keras": self.keras.__version__,
            self.package: importlib.metadata.version(self.package),
            "numpy": np.__version__,
        }

    def build(self, network, mode, batch):
        size, points = batch["points"].shape[:2]
        recipe = dataclasses.replace(
            self.native.RECIPES[network["key"]], batch_size=size, num_points=points
        )
        self.model = self.native.build_model(
            network["key"],
            num_classes=network["num_classes"],
            num_points=points,
            bn_momentum=recipe.bn_momentum_schedule(),
        )
        self.native.compile_model(self.model, recipe)
        self.model.jit_compile = self.settings["xla"]
        self.training = mode == "training"
        inputs = self._inputs(batch)
        if self.training:
            self.model.optimizer.build(self.model.trainable_variables)
            self.data = (inputs, self._targets(batch), None)
        else:
            self.data = (inputs,)
        self._started = False

    def _inputs(self, batch):
        """The arrays that the model takes, found by the names of its inputs."""
        arrays = {t.name: _as_taken(batch[t.name], t) for t in self.model.inputs}
        return arrays if len(arrays) > 1 else arrays["points"]

    def _targets(self, batch):
        """What the model is to say, by output where it has several."""
        labels = batch["labels"].astype(np.int32)
        if not isinstance(self.model.output, dict):
            return labels
        category = batch["category"].astype(np.int32)
        targets = {"logits": labels, "category_logits": category}
        return {name: targets[name] for name in self.model.output}

    def step(self):
        if not self._started:
            self._start()
            self._started = True
        elif self.training:
            self._train()
        else:
            self._predict()

    def _start(self):
        """The first step goes in by the front door, which makes metrics and functions."""
        if self.training:
            self.model.train_on_batch(*self.data[:2])
        else:
            self.model.predict_on_batch(*self.data)

    def _train(self):
        logs = self.model.train_function(iter([self.data]))
        np.asarray(logs["loss"])

    def _predict(self):
        outputs = self.model.predict_function([self.data])
        self.keras.tree.map_structure(np.asarray, outputs)

    @contextlib.contextmanager
    def draining(self, network, folder, batch_size, num_points):
        """One epoch of the training files, shuffled and augmented."""
        data = importlib.import_module(self.native.__name__ + ".data")
        files = data.PointCloudFiles(
            folder,
            "train",
            batch_size=batch_size,
            num_points=num_points,
            rng=np.random.default_rng(0),
        )

        def epoch():
            clouds = 0
            for points, labels in files:
                self._put(points)
                self._put(labels)
                clouds += len(labels)
            return clouds

        yield epoch

    def _put(self, array):
        self.keras.ops.convert_to_tensor(array)


class TensorFlowEngine(KerasEngine):
    """Graph functions, plain or through XLA."""

    package = "tensorflow"

    def _set_up(self, threads):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        if self.on_gpu:
            if not tf.config.list_physical_devices("GPU"):
                raise RequestError("TensorFlow %s sees no GPU" % tf.__version__)
            tf.config.experimental.enable_tensor_float_32_execution(bool(self.settings["tf32"]))
        self.tf = tf

    def _train(self):
        super()._train()
        if self.on_gpu:  # the loss may be there before the update is
            self.tf.test.experimental.sync_devices()

    def device_memory(self):
        if not self.on_gpu:
            return None
        return int(self.tf.config.experimental.get_memory_info("GPU:0")["peak"])


class JaxEngine(KerasEngine):
    """Pure functions of the state, compiled; the state stays on the device between steps."""

    package = "jax"

    def _set_up(self, threads):
        import jax

        if self.on_gpu:
            if jax.default_backend() != "gpu":
                raise RequestError("JAX %s sees no GPU" % jax.__version__)
            precision = "tensorfloat32" if self.settings["tf32"] else "highest"
            if self.settings["precision"] == "float32":
                jax.config.update("jax_default_matmul_precision", precision)
        self.jax = jax

    def _start(self):
        super()._start()
        model = self.model
        groups = [model.trainable_variables, model.non_trainable_variables]
        if self.training:
            groups += [model.optimizer.variables, model.metrics_variables]
        # The functions give their state's memory back to JAX, and the variables with it.
        self.state = tuple([variable.value for variable in group] for group in groups)

    def _train(self):
        logs, self.state = self.model.train_function(self.state, iter([self.data]))
        self.jax.block_until_ready(self.state)
        np.asarray(logs["loss"])

    def _predict(self):
        outputs, self.state = self.model.predict_function(self.state, iter([self.data]))
        self.keras.tree.map_structure(np.asarray, outputs)

    def _put(self, array):
        self.jax.block_until_ready(self.jax.device_put(array))

    def device_memory(self):
        if not self.on_gpu:
            return None
        return int(self.jax.local_devices()[0].memory_stats()["peak_bytes_in_use"])


class TorchEngine(KerasEngine):
    """Eager, which is what Keras does on PyTorch unless told otherwise."""

    package = "torch"

    def _set_up(self, threads):
        import torch

        prepare_torch(torch, threads, self.settings)
        self.torch = torch

    def _train(self):
        logs = self.model.train_function([self.data])
        logs["loss"].item()
        synchronise(self.torch, self.on_gpu)

    def _predict(self):
        outputs = self.model.predict_function([self.data])
        self.keras.tree.map_structure(self.keras.ops.convert_to_numpy, outputs)

    def _put(self, array):
        self.keras.ops.convert_to_tensor(array)
        synchronise(self.torch, self.on_gpu)

    def device_memory(self):
        return int(self.torch.cuda.max_memory_allocated()) if self.on_gpu else None


def prepare_torch(torch, threads, settings):
    """Threads, and on a GPU whether float32 products may round to TF32.

    Raises:
        RequestError: a GPU is asked for, and PyTorch sees none.
    """
    torch.set_num_threads(threads)
    if settings["device"] == "gpu":
        if not torch.cuda.is_available():
            raise RequestError("PyTorch %s sees no GPU" % torch.__version__)
        torch.backends.cuda.matmul.allow_tf32 = bool(settings["tf32"])
        torch.backends.cudnn.allow_tf32 = bool(settings["tf32"])


def synchronise(torch, on_gpu):
    """Wait for the GPU, which works on after a call has returned."""
    if on_gpu:
        torch.cuda.synchronize()


def _as_taken(array, tensor):
    """An array as an input takes it: of its type, class numbers one-hot where it wants a row."""
    if array.ndim < len(tensor.shape):
        array = np.eye(tensor.shape[-1])[array]
    return array.astype(tensor.dtype)
