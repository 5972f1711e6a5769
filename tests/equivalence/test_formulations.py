"""The ladder on both formulations of the layers that meet the max, and faults in the fast one."""

from pathlib import Path

import pytest

from harness.cases import Case
from harness.diagnosis import first_departure
from harness.hazards import HAZARDS, Hazard, Mutation, plant
from harness.runtimes import RUNTIMES
from harness.subject import Subject

RUNGS = ("inference", "isolation", "training_forward", "loss", "gradients", "state")

PLAIN = Mutation("models/__init__.py", 'Formulation = "fast"', 'Formulation = "plain"')
FAULTS = {
    "falling channels not turned over": (
        Mutation("layers/shared_mlp_max.py", "gamma < 0, -1, 1", "gamma < 0, 1, 1"),
        "inference",
        "max over points",
    ),
    "a winner that is beaten": (
        Mutation("layers/fast/first_maximum.py", "_at(x, near) < maxima", "_at(x, near) >= maxima"),
        "gradients",
        "conv5/weights",
    ),
    "variance that nothing depends on": (
        Mutation("layers/fast/product.py", "(2 * d_variance)", "(0 * d_variance)"),
        "gradients",
        "conv5/weights",
    ),
    "a gradient that forgets the batch's variance": (
        Mutation("layers/fast/normalised.py", "ops.square(inverse) * along", "0 * along"),
        "gradients",
        "fc2/weights",
    ),
    "a mask of the wrong sign": (
        Mutation("layers/fast/normalised.py", "> 0, _rows(d_act", ">= 0, _rows(d_act"),
        "gradients",
        "fc2/bn/gamma",
    ),
    "bias missing from the moving mean": (
        Mutation(
            "layers/shared_mlp_max.py",
            "sign * self._exact(mean) + bias,",
            "sign * self._exact(mean),",
        ),
        "training_forward",
        "max over points",
    ),
}


def planted(mutation: Mutation, folder: Path) -> Subject:
    hazard = Hazard(**{**vars(HAZARDS["adam_epsilon"]), "mutation": mutation})
    return Subject("tf2_native", RUNTIMES["tensorflow"], "float64", plant(hazard, folder))


@pytest.fixture
def case(cases: dict[str, Case]) -> Case:
    return cases["pointnet_cls_basic"]


def test_the_plain_formulation_climbs_too(case: Case, reference: Subject, tmp_path: Path) -> None:
    with planted(PLAIN, tmp_path) as plain:
        assert first_departure(case, reference, plain, RUNGS) == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_fast_formulation_is_caught(
    fault: str, case: Case, reference: Subject, tmp_path: Path
) -> None:
    mutation, rung, place = FAULTS[fault]
    with planted(mutation, tmp_path) as faulty:
        findings = first_departure(case, reference, faulty, RUNGS)
    assert findings, f"{fault} goes unnoticed"
    assert (findings[0].rung, findings[0].place) == (rung, place), findings[0].message
