"""What both sides are given alike: weights, a batch, and batches for many steps."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import h5py
import numpy as np

from harness.audit.names import role
from harness.audit.spec import Input, Spec, SpecError
from harness.exchange import ExchangeError, read_arrays
from harness.tolerance import Arrays, nudged


@dataclass(frozen=True)
class Sample:
    """Weights and a batch.

    Attributes:
        weights: by the reference's names, in its shapes.
        batch: by names in `[inputs]`.
        key: tells this sample from others in one run.
    """

    weights: Arrays
    batch: Arrays
    key: str = "base"

    def nudged(self, index: int, precision: str) -> Sample:
        """The sample with every weight and real input moved by one unit in the last place."""
        rng = np.random.default_rng([index, zlib.crc32(self.key.encode())])
        return replace(
            self,
            weights=nudged_floats(self.weights, rng, precision),
            batch=nudged_floats(self.batch, rng, precision),
            key=f"{self.key}/nudge-{index}",
        )


def nudged_floats(
    arrays: Arrays, rng: np.random.Generator, precision: str
) -> dict[str, np.ndarray]:
    """Arrays of floats nudged, others as they are."""
    return {
        name: nudged(np.asarray(a, precision), rng) if np.asarray(a).dtype.kind == "f" else a
        for name, a in arrays.items()
    }


def telling(initial: Arrays, seed: int) -> dict[str, np.ndarray]:
    """Weights in which nothing hides: what starts constant is moved off its starting value.

    Biases of zero, gammas of one and fresh moving statistics agree about far too much. A variance
    stays positive.
    """
    return {name: _telling(name, value, seed) for name, value in initial.items()}


def _telling(name: str, value: np.ndarray, seed: int) -> np.ndarray:
    if value.dtype.kind != "f" or value.size == 0 or np.ptp(value) != 0:
        return value
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    if role(name) == "moving_variance":
        moved = np.abs(value) + 0.5 + 0.5 * rng.random(value.shape)
    else:
        moved = value + 0.1 * rng.standard_normal(value.shape)
    return np.asarray(np.float32(moved), value.dtype)


def make_batches(spec: Spec, steps: int) -> list[dict[str, np.ndarray]]:
    """A batch for each of so many steps; from a file, rows after rows, from the top again.

    Raises:
        SpecError: a file that cannot be read, or does not have what the description says.
    """
    files = {name: _read(spec, name) for name, given in spec.inputs.items() if given.file}
    return [
        {name: _batch(spec, name, files, step) for name in spec.inputs} for step in range(steps)
    ]


def _batch(spec: Spec, name: str, files: Mapping[str, np.ndarray], step: int) -> np.ndarray:
    given = spec.inputs[name]
    if name not in files:
        seed = [spec.seed, zlib.crc32(name.encode()), step]
        return _draw(given, np.random.default_rng(seed))
    array = files[name]
    size = given.shape[0] if given.shape else len(array)
    return np.take(array, np.arange(step * size, (step + 1) * size), axis=0, mode="wrap")


def _draw(given: Input, rng: np.random.Generator) -> np.ndarray:
    shape = given.shape
    if given.classes is not None and given.one_hot:
        drawn = np.eye(given.classes)[rng.integers(given.classes, size=shape[:-1])]
        return drawn.astype(given.dtype or "float32")
    if given.classes is not None:
        return rng.integers(given.classes, size=shape).astype(given.dtype or "int32")
    if given.integers is not None:
        first, end = given.integers
        return rng.integers(first, end, size=shape).astype(given.dtype or "int32")
    if given.uniform is not None:
        low, high = given.uniform
        return rng.uniform(low, high, size=shape).astype(given.dtype or "float32")
    mean, deviation = given.normal or (0.0, 1.0)
    return rng.normal(mean, deviation, size=shape).astype(given.dtype or "float32")


def _read(spec: Spec, name: str) -> np.ndarray:
    """The array of a file, checked against the description."""
    given = spec.inputs[name]
    where = f"{spec.file}: inputs.{name}"
    assert given.file is not None
    assert given.array is not None
    path = spec.file.parent / given.file
    try:
        if h5py.is_hdf5(path):
            arrays = read_arrays(path)
        else:
            with np.load(path, allow_pickle=False) as archive:
                if isinstance(archive, np.ndarray):
                    raise SpecError(f"{where}.file: {given.file}: neither .npz nor HDF5")
                arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError, ExchangeError, AttributeError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(f"{where}.file: {given.file}: cannot be read: {error}") from None
    if given.array not in arrays:
        raise SpecError(
            f"{where}.array: {given.file} has no {given.array!r}: it has {', '.join(arrays)}"
        )
    array = np.asarray(arrays[given.array], given.dtype)
    if array.dtype.kind not in "fiub":
        raise SpecError(f"{where}.array: {given.array} is {array.dtype}, not numbers")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise SpecError(f"{where}.array: {given.array} has values that are NaN or infinite")
    if given.shape and array.shape[1:] != given.shape[1:]:
        raise SpecError(
            f"{where}.shape: {list(given.shape)}, but {given.array} of {given.file} is "
            f"{list(array.shape)}"
        )
    if array.ndim == 0 or len(array) == 0:
        raise SpecError(f"{where}.array: {given.array} of {given.file} is empty")
    return array
