"""No finding on the faithful network, whatever the weights and the clouds."""

import pytest

from harness.diagnosis import first_departure
from harness.equivalence import Plan, make_cases
from harness.subject import Subject

RUNGS = ("inference", "isolation", "training_forward", "loss", "gradients", "optimiser")


@pytest.mark.parametrize("seed", range(1, 21))
def test_nothing_is_found_for_a_seed(seed: int, reference: Subject, native: Subject) -> None:
    for case in make_cases(Plan(models=["pointnet_cls_basic"], seed=seed)):
        renamed = case.with_batch(f"seed-{seed}")
        assert first_departure(renamed, reference, native, RUNGS) == ()
