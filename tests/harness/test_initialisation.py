"""Initialisation: two tests of distributions, neither jumpy nor blind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from harness.cases import Case
from harness.checks import initialisation
from harness.checks.initialisation import DRAWS, SEEDS, extreme_run, kolmogorov_smirnov, thinned
from harness.outcome import Outcome

Draw = Callable[[np.random.Generator, int], np.ndarray]
Test = Callable[[np.ndarray, np.ndarray], tuple[float, float]]

DISTRIBUTIONS: dict[str, Draw] = {
    "uniform": lambda rng, n: rng.uniform(-0.3, 0.3, n),
    "normal": lambda rng, n: rng.normal(0, 0.02, n),
}
both_tests = pytest.mark.parametrize("test", [kolmogorov_smirnov, extreme_run])


def uniform(limit: float, count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-limit, limit, count)


def rejects(test: Test, one: np.ndarray, other: np.ndarray) -> bool:
    statistic, critical = test(one, other)
    return statistic > critical


@both_tests
@pytest.mark.parametrize("draw", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS)
def test_samples_of_one_distribution_are_accepted(test: Test, draw: Draw) -> None:
    size = SEEDS * DRAWS
    for seed in range(200):
        rng = np.random.default_rng(seed)
        assert not rejects(test, draw(rng, size), draw(rng, size)), f"seed {seed}"


@both_tests
def test_samples_of_different_sizes_are_accepted(test: Test) -> None:
    for seed in range(50):
        rng = np.random.default_rng(seed)
        assert not rejects(test, rng.uniform(-1, 1, 4000), rng.uniform(-1, 1, 500)), f"seed {seed}"


@both_tests
@pytest.mark.parametrize("swapped", [False, True])
def test_the_limit_of_the_wrong_fan_is_rejected(test: Test, swapped: bool) -> None:
    """Glorot's limit of a 1 x 3 kernel with 64 outputs, with and without its receptive field."""
    for seed in range(20):
        samples = [uniform(0.175, 2000, seed), uniform(0.299, 2000, seed + 1000)]
        assert rejects(test, *(samples[::-1] if swapped else samples)), f"seed {seed}"


@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_a_limit_that_is_a_twentieth_off_is_rejected(factor: float) -> None:
    for seed in range(20):
        one, other = uniform(0.1, 20_000, seed), uniform(factor * 0.1, 20_000, seed + 1000)
        assert rejects(extreme_run, one, other), f"seed {seed}"


def test_another_shape_within_the_same_limits_is_rejected() -> None:
    rng = np.random.default_rng(0)
    triangular = rng.triangular(-1, 0, 1, 2000)
    assert rejects(kolmogorov_smirnov, rng.uniform(-1, 1, 2000), triangular)


def test_the_statistic_is_the_largest_gap_between_the_curves() -> None:
    one, other = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.5, 4.5, 5.0, 6.0])
    assert kolmogorov_smirnov(one, other)[0] == 0.75
    assert kolmogorov_smirnov(other, one)[0] == 0.75
    assert kolmogorov_smirnov(one, one)[0] == 0.0


def test_the_run_counts_the_largest_magnitudes_of_one_side() -> None:
    one, other = np.array([-9.0, 8.0, 7.0, 1.0]), np.array([6.0, -5.0, 4.0, 2.0])
    assert extreme_run(one, other)[0] == 3
    assert extreme_run(other, one)[0] == 3
    assert extreme_run(np.array([5.0, 6.0]), np.array([0.1, 0.2]))[0] == 2


@pytest.mark.parametrize("size", [1, 9, DRAWS - 1, DRAWS, DRAWS + 1, 2 * DRAWS + 1, 123_456])
def test_thinned_keeps_enough_and_not_too_many_from_all_over(size: int) -> None:
    kept = thinned(np.arange(size).reshape(1, size))
    assert kept.ndim == 1
    assert min(size, DRAWS / 2) <= kept.size <= DRAWS
    assert len(set(np.diff(kept))) <= 1
    assert kept[0] == 0
    assert kept[-1] >= size - max(1, size / 400)


class Side:
    """Stands for an implementation that starts as told."""

    def __init__(self, case: Case, seed: int, **changes: float) -> None:
        self.precision = "float64"
        self.changes = changes
        self.drawn = dict(self._draw(case, np.random.default_rng(seed)))

    def _draw(self, case: Case, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
        for seed in range(SEEDS):
            for p in case.model.parameters:
                value = rng.uniform(-0.3, 0.3, p.shape) if "weights" in p.name else np.ones(p.shape)
                yield f"{seed}/{p.name}", value * self.changes.get(p.name.replace("/", "_"), 1.0)

    def draws(self, case: Case, seeds: int) -> dict[str, np.ndarray]:
        assert seeds == SEEDS
        return self.drawn


@pytest.fixture(scope="module")
def reference(tiny_case: Case) -> Side:
    return Side(tiny_case, 0)


def test_the_check_finds_nothing_where_there_is_nothing(tiny_case: Case, reference: Side) -> None:
    found = check(tiny_case, reference, Side(tiny_case, 1))
    assert found.findings == ()
    assert len(found.measurements) == sum(
        2 if "weights" in p.name else 1 for p in tiny_case.model.parameters
    )


def test_the_check_finds_a_constant_that_is_off(tiny_case: Case, reference: Side) -> None:
    found = check(tiny_case, reference, Side(tiny_case, 1, conv2_bn_gamma=1.001))
    assert [f.place for f in found.findings] == ["conv2/bn/gamma"]


def test_the_check_finds_a_limit_that_is_off(tiny_case: Case, reference: Side) -> None:
    found = check(tiny_case, reference, Side(tiny_case, 1, fc1_weights=0.9))
    assert [f.place for f in found.findings] == ["fc1/weights"]
    assert "instead of" in found.findings[0].message


def test_the_check_finds_draws_that_no_seed_changes(tiny_case: Case, reference: Side) -> None:
    candidate = Side(tiny_case, 1)
    candidate.drawn["1/fc1/weights"] = candidate.drawn["0/fc1/weights"]
    found = check(tiny_case, reference, candidate)
    assert [f.place for f in found.findings] == ["fc1/weights"]
    assert "the same" in found.findings[0].message


def check(case: Case, reference: Side, candidate: Side) -> Outcome:
    # What a subject has beyond this, the check does not ask for.
    return initialisation.check(case, reference, candidate)  # type: ignore[arg-type]
