"""Training one network on several devices, each with its share of every batch.

`docs/scale_out.md` says what each way computes, and what it sends about.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

import keras
import numpy as np

from tf2_native.data import Clouds
from tf2_native.errors import InputError

Strategy: TypeAlias = Literal["mirrored", "jax"]

_BACKENDS: dict[Strategy, str] = {"mirrored": "tensorflow", "jax": "jax"}


@dataclass(frozen=True)
class Distribution:
    """Over what a run is spread; by default over nothing.

    Attributes:
        strategy: "mirrored" for the devices of one process on TensorFlow, "jax" for those of one or
            several processes on JAX; None for the one device that Keras takes.
        coordinator: host:port at which the first of several processes listens; None for one.
        num_processes: how many there are.
        process_id: which of them this is, counted from 0.
    """

    strategy: Strategy | None = None
    coordinator: str | None = None
    num_processes: int = 1
    process_id: int = 0

    @property
    def several_processes(self) -> bool:
        """Whether there are others."""
        return self.num_processes > 1

    def check(self) -> None:
        """Finds out what does not go together, before anything is waited for.

        Raises:
            InputError: something does not.
        """
        if self.several_processes and self.strategy != "jax":
            raise InputError("several processes need --distribute jax")
        if self.several_processes and not self.coordinator:
            raise InputError("several processes need --coordinator HOST:PORT")
        if not 0 <= self.process_id < self.num_processes:
            raise InputError(
                f"--process-id {self.process_id}: with --num-processes {self.num_processes} it "
                f"goes from 0 to {self.num_processes - 1}"
            )
        if self.strategy and keras.backend.backend() != _BACKENDS[self.strategy]:
            backend = _BACKENDS[self.strategy]
            raise InputError(f"--distribute {self.strategy}: set KERAS_BACKEND={backend}")

    @contextmanager
    def scope(self, batch_size: int) -> Iterator[None]:
        """Where a model is built and fitted. Several processes wait here for each other.

        Arguments:
            batch_size: clouds per step, over all devices.

        Raises:
            InputError: the devices cannot have equal shares.
        """
        if self.strategy is None:
            yield
        elif self.strategy == "mirrored":
            with _mirrored(batch_size):
                yield
        else:
            with self._data_parallel(batch_size):
                yield

    def share(self, clouds: Clouds) -> Clouds:
        """What this process feeds of a batch that all of them have drawn alike."""
        if not self.several_processes:
            return clouds
        size = len(clouds) // self.num_processes
        return clouds[np.arange(self.process_id * size, (self.process_id + 1) * size)]

    @contextmanager
    def folder(self, folder: Path) -> Iterator[Path]:
        """Where this process writes its results: those of all but the first are thrown away.

        They write all the same, for to save a model JAX may have to ask every process.
        """
        if self.process_id == 0:
            yield folder
            return
        with TemporaryDirectory() as scratch:
            yield Path(scratch)

    @contextmanager
    def _data_parallel(self, batch_size: int) -> Iterator[None]:
        if self.several_processes:
            keras.distribution.initialize(self.coordinator, self.num_processes, self.process_id)
        devices = keras.distribution.list_devices()
        _check_shares(batch_size, len(devices))
        # Each process feeds its own share already.
        with keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False).scope():
            yield


@contextmanager
def _mirrored(batch_size: int) -> Iterator[None]:
    import tensorflow as tf

    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    _check_shares(batch_size, len(devices))
    with tf.distribute.MirroredStrategy([device.name for device in devices]).scope():
        yield


def _check_shares(batch_size: int, devices: int) -> None:
    if batch_size % devices:
        raise InputError(
            f"--batch-size {batch_size} cannot be shared out among {devices} devices; choose a "
            f"multiple of {devices}"
        )
