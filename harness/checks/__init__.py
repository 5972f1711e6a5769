"""The ladder of equivalence, one rung a check: `check(case, reference, candidate) -> Outcome`."""

from harness.checks import (
    backward,
    checkpoint,
    export,
    forward,
    initialisation,
    invariance,
    isolation,
    pipeline,
    structure,
    training,
)
from harness.outcome import Check

RUNGS: dict[str, Check] = {
    "structure": structure.check,
    "initialisation": initialisation.check,
    "inference": forward.inference,
    "isolation": isolation.check,
    "training_forward": forward.training_forward,
    "loss": backward.loss,
    "gradients": backward.gradients,
    "state": training.state,
    "optimiser": backward.optimiser,
    "trajectory": training.trajectory,
    "checkpoint": checkpoint.check,
    "pipeline": pipeline.check,
    "invariance": invariance.check,
    "export": export.check,
}
