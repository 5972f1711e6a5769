"""Backups of a run of `fit`, from which it goes on as if nothing had happened, bit for bit."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import h5py
import keras

from tf2_native.data import Batches
from tf2_native.errors import InputError
from tf2_native.interruption import Interrupted, StopRequest

# What Keras' own callbacks remember between epochs.
_REMEMBERED = ("best", "wait", "best_epoch")


@dataclass(frozen=True)
class Progress:
    """How far a run has come.

    Attributes:
        epoch: the one under way, counted from zero.
        batches: how many of it are done.
        epoch_state: see `Batches.epoch_state`.
        callbacks: what each callback remembers.
        settings: what the run was started with.
        data: by what they are for, the identity of its clouds; None in backups that do not tell.
    """

    epoch: int = 0
    batches: int = 0
    epoch_state: dict[str, Any] | None = None
    callbacks: tuple[dict[str, Any], ...] = ()
    settings: dict[str, Any] | None = None
    data: dict[str, dict[str, Any]] | None = None


def read_progress(path: Path) -> Progress:
    """How far the run came that a backup is of.

    Raises:
        InputError: there is no backup, or it is damaged.
    """
    if not path.is_file():
        raise InputError(f"{path}: no backup to resume from; start without --resume")
    try:
        with h5py.File(path) as file:
            fields = json.loads(file.attrs["progress"])
        return Progress(**{**fields, "callbacks": tuple(fields["callbacks"])})
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no backup, or a damaged one ({error})") from error


class Backup(keras.callbacks.Callback):
    """Writes a backup every so many steps and after each epoch, and starts `fit` from one.

    `keras.callbacks.BackupAndRestore` brings back weights, and begins an epoch anew. This one also
    brings back the place in the epoch, the generator that shuffles and augments, the seeds of
    dropout, the counters of schedules, the sums of the epoch's metrics, and what the other
    callbacks remember, so that no batch is repeated, skipped, or seen otherwise.

    It has to be the last callback: what it writes is what the others have come to.

    Arguments:
        path: the file, replaced as a whole each time.
        batches: what `fit` is given.
        others: the callbacks before it.
        settings, data: kept in the backup, to be compared.
        every: steps between backups.
        request: asked after each step whether to stop.
        progress: where to start; None for the beginning.
    """

    def __init__(
        self,
        path: Path,
        batches: Batches,
        others: Sequence[keras.callbacks.Callback],
        *,
        settings: dict[str, Any],
        data: dict[str, dict[str, Any]],
        every: int,
        request: StopRequest,
        progress: Progress | None = None,
    ) -> None:
        super().__init__()
        self.path = path
        self.batches = batches
        self.others = others
        self.settings = settings
        self.data = data
        self.every = every
        self.request = request
        self._start = progress
        self._memory = progress.callbacks if progress else ()
        self._epoch = 0
        self._offset = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Reminds the callbacks, which forget whenever `fit` begins: after a resumed epoch, too."""
        if self._memory:
            for callback, memory in zip(self.others, self._memory, strict=True):
                vars(callback).update(memory)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Puts every variable back before the first step, metrics included."""
        self._epoch, self._offset = epoch, 0
        if self._start:
            self._offset = self._start.batches
            self._read_variables()
            if not self._offset:
                self.model.reset_metrics()  # Between epochs they still hold those of validation.
            self._start = None

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes a backup if it is time, or if the run is to stop.

        Raises:
            Interrupted: after the backup, if the run is to stop.
        """
        done = self._offset + batch + 1
        # After the last step validation follows, and is not interrupted.
        if batch + 1 == len(self.batches):
            return
        if self.request.received or done % self.every == 0:
            self._write(self._epoch, done)
            self._stop_if_requested()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes a backup at the border of two epochs.

        Raises:
            Interrupted: after it, if the run is to stop.
        """
        self._memory = self._memories()
        self._write(epoch + 1, 0)
        self._stop_if_requested()

    def _stop_if_requested(self) -> None:
        if self.request.received:
            raise Interrupted

    def _write(self, epoch: int, batches: int) -> None:
        progress = Progress(
            epoch, batches, self.batches.epoch_state, self._memories(), self.settings, self.data
        )
        temporary = self.path.with_suffix(".part")
        with h5py.File(temporary, "w") as file:
            file.attrs["progress"] = json.dumps(asdict(progress))
            for number, variable in enumerate(self._variables()):
                file[str(number)] = keras.ops.convert_to_numpy(variable)
        os.replace(temporary, self.path)

    def _read_variables(self) -> None:
        with h5py.File(self.path) as file:
            for number, variable in enumerate(self._variables()):
                variable.assign(file[str(number)][()])

    def _variables(self) -> list[keras.Variable]:
        """All that a step reads or changes, each once, in an order that a restart keeps."""
        model = self.model  # On JAX, asking for it fetches the variables' values.
        found = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
        return list({id(variable): variable for variable in found}.values())

    def _memories(self) -> tuple[dict[str, Any], ...]:
        return tuple(
            {key: _plain(vars(callback)[key]) for key in _REMEMBERED if key in vars(callback)}
            for callback in self.others
        )


def _plain(value: Any) -> Any:
    return value if value is None else float(value)
