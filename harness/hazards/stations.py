"""What a trial needs at hand: live workers, lent to one job at a time and kept for the next."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from harness.cases import BATCH, POINTS, Case, make_case
from harness.datasets import digits, primitives, s3dis, sample
from harness.equivalence import COMPAT, REAL, Pair
from harness.models import MODELS, Model
from harness.runtimes import RUNTIMES, RuntimeUnavailable
from harness.subject import Subject
from harness.worker import ROOT

NATIVE = ("tf2_native", "tensorflow")
# Compiled code for what is repeated a hundred times; kept from one run to the next, too.
LEARNER = ("tf2_native", "jax")
_LOANS = 15  # of a station; frameworks do not give back all the memory that they have taken
_ROOMS = 4  # that the scenes to learn from are blocks of
_BLOCKS = 24  # of a room


class Station:
    """A candidate in one precision and its reference, or one alone that learns.

    Arguments:
        precision: of both.
        alone: whether there is no reference.
    """

    def __init__(self, precision: str, alone: bool = False) -> None:
        with contextlib.ExitStack() as started:
            native = _subject(learner() if alone else NATIVE, precision)
            self.native = started.enter_context(native)
            self._reference = None
            if not alone:
                self._reference = started.enter_context(_subject(referee(), precision))
            self._workers = started.pop_all()
        self.loans = 0
        self._root = ROOT
        self._model: Model | None = None

    @property
    def reference(self) -> Subject:
        assert self._reference is not None, "a station without reference"
        return self._reference

    def run(self, root: Path) -> None:
        """Have the candidate be the copy of the implementation in this folder."""
        if root != self._root:
            self._root = root
            self.native.reimport(root)

    def turn_to(self, model: Model) -> None:
        """Have the reference let go of the network that it has answered for before."""
        if self._model not in (None, model):
            self.reference.forget(self._model)
        self._model = model

    def close(self) -> None:
        """End its workers, also in the middle of a request."""
        self._workers.close()


def _subject(pair: Pair, precision: str) -> Subject:
    implementation, runtime = pair
    return Subject(implementation, RUNTIMES[runtime], precision)


def learner() -> Pair:
    """Who trains on this machine."""
    return _first_present(LEARNER, NATIVE)


def referee() -> Pair:
    """The reference: TensorFlow 1.15 where it can be had, else the same source on compat.v1."""
    return _first_present(REAL, COMPAT)


def _first_present(wanted: Pair, instead: Pair) -> Pair:
    try:
        RUNTIMES[wanted[1]].interpreter()
    except RuntimeUnavailable:
        return instead
    return wanted


class Stations:
    """All stations of this process."""

    def __init__(self) -> None:
        self._free: dict[tuple[str, bool], list[Station]] = {}
        self._lent: set[Station] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lent(self, precision: str, alone: bool = False) -> Iterator[Station]:
        """One that nobody else has until the block ends; one that failed is not kept."""
        free = self._free.setdefault((precision, alone), [])
        with self._lock:
            station = free.pop() if free else None
        station = station or Station(precision, alone)
        self._lent.add(station)
        try:
            yield station
            station.loans += 1
        except BaseException:
            station.loans = _LOANS
            raise
        finally:
            with self._lock:
                self._lent.discard(station)
                if station.loans < _LOANS:
                    free.append(station)
            if station.loans >= _LOANS:
                station.close()

    def close(self) -> None:
        """End all, those that are lent too."""
        with self._lock:
            stations = [*self._lent, *(station for free in self._free.values() for station in free)]
            self._free.clear()
        for station in stations:
            station.close()


STATIONS = Stations()


def data_for(task: str) -> Path:
    """A folder of data that a network of this task learns from, made once in a process."""
    with _MAKING:
        folder = Path(_scratch().name, task)
        if not folder.exists():
            _WRITERS[task](folder)
        return folder


_MAKING = threading.Lock()


@lru_cache(maxsize=1)
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="hazards-", ignore_cleanup_errors=True)


def _rooms() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    for number in range(_ROOMS):
        blocks = sample("scenes", _BLOCKS, POINTS, seed=number)
        yield f"Area_1_office_{number + 1}", blocks["points"], blocks["labels"].astype(np.uint8)
    last = sample("scenes", 1, POINTS, seed=_ROOMS)
    yield "Area_6_office_1", last["points"], last["labels"].astype(np.uint8)


_WRITERS: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        "classification": digits.build,
        "parts": partial(primitives.build_shapenet_part, val=1, test=1, num_points=POINTS),
        "scenes": lambda folder: s3dis.write_blocks(folder, _rooms()),
    }
)


@lru_cache(maxsize=len(MODELS))
def case_of(key: str, seed: int) -> Case:
    """A network with weights and a batch drawn from a seed.

    In front of the max over the points, one gamma in sixteen is exactly zero: all points tie. Where
    points have parts, they are so few that not every part of a shape is there.
    """
    model = MODELS[key]
    folder = data_for(model.task) if model.task == "classification" else None
    points = POINTS // 8 if model.task == "parts" else POINTS
    case = make_case(model, sample(model.task, BATCH, points, seed, folder), seed)
    for layer in model.symmetric:
        case.weights[f"{layer}/bn/gamma"][::16] = 0
    return replace(case, key=f"seed-{seed}")
