"""References recorded from a real TensorFlow 1.15, for machines that have none.

A recording keeps a sketch of every array that the checks ask of a reference: small ones whole, of
large ones some entries and some random projections, whose noise is recorded with them. A change of
any entry changes the projections, so a sketch is as watchful as the array, and a thousandth of it.
"""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from harness import exchange
from harness.cases import Case
from harness.checks.initialisation import thinned
from harness.models import Parameter
from harness.outcome import NotComparable
from harness.runtimes import RUNTIMES
from harness.subject import Evidence, Subject, evidence_key
from harness.tolerance import NUDGES, Arrays

FOLDER = Path(__file__).with_name("recordings")
NAME = "recorded"
# They take whole arrays, or a live reference; or are asked of the native networks alone.
NOT_RECORDED = ("isolation", "checkpoint", "export")
_WHOLE = 48  # entries up to which an array is kept as it is
_HEAD = _PROJECTIONS = 8


def sketch(name: str, array: np.ndarray) -> np.ndarray:
    """A small array that stands for a large one: its head, and random projections of it.

    Arguments:
        name: seeds the projections.
        array: any shape.

    Returns:
        The array itself if it is small; otherwise float64, 8 leading entries (row-major) and 8
        sums of all entries under random signs, divided by the root of their number.
    """
    flat = np.asarray(array).ravel()
    if flat.size <= _WHOLE:
        return np.asarray(array)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    # A seeded byte string read as bits: signs for all entries, whatever the array's length.
    bits = np.frombuffer(rng.bytes(_PROJECTIONS * (flat.size // 8 + 1)), np.uint8)
    signs = np.unpackbits(bits.reshape(_PROJECTIONS, -1), axis=1, count=flat.size)
    entries = flat.astype(np.float64)
    # The sum under signs of +1 and -1 is twice that of the entries under +1, less that of all.
    projections = [2 * entries[row.astype(bool)].sum() - entries.sum() for row in signs]
    return np.concatenate([entries[:_HEAD], np.array(projections) / np.sqrt(flat.size)])


def fingerprint(case: Case) -> str:
    """Tells cases apart by what they hold: weights and batch."""
    digest = hashlib.sha256(case.model.key.encode())
    for arrays in (case.weights, case.batch):
        for name in sorted(arrays):
            digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:16]


def recording(case: Case, precision: str) -> Path:
    """The file of a network's recording."""
    return FOLDER / f"{case.model.key}-{precision}.h5"


class RecordingReference:
    """A live reference that keeps what it is asked; `save` writes it down."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.key, self.precision = subject.key, subject.precision
        self._arrays: dict[str, np.ndarray] = {}
        self._noise: dict[str, float] = {}
        self._parameters: tuple[Parameter, ...] = ()

    def parameters(self, case: Case) -> tuple[Parameter, ...]:
        self._parameters = self.subject.parameters(case)
        return self._parameters

    def draws(self, case: Case, seeds: int) -> Arrays:
        draws = self.subject.draws(case, seeds)
        for name, array in draws.items():
            kept = thinned(array) if array.min() < array.max() else array.ravel()[:1]
            self._arrays[f"draws/{name}"] = kept.astype(np.float32)
        return draws

    def evidence(
        self,
        operation: str,
        case: Case,
        precision: str | None = None,
        nudges: int = NUDGES,
        **options: Any,
    ) -> Evidence:
        evidence = self.subject.evidence(operation, case, precision, nudges, **options)
        group = _group(operation, case, options)
        self._arrays.update(exchange.grouped(group, evidence.arrays))
        self._noise.update(exchange.grouped(group, evidence.noise))
        return evidence

    def save_checkpoint(self, case: Case, prefix: Path) -> None:
        raise NotComparable("checkpoints are not recorded")

    def load_checkpoint(self, case: Case, prefix: Path) -> Arrays:
        raise NotComparable("checkpoints are not recorded")

    def save(self, case: Case, path: Path) -> None:
        """Write the recording of what was asked about a case."""
        attributes = {
            "case": fingerprint(case),
            "reference": self.key,
            "precision": self.precision,
            "versions": json.dumps(self.subject.versions),
            "parameters": json.dumps([[p.name, p.shape, p.trainable] for p in self._parameters]),
        }
        exchange.write(path, self._arrays, attributes, self._noise)


class RecordedReference:
    """A reference that answers from a recording.

    Raises:
        NotComparable: there is no recording, or it is of another case; from the methods, that this
            was not recorded.
    """

    def __init__(self, case: Case, precision: str) -> None:
        self.key, self.precision = NAME, precision
        path = recording(case, precision)
        if not path.is_file():
            raise NotComparable(f"nothing was recorded for {case.model.key} in {precision}")
        self._arrays, attributes, self._noise = exchange.read(path)
        if attributes["case"] != fingerprint(case):
            raise NotComparable("recorded for the default case, and this is another")
        self.versions: dict[str, str] = json.loads(attributes["versions"])
        self._parameters = tuple(
            Parameter(name, tuple(shape), trainable)
            for name, shape, trainable in json.loads(attributes["parameters"])
        )

    def parameters(self, case: Case) -> tuple[Parameter, ...]:
        return self._parameters

    def draws(self, case: Case, seeds: int) -> Arrays:
        return exchange.under(self._arrays, "draws")

    def evidence(
        self,
        operation: str,
        case: Case,
        precision: str | None = None,
        nudges: int = NUDGES,
        **options: Any,
    ) -> Evidence:
        group = _group(operation, case, options)
        arrays = exchange.under(self._arrays, group)
        if not arrays:
            raise NotComparable("this was not recorded: it takes a live reference")
        noise = exchange.under(self._noise, group)
        return Evidence(arrays, noise, precision or self.precision, sketch)

    def save_checkpoint(self, case: Case, prefix: Path) -> None:
        raise NotComparable("a recording has no checkpoints: it takes a live reference")

    def load_checkpoint(self, case: Case, prefix: Path) -> Arrays:
        raise NotComparable("a recording has no checkpoints: it takes a live reference")


def _group(operation: str, case: Case, options: dict[str, Any]) -> str:
    """The HDF5 group of a piece of evidence; folders in its options differ by run."""
    plain = {name: value for name, value in options.items() if name != "folder"}
    key = evidence_key(operation, case, plain)
    return f"{operation}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def record(case: Case, precision: str) -> Path:
    """Record what the real TensorFlow 1.15 answers to every check that a recording can serve.

    Raises:
        RuntimeUnavailable: this machine has no TensorFlow 1.15.
    """
    from harness.checks import RUNGS

    path = recording(case, precision)
    path.parent.mkdir(exist_ok=True)
    with Subject("original_tf1", RUNTIMES["tf1"], precision, view=sketch) as subject:
        reference = RecordingReference(subject)
        for rung, check in RUNGS.items():
            if rung not in NOT_RECORDED:
                check(case, reference, subject)
        reference.save(case, path)
    return path
