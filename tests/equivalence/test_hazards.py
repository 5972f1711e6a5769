"""Eight planted faults, one at a time in a copy of the native network, each named by place."""

from pathlib import Path

import pytest

from harness.cases import Case
from harness.diagnosis import first_departure
from harness.hazards import HAZARDS, Hazard, Mutation, PlantingError, plant
from harness.runtimes import RUNTIMES
from harness.subject import Subject

# The rungs that cost least; the others would see these faults later.
RUNGS = (
    "structure",
    "initialisation",
    "inference",
    "training_forward",
    "loss",
    "gradients",
    "state",
    "optimiser",
)


@pytest.mark.parametrize("key", HAZARDS)
def test_a_planted_fault_is_caught_and_named_by_place(
    key: str, cases: dict[str, Case], reference: Subject, tmp_path: Path
) -> None:
    hazard = HAZARDS[key]
    root = plant(hazard, tmp_path)
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64", root) as planted:
        findings = first_departure(cases[hazard.model], reference, planted, RUNGS)
    assert findings, f"{key} goes unnoticed"
    first = findings[0]
    assert (first.rung, first.place) == (hazard.rung, hazard.place), first.message
    assert first.isolated is not False


@pytest.mark.parametrize("model", ["pointnet_cls", "pointnet_cls_basic"])
def test_nothing_is_found_where_nothing_was_planted(
    model: str, cases: dict[str, Case], reference: Subject, native: Subject
) -> None:
    assert first_departure(cases[model], reference, native, RUNGS) == ()


def test_a_mutation_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    hazard = HAZARDS["adam_epsilon"]
    misfit = Hazard(**{**vars(hazard), "mutation": Mutation("optimizers.py", "no such", "x")})
    with pytest.raises(PlantingError, match="not one"):
        plant(misfit, tmp_path)
