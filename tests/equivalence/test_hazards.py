"""A planted fault of every kind, each found at its place and called by its name.

All the others are tried by `python -m harness hazards`, which takes minutes.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.checks.backward import gradients
from harness.checks.training import trajectory
from harness.diagnosis import climb, diagnose, first_departure
from harness.hazards import HAZARDS, plant
from harness.hazards.stations import Station, case_of, data_for
from harness.hazards.trials import rungs_up_to
from harness.models import MODELS
from harness.runtimes import RUNTIMES
from harness.subject import Subject
from harness.worker import ROOT

# Of each rung that a fault can be found on, one or two that are cheap to look for.
CHOSEN = (
    "batch_norm_frozen",
    "glorot_of_dense_kernel",
    "initialiser_with_seed",
    "batch_norm_epsilon",
    "relu_before_batch_norm",
    "dropout_in_inference",
    "dropout_keep_as_rate",
    "from_logits_lost",
    "batch_norm_gradient",
    "max_shares_ties",
    "batch_norm_momentum_direction",
    "adam_epsilon",
    "checkpoint_moments_swapped",
    "jitter_unclipped",
)
RUNGS = rungs_up_to(["pipeline", "state", "optimiser", "checkpoint"])


@pytest.fixture(scope="module")
def candidate() -> Iterator[Subject]:
    """A native implementation that is asked to be another from test to test."""
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64") as subject:
        yield subject


@pytest.mark.parametrize("key", CHOSEN)
def test_a_planted_fault_is_caught_at_its_place_and_named(
    key: str, reference: Subject, candidate: Subject, tmp_path: Path
) -> None:
    hazard = HAZARDS[key]
    candidate.reimport(plant(hazard, tmp_path))
    departure = climb(case_of(hazard.model, 0), reference, candidate, rungs_up_to([hazard.rung]))
    assert departure, f"{key} goes unnoticed"
    first = departure.first
    assert (first.rung, first.place) == (hazard.rung, hazard.place), first.message
    assert first.isolated is not False
    assert diagnose(departure, HAZARDS.values()) == (hazard,)


@pytest.mark.parametrize("model", ["pointnet_cls", "pointnet_cls_basic"])
def test_nothing_is_found_where_nothing_was_planted(
    model: str, reference: Subject, candidate: Subject
) -> None:
    candidate.reimport(ROOT)  # whatever was planted before, nothing of it is left
    assert first_departure(case_of(model, 0), reference, candidate, RUNGS) == ()


def test_a_training_is_that_of_its_seed_and_of_what_is_planted(
    candidate: Subject, tmp_path: Path
) -> None:
    model = MODELS["pointnet_cls_basic"]

    def learn(seed: int) -> list[float]:
        settings = {"steps": 3, "batch_size": 8, "num_points": 32}
        return candidate.losses(model, folder=str(data_for(model.task)), seed=seed, **settings)

    candidate.reimport(ROOT)
    clean = learn(0)
    assert len(clean) == 3
    assert learn(0) == pytest.approx(clean)
    assert learn(1) != pytest.approx(clean)
    candidate.reimport(plant(HAZARDS["loss_summed"], tmp_path))
    assert learn(0)[0] == pytest.approx(8 * clean[0])


def test_a_maximum_that_two_points_nearly_share_is_no_departure() -> None:
    # Found among a hundred climbs with nothing planted: one of 8,192 maxima has a runner-up within
    # a unit in the last place, and the two sides choose different points.
    with closing(Station("float32")) as station:
        outcome = gradients(case_of("pointnet_cls_basic", 6), station.reference, station.native)
    assert outcome.findings == ()


def test_losses_that_such_a_maximum_parts_are_no_departure() -> None:
    # The same after a few steps of training, where two nudges had shown none of it: the losses were
    # fifty times their noise apart at the sixth.
    with closing(Station("float32")) as station:
        case = case_of("pointnet_cls_basic", 51)
        outcome = trajectory(case, station.reference, station.native)
    assert outcome.findings == ()
