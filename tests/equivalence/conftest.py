"""The reference and the cases that the tests of the ladder share."""

from collections.abc import Iterator

import pytest

from harness.cases import Case
from harness.equivalence import COMPAT, REAL, Plan, make_cases
from harness.runtimes import RUNTIMES, RuntimeUnavailable
from harness.subject import Subject


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    """The default case of each network, on real clouds."""
    return {case.model.key: case for case in make_cases(Plan())}


def _open_reference(precision: str) -> Subject:
    """TensorFlow 1.15 where it can be had, the same source on compat.v1 elsewhere."""
    for implementation, runtime in (REAL, COMPAT):
        try:
            return Subject(implementation, RUNTIMES[runtime], precision)
        except RuntimeUnavailable:
            continue
    raise AssertionError("not even TensorFlow 2 is installed")


@pytest.fixture(scope="session")
def reference() -> Iterator[Subject]:
    """The reference in float64."""
    with _open_reference("float64") as subject:
        yield subject


@pytest.fixture(scope="session")
def native() -> Iterator[Subject]:
    """The native implementation on TensorFlow, in float64."""
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64") as subject:
        yield subject
