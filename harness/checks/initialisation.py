"""Initialisation: the same distribution for every parameter, constants and limits included.

Random parameters are drawn over several seeds on both sides and compared by two tests that assume
nothing about the distribution. Kolmogorov and Smirnov's compares the whole shape. The other looks
at the limits: if both sides draw alike, the largest magnitudes of the pooled draws come from
either side like tosses of a coin, and a long run of one side is as unlikely as a run of heads.
Neither sees a draw that is the same under every seed, so that is asked for itself.
"""

import numpy as np

from harness.cases import Case
from harness.outcome import Finding, Outcome, figures, outcome
from harness.subject import Reference, Subject
from harness.tolerance import MULTIPLE, Arrays, Measurement, measure

SEEDS = 2
SIGNIFICANCE = 1e-9  # of one test: how rarely a faithful candidate would be called a departure
DRAWS = 1_000  # of a parameter that are looked at, spread evenly


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    theirs, ours = reference.draws(case, SEEDS), candidate.draws(case, SEEDS)
    measurements = [
        measurement
        for parameter in case.model.parameters
        for measurement in (
            *_repeated(parameter.name, theirs, ours),
            *_compare(
                parameter.name,
                _pooled(theirs, parameter.name),
                _pooled(ours, parameter.name),
                candidate.precision,
            ),
        )
    ]

    def finding(measurement: Measurement) -> Finding:
        place, aspect = measurement.tensor.split(":")
        if aspect == "seeds":
            message = f"is drawn the same under each of {SEEDS} seeds"
            return Finding("initialisation", place, message, measurement.tensor)
        one, other = _pooled(theirs, place), _pooled(ours, place)
        message = (
            f"starts differently ({aspect}): in [{other.min():.4g}, {other.max():.4g}] "
            f"instead of [{one.min():.4g}, {one.max():.4g}]; {figures(measurement)}"
        )
        return Finding("initialisation", place, message, measurement.tensor)

    return outcome(measurements, finding)


def thinned(array: np.ndarray) -> np.ndarray:
    """At most DRAWS entries of one draw, spread evenly over the array, flattened."""
    flat = np.ravel(array)
    return flat[:: max(1, -(-flat.size // DRAWS))]


def _pooled(draws: Arrays, name: str) -> np.ndarray:
    seeds = sorted({path.split("/", 1)[0] for path in draws})
    return np.concatenate([thinned(draws[f"{seed}/{name}"]) for seed in seeds])


def _compare(name: str, theirs: np.ndarray, ours: np.ndarray, precision: str) -> list[Measurement]:
    if theirs.min() == theirs.max():
        constant = np.full(ours.shape, theirs[0])
        return [measure(f"{name}:constant", constant, ours, 0.0, precision)]
    spread = float(np.std(ours) / np.std(theirs))
    return [
        _measurement(f"{name}:distribution", *kolmogorov_smirnov(theirs, ours), spread),
        _measurement(f"{name}:limits", *extreme_run(theirs, ours), spread),
    ]


def _repeated(name: str, theirs: Arrays, ours: Arrays) -> list[Measurement]:
    """A departure if a candidate draws the same whatever the seed, and the reference does not."""
    if _is_repeated(name, theirs) or not _is_repeated(name, ours):
        return []
    return [Measurement(f"{name}:seeds", 1.0, 0.0, scale=1.0)]


def _is_repeated(name: str, draws: Arrays) -> bool:
    of_seeds = [array.tobytes() for path, array in draws.items() if path.split("/", 1)[1] == name]
    return len(set(of_seeds)) < len(of_seeds)


def _measurement(tensor: str, statistic: float, critical: float, spread: float) -> Measurement:
    """A test as a measurement: the multiple of the noise is where the test rejects.

    A statistic is no distance of entries, so it has no scale to be relative to. Its gain is the
    candidate's standard deviation over the reference's.
    """
    return Measurement(tensor, statistic, critical / MULTIPLE, scale=float("inf"), gain=spread)


def kolmogorov_smirnov(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Largest difference of two empirical distributions, and where the test rejects.

    Arguments:
        one, other: 1-D samples of sizes n and m.

    Returns:
        (statistic, critical value at SIGNIFICANCE, asymptotic).
    """
    pooled = np.sort(np.concatenate([one, other]))
    shares = [
        np.searchsorted(np.sort(sample), pooled, side="right") / sample.size
        for sample in (one, other)
    ]
    spread = np.sqrt((one.size + other.size) / (one.size * other.size))
    critical = np.sqrt(-np.log(SIGNIFICANCE / 2) / 2) * spread
    return float(np.max(np.abs(shares[0] - shares[1]))), float(critical)


def extreme_run(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """How many of the largest magnitudes come from one side before the other has its first.

    The chance of a run of r or more is about 2 * share ** r, with the share of the side's draws.

    Returns:
        (length of the run, critical length at SIGNIFICANCE).
    """
    sides = np.repeat([0, 1], [one.size, other.size])
    order = np.argsort(-np.abs(np.concatenate([one, other])), kind="stable")
    sides = sides[order]
    changes = np.flatnonzero(sides != sides[0])
    run = int(changes[0]) if changes.size else sides.size
    share = (one.size if sides[0] == 0 else other.size) / sides.size
    return float(run), float(np.log(SIGNIFICANCE / 2) / np.log(share))
