"""Batches of any format's clouds, in the order in which TF1 trained on them."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import keras
import numpy as np
from numpy.typing import NDArray

from tf2_native.data.clouds import Batch, Clouds, Split
from tf2_native.errors import InputError

Augmentation = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
T = TypeVar("T")

# Keras looks at no more than this many batches to learn their shapes, and wants them again later.
_LOOKED_AT = 2


def count_batches(split: Split, batch_size: int, drop_remainder: bool = True) -> int:
    """Number of batches in an epoch of `clouds_in_batches`.

    Raises:
        InputError: there is none.
    """
    spare = 0 if drop_remainder else batch_size - 1
    count = sum((len(file) + spare) // batch_size for file in split.files)
    if not count:
        raise InputError(
            f"{split.folder}: no file holds a batch of {batch_size} clouds; lower the batch size"
        )
    return count


def clouds_in_batches(
    split: Split,
    batch_size: int,
    *,
    rng: np.random.Generator | None = None,
    augmentation: Augmentation | None = None,
    drop_remainder: bool = True,
) -> Iterator[Clouds]:
    """One epoch, with one file open at a time.

    Arguments:
        split: the clouds.
        batch_size: clouds per batch.
        rng: shuffles the files, and the clouds of each; None for neither.
        augmentation: from a batch's points and `rng` to new points; None for none.
        drop_remainder: whether to drop the batch that a file cannot fill.
    """
    for index in _order(len(split.files), rng):
        clouds = split.files[index].open()
        order = _order(len(split.files[index]), rng)
        stop = len(order) - batch_size + 1 if drop_remainder else len(order)
        for start in range(0, stop, batch_size):
            batch = clouds[order[start : start + batch_size]]
            if augmentation and rng is not None:
                batch = batch.moved(augmentation(batch.points, rng))
            yield batch


def _order(count: int, rng: np.random.Generator | None) -> NDArray[Any]:
    return np.arange(count) if rng is None else rng.permutation(count)


class Batches(keras.utils.PyDataset):
    """The epochs of `clouds_in_batches`, for `fit`.

    Batches are made in order, each once, one ahead of those asked for; so there are no workers, and
    an epoch's draws are exactly these, in this order: `rng.permutation(files)`; on opening a file
    `rng.permutation(clouds)`; for each of its batches those of the augmentation. Within an epoch
    the next batch is served whatever index is asked for: `fit` shuffles indices unless told
    otherwise. Before an epoch it looks at the first batches, which are held, and served again.

    An epoch is known by the state of `rng` at its start, so it can be taken up again, at any batch.

    Arguments:
        split: the clouds.
        batch_size: clouds per batch.
        rng: shuffles and augments; None for neither.
        augmentation: see `clouds_in_batches`.
        form: from a batch of clouds to what the network takes, and what it is told to answer.
        drop_remainder: see `clouds_in_batches`.

    Attributes:
        failure: what ended the stream, if it was something in the files.

    Raises:
        InputError: an epoch would be empty.
    """

    def __init__(
        self,
        split: Split,
        *,
        batch_size: int,
        form: Callable[[Clouds], Batch],
        rng: np.random.Generator | None = None,
        augmentation: Augmentation | None = None,
        drop_remainder: bool = True,
    ) -> None:
        super().__init__()
        self.split = split
        self.batch_size = batch_size
        self.form = form
        self.rng = rng
        self.augmentation = augmentation
        self.drop_remainder = drop_remainder
        self.failure: InputError | None = None
        self._length = count_batches(split, batch_size, drop_remainder)
        self._in_epoch = False
        self._position = 0
        self._restart()

    @property
    def epoch_state(self) -> dict[str, Any] | None:
        """The state of `rng` at the start of the epoch under way, or else of the one to come."""
        return self._epoch_state

    def resume(self, epoch_state: dict[str, Any] | None, batches: int) -> None:
        """Takes up an epoch after some of its batches; the ones after it are whole.

        Arguments:
            epoch_state: as it was read in that epoch.
            batches: how many to leave out; fewer than an epoch has.
        """
        if self.rng is not None and epoch_state is not None:
            self.rng.bit_generator.state = epoch_state
        self._restart()
        for _ in range(batches):
            next(self._stream)
        self._left_out = batches

    def __len__(self) -> int:
        """Number of batches in an epoch; when one has been taken up again, in the rest of it."""
        return self._length - self._left_out

    def __getitem__(self, index: int) -> Batch:
        """The next batch of the epoch under way; between epochs, a look at the one to come.

        Arguments:
            index: position in the epoch, which counts for a look alone.

        Returns:
            What `form` makes of it: the network's input and its targets.
        """
        if not self._in_epoch:
            return self._look_at(index)
        position, self._position = self._position, self._position + 1
        if position < max(_LOOKED_AT, len(self._held)):
            return self._look_at(position)
        return next(self._stream)

    def __iter__(self) -> Iterator[Batch]:
        """One epoch."""
        self.on_epoch_begin()
        for index in range(len(self)):
            yield self[index]
        self.on_epoch_end()

    def on_epoch_begin(self) -> None:
        """Tells looks from an epoch."""
        self._rewind()
        self._in_epoch = True

    def on_epoch_end(self) -> None:
        """Makes the next epoch a new one, unless Keras has only looked."""
        self._rewind()
        self._in_epoch = False

    def _look_at(self, index: int) -> Batch:
        while len(self._held) <= index:
            self._held.append(next(self._stream))
        return self._held[index]

    def _rewind(self) -> None:
        """Goes back to the start of the epoch if its batches are at hand, else on to the next."""
        if self._position == len(self) or self._position > len(self._held):
            self._stream.close()
            self._restart()
        self._position = 0

    def _restart(self) -> None:
        generator = getattr(self.rng, "bit_generator", None)
        self._epoch_state: Any = None if generator is None else generator.state
        self._left_out = 0
        self._stream: OneAhead[Batch] = OneAhead(self._epoch())
        self._held: list[Batch] = []

    def _epoch(self) -> Iterator[Batch]:
        try:
            for clouds in clouds_in_batches(
                self.split,
                self.batch_size,
                rng=self.rng,
                augmentation=self.augmentation,
                drop_remainder=self.drop_remainder,
            ):
                yield self.form(clouds)
        except InputError as error:
            self.failure = error  # On its way up, Keras would lose it in a report of its own.
            raise


class OneAhead(Generic[T]):
    """An iterator whose next item is made in another thread while the last one is used.

    Arguments:
        items: what to go through; nothing is asked of it before the first item is wanted.
    """

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._pool = ThreadPoolExecutor(1)
        self._ahead: Future[T] | None = None

    def __next__(self) -> T:
        """The next item.

        Raises:
            StopIteration: there is none left.
        """
        item = (self._ahead or self._submit()).result()
        self._ahead = self._submit()
        return item

    def close(self) -> None:
        """Waits for what is being made, and ends."""
        self._pool.shutdown(wait=True)

    def _submit(self) -> "Future[T]":
        return self._pool.submit(lambda: next(self._items))
