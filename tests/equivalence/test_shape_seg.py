"""keras.io's shape segmenter against NumPy: what it is has to pass, and its other variant not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from harness.cases import Case, make_case
from harness.checks import RUNGS
from harness.computed import ComputedReference
from harness.datasets import sample
from harness.models import MODELS
from harness.runtimes import RUNTIMES
from harness.subject import Subject


@pytest.fixture(scope="module")
def case() -> Case:
    return make_case(MODELS["shape_seg"], sample("shapes", 3, 12, 0))


@pytest.fixture(scope="module")
def reference() -> ComputedReference:
    return ComputedReference()


@pytest.fixture(scope="module", params=["tensorflow", "jax"])
def candidate(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with Subject("tf2_native", RUNTIMES[request.param], "float64") as subject:
        yield subject


@pytest.mark.parametrize(
    "rung", ["structure", "inference", "training_forward", "loss", "gradients", "invariance"]
)
def test_native_network_is_the_reference(
    case: Case, reference: ComputedReference, candidate: Subject, rung: str
) -> None:
    outcome = RUNGS[rung](case, reference, candidate)
    assert outcome.measurements
    assert not outcome.findings


def test_the_other_variant_departs_at_its_penalty(
    case: Case, reference: ComputedReference, candidate: Subject
) -> None:
    other = replace(case, model=MODELS["shape_seg_corrected"])

    class Swapped:
        """Answers for the variant that it was not asked about."""

        key, precision = candidate.key, candidate.precision

        def answer(self, operation: str, asked: Case, **options: object) -> object:
            return candidate.answer(operation, other, **options)

    outcome = RUNGS["loss"](case, reference, Swapped())  # type: ignore[arg-type]
    places = [finding.place for finding in outcome.findings]
    assert places[0] == "loss term input_orthogonality"
    assert "loss term cross_entropy" not in places


@pytest.mark.parametrize("variant", ["shape_seg", "shape_seg_corrected"])
def test_a_training_step_is_the_same_on_tensorflow_and_jax(case: Case, variant: str) -> None:
    asked = replace(case, model=MODELS[variant])
    step: dict[str, Any] = {
        "mode": "training",
        "dropout": "off",
        "bn_decay": None,
        "activations": False,
        "learning_rate": 0.01,
        "optimizer": "adam",
    }
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64") as subject:
        evidence = subject.evidence("trace", asked, **step)
    with Subject("tf2_native", RUNTIMES["jax"], "float64") as subject:
        arrays = subject.answer("trace", asked, **step)
    measured = evidence.measure_all(arrays, sorted(evidence.arrays))
    assert {"after/loss"} < {m.tensor for m in measured}
    assert [m.tensor for m in measured if not m.passed] == []
