"""How far apart two right answers may be: derived from the reference, never typed.

The reference is run again with its inputs and weights nudged by one unit in the last place, a few
times. How far a tensor moves is its rounding noise: what no implementation can be blamed for, the
conditioning of the computation included. A candidate passes if it stays within a small fixed
multiple of that.

A maximum that two points nearly share is another matter: rounding decides who gets the gradient,
and two nudges may miss it. So where gradients are taken in float32, the reference is nudged again,
as far as half the multiple, in pairs of opposite directions: whatever is that near a tie falls the
other way under one of a pair. What is smooth moves in proportion, and gains nothing by it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

Arrays = Mapping[str, np.ndarray]

NUDGES = 2
# Another order of summation errs some six times as far as two random nudges reach, at the worst
# that was seen over networks, seeds and precisions; a semantic slip, in float64, a million times.
MULTIPLE = 32.0
FAR = int(MULTIPLE) // 2  # units in the last place of a far nudge
FAR_PAIRS = 2


@dataclass(frozen=True)
class Measurement:
    """How far a candidate's tensor is from the reference's, in units that mean something.

    Attributes:
        tensor: its name in the trace.
        distance: largest absolute difference of an entry.
        noise: the reference's own rounding noise, same unit; at least one unit in the last place
            of the tensor's largest entry.
        scale: the magnitude at which the tensor is computed: its largest entry or, where
            cancellation has left less than half of the digits (the gradient of a bias in front of
            a batch norm is zero but for rounding), the noise over the machine epsilon.
        gain: of a candidate that departs: it as a multiple of the reference, by least squares;
            tells a term that is halved from one that is summed. NaN where that says nothing.
        share: of a candidate that departs: the share of entries that do.
        negative: of a candidate that departs: whether it goes below zero, where the reference
            never does; what was last a ReLU no longer is.
    """

    tensor: str
    distance: float
    noise: float
    scale: float
    gain: float = math.nan
    share: float = math.nan
    negative: bool = False

    @property
    def ratio(self) -> float:
        """Distance over noise."""
        if self.distance == 0:
            return 0.0
        return self.distance / self.noise if self.noise > 0 else float("inf")

    @property
    def relative(self) -> float:
        """Distance over scale."""
        if self.distance == 0:
            return 0.0
        return self.distance / self.scale if self.scale > 0 else float("inf")

    @property
    def passed(self) -> bool:
        """Whether the distance is within the multiple; never so for NaN."""
        return bool(self.ratio <= MULTIPLE)


def nudged(array: np.ndarray, rng: np.random.Generator, ulps: int = 1) -> np.ndarray:
    """Every entry moved to a float nearby, up or down at random; exact zeros stay.

    Arguments:
        array: float array of any shape; its dtype says what is nearby.
        ulps: how many floats further, to the neighbour by default; negative for the other way.
    """
    # Read as integers, neighbouring floats of one sign are neighbours.
    steps = (2 * rng.integers(2, size=array.shape, dtype=np.int8) - 1) * np.int8(ulps)
    moved = (array.view(f"i{array.itemsize}") + steps).view(array.dtype)
    return np.where(array == 0, array, moved)


def rounding_noise(reference: Arrays, reruns: Sequence[Arrays]) -> dict[str, float]:
    """How far each of the reference's tensors moved at most in its nudged reruns."""
    return {
        name: max((distance(array, rerun[name]) for rerun in reruns), default=0.0)
        for name, array in reference.items()
    }


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Largest absolute difference of an entry; infinite where shapes differ or a value is NaN."""
    if np.shape(one) != np.shape(other):
        return float("inf")
    if np.size(one) == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        largest = np.max(np.abs(np.subtract(one, other, dtype=np.float64)))
    return float("inf") if np.isnan(largest) else float(largest)


def measure(
    tensor: str, reference: np.ndarray, candidate: np.ndarray, noise: float, precision: str
) -> Measurement:
    """Compare one tensor.

    Arguments:
        reference, candidate: arrays of one shape.
        noise: the reference's rounding noise.
        precision: "float32" or "float64", of the computation.
    """
    epsilon = float(np.finfo(precision).eps)
    largest = float(np.max(np.abs(reference), initial=0.0))
    floor = max(noise, epsilon * largest)
    cancelled = noise > np.sqrt(epsilon) * largest
    measured = Measurement(
        tensor=tensor,
        distance=distance(reference, candidate),
        noise=floor,
        scale=noise / epsilon if cancelled else largest,
    )
    if measured.passed:
        return measured
    return replace(
        measured,
        gain=gain(reference, candidate),
        share=_share(reference, candidate, MULTIPLE * floor),
        negative=bool(np.min(candidate, initial=0) < 0 <= np.min(reference, initial=0)),
    )


def _share(reference: np.ndarray, candidate: np.ndarray, within: float) -> float:
    """The share of entries that are further apart than that; NaN where shapes differ."""
    if np.shape(reference) != np.shape(candidate):
        return math.nan
    apart = np.abs(np.subtract(reference, candidate, dtype=np.float64))
    return float(np.mean(~(apart <= within)))


def gain(reference: np.ndarray, candidate: np.ndarray) -> float:
    """The number that the reference has to be multiplied by to come closest to the candidate.

    NaN where shapes differ, the reference is zero, or a value is not finite.
    """
    one, other = (np.ravel(np.asarray(a, np.float64)) for a in (reference, candidate))
    if np.shape(reference) != np.shape(candidate):
        return math.nan
    power, product = float(one @ one), float(one @ other)
    return product / power if power > 0 and math.isfinite(product) else math.nan
