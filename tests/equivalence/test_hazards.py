"""A planted fault of every kind, each found at its place and called by its name.

All the others are tried by `python -m harness hazards`, which takes minutes.
"""

from pathlib import Path

import pytest

from harness.cases import Case
from harness.diagnosis import climb, diagnose, first_departure
from harness.hazards import HAZARDS, plant
from harness.hazards.suite import rungs_up_to
from harness.runtimes import RUNTIMES
from harness.subject import Subject

# Of each rung that a fault can be found on, one or two that are cheap to look for.
CHOSEN = (
    "glorot_of_dense_kernel",
    "initialiser_with_seed",
    "batch_norm_epsilon",
    "dropout_in_inference",
    "dropout_keep_as_rate",
    "from_logits_lost",
    "batch_norm_gradient",
    "batch_norm_momentum",
    "adam_epsilon",
    "checkpoint_moments_swapped",
    "jitter_unclipped",
)
RUNGS = rungs_up_to(["pipeline", "state", "optimiser", "checkpoint"])


@pytest.mark.parametrize("key", CHOSEN)
def test_a_planted_fault_is_caught_at_its_place_and_named(
    key: str, cases: dict[str, Case], reference: Subject, tmp_path: Path
) -> None:
    hazard = HAZARDS[key]
    root = plant(hazard, tmp_path)
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64", root) as planted:
        departure = climb(cases[hazard.model], reference, planted, rungs_up_to([hazard.rung]))
    assert departure, f"{key} goes unnoticed"
    first = departure.first
    assert (first.rung, first.place) == (hazard.rung, hazard.place), first.message
    assert first.isolated is not False
    assert diagnose(departure, HAZARDS.values()) == (hazard,)


@pytest.mark.parametrize("model", ["pointnet_cls", "pointnet_cls_basic"])
def test_nothing_is_found_where_nothing_was_planted(
    model: str, cases: dict[str, Case], reference: Subject, native: Subject
) -> None:
    assert first_departure(cases[model], reference, native, RUNGS) == ()
