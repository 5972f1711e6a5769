"""The reference and the cases that the tests of the ladder share."""

from collections.abc import Iterator

import pytest

from harness.cases import Case
from harness.equivalence import Plan, make_cases
from harness.hazards.stations import referee
from harness.runtimes import RUNTIMES
from harness.subject import Subject


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    """The default case of each network, on real clouds."""
    return {case.model.key: case for case in make_cases(Plan())}


@pytest.fixture(scope="session")
def reference() -> Iterator[Subject]:
    """The reference in float64."""
    implementation, runtime = referee()
    with Subject(implementation, RUNTIMES[runtime], "float64") as subject:
        yield subject


@pytest.fixture(scope="session")
def native() -> Iterator[Subject]:
    """The native implementation on TensorFlow, in float64."""
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64") as subject:
        yield subject
