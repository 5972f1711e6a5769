"""What the machine can do: one matrix product, and one sweep over memory, timed.

python -m harness.workers.roofline_worker LIBRARY SETTINGS

On a CPU the library is NumPy, whose BLAS comes tuned for the processor; on a GPU the first of JAX,
PyTorch and TensorFlow that there is.
"""

import concurrent.futures
import json
import sys
import time

import numpy as np

from harness.workers import protocol, resources
from harness.workers.protocol import RequestError

_BLOCK = 1 << 15  # elements that a core's own cache holds three times over


class NumpyProbe(object):
    """NumPy on the CPU, in float32 whatever the precision of what is measured against it."""

    def __init__(self, settings):
        self.threads = settings["threads"]
        self.pool = concurrent.futures.ThreadPoolExecutor(self.threads)

    def versions(self):
        return {"numpy": np.__version__}

    def make(self, side, elements):
        rng = np.random.RandomState(0)
        self.one, self.other = (rng.rand(side, side).astype(np.float32) for _ in range(2))
        self.product = np.empty_like(self.one)
        self.b, self.c = np.ones(elements, np.float32), np.ones(elements, np.float32)
        self.a = np.zeros(elements, np.float32)

    def multiply(self):
        np.matmul(self.one, self.other, out=self.product)

    def triad(self):
        """a = b + 3 c, each thread its share, block by block: every array crosses once."""
        shares = np.array_split(np.arange(0, len(self.a), _BLOCK), self.threads)
        list(self.pool.map(self._share, shares))

    def _share(self, starts):
        for start in starts:
            block = slice(start, start + _BLOCK)
            np.multiply(self.c[block], np.float32(3), out=self.a[block])
            np.add(self.a[block], self.b[block], out=self.a[block])


class JaxProbe(object):
    """JAX on its default device."""

    def __init__(self, settings):
        import jax
        import jax.numpy as jnp

        if settings["device"] == "gpu" and jax.default_backend() != "gpu":
            raise RequestError("JAX %s sees no GPU" % jax.__version__)
        if settings["precision"] == "float32":
            precision = "tensorfloat32" if settings["tf32"] else "highest"
            jax.config.update("jax_default_matmul_precision", precision)
        self.jax, self.jnp, self.dtype = jax, jnp, settings["precision"]
        self._multiply = jax.jit(jnp.matmul)
        self._triad = jax.jit(lambda b, c: b + 3 * c)

    def versions(self):
        return {"jax": self.jax.__version__}

    def make(self, side, elements):
        keys = self.jax.random.split(self.jax.random.key(0))
        self.one, self.other = (
            self.jax.random.uniform(key, (side, side), self.dtype) for key in keys
        )
        self.b = self.c = self.jnp.ones(elements, "float32")
        self.c = self.c + 0  # an array of its own

    def multiply(self):
        self.jax.block_until_ready(self._multiply(self.one, self.other))

    def triad(self):
        self.jax.block_until_ready(self._triad(self.b, self.c))


class TorchProbe(object):
    """PyTorch on its first GPU, or the CPU."""

    def __init__(self, settings):
        import torch

        from harness.workers.keras_timing import prepare_torch

        prepare_torch(torch, settings["threads"], settings)
        self.torch, self.dtype = torch, getattr(torch, settings["precision"])
        self.device = "cuda" if settings["device"] == "gpu" else "cpu"

    def versions(self):
        return {"torch": self.torch.__version__}

    def make(self, side, elements):
        torch = self.torch
        self.one, self.other = (
            torch.rand(side, side, device=self.device).to(self.dtype) for _ in range(2)
        )
        self.b, self.c = (torch.ones(elements, device=self.device) for _ in range(2))
        self.a = torch.empty_like(self.b)

    def multiply(self):
        self.torch.mm(self.one, self.other)
        self._synchronise()

    def triad(self):
        self.torch.add(self.b, self.c, alpha=3, out=self.a)
        self._synchronise()

    def _synchronise(self):
        if self.device == "cuda":
            self.torch.cuda.synchronize()


class TensorFlowProbe(object):
    """TensorFlow on its first GPU, or the CPU."""

    def __init__(self, settings):
        import tensorflow as tf

        if settings["device"] == "gpu":
            if not tf.config.list_physical_devices("GPU"):
                raise RequestError("TensorFlow %s sees no GPU" % tf.__version__)
            tf.config.experimental.enable_tensor_float_32_execution(bool(settings["tf32"]))
        self.tf, self.dtype, self.device = tf, settings["precision"], settings["device"]
        self._multiply = tf.function(tf.matmul)
        self._triad = tf.function(lambda b, c: b + 3 * c, jit_compile=True)

    def versions(self):
        return {"tensorflow": self.tf.__version__}

    def make(self, side, elements):
        tf = self.tf
        self.one, self.other = (
            tf.cast(tf.random.uniform((side, side)), self.dtype) for _ in range(2)
        )
        self.b, self.c = tf.ones(elements), tf.ones(elements)

    def multiply(self):
        self._multiply(self.one, self.other)
        self._synchronise()

    def triad(self):
        self._triad(self.b, self.c)
        self._synchronise()

    def _synchronise(self):
        if self.device == "gpu":
            self.tf.test.experimental.sync_devices()


PROBES = {"numpy": NumpyProbe, "jax": JaxProbe, "torch": TorchProbe, "tensorflow": TensorFlowProbe}


class RooflineWorker(object):
    """The operations that the harness may ask of a probe."""

    def __init__(self, probe):
        self.probe = probe

    def versions(self):
        return {"versions": self.probe.versions()}

    def make(self, side, elements):
        """Make square matrices and three long arrays, and warm up."""
        self.side, self.elements = side, elements
        self.probe.make(side, elements)
        self.measure()

    def measure(self):
        """FLOP/s of the product, and bytes a second of the triad: two arrays read, one written."""
        multiply, triad = _seconds_of(self.probe.multiply), _seconds_of(self.probe.triad)
        return {
            "flops": 2.0 * self.side**3 / multiply,
            "bandwidth": 3.0 * 4 * self.elements / triad,
        }


def _seconds_of(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main(library, settings):
    settings = json.loads(settings)
    resources.pin(settings["threads"])
    worker = RooflineWorker(PROBES[library](settings))
    protocol.serve({name: getattr(worker, name) for name in ("versions", "make", "measure")})


if __name__ == "__main__":
    main(*sys.argv[1:])
