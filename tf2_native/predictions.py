"""Predictions in an HDF5 file, written a batch at a time, however many there are."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
from numpy.typing import NDArray

FILE = "predictions.h5"


class PredictionsFile:
    """A context in which the datasets of a file grow; the TF1 scripts write the same file.

    The file appears under its name when it is whole; if the context ends in an error, not at all.

    Arguments:
        folder: where `predictions.h5` goes; created.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._partial = folder / f".{FILE}.partial-{os.getpid()}"

    def __enter__(self) -> "PredictionsFile":
        """Starts the file beside its place."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = h5py.File(self._partial, "w")
        return self

    def append(self, **arrays: NDArray[Any] | None) -> None:
        """Adds a batch.

        Arguments:
            **arrays: B x ... by name, the rest of the shape being the same each time; None for a
                name without values.
        """
        for name, array in arrays.items():
            if array is None:
                continue
            if name not in self._file:
                shape = array.shape[1:]
                self._file.create_dataset(
                    name, (0, *shape), array.dtype, maxshape=(None, *shape), chunks=array.shape
                )
            rows = self._file[name]
            rows.resize(len(rows) + len(array), axis=0)
            rows[-len(array) :] = array

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Puts the file in its place, unless something went wrong."""
        self._file.close()
        if error is None:
            os.replace(self._partial, self.path)
        else:
            self._partial.unlink(missing_ok=True)
