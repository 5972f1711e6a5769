"""The rung of exported networks: what it passes, what it catches, and whom it leaves out."""

from pathlib import Path

import pytest

from harness.cases import Case
from harness.checks import RUNGS
from harness.hazards import HAZARDS, Hazard, Mutation, plant
from harness.models import MODELS
from harness.outcome import NotComparable
from harness.runtimes import RUNTIMES
from harness.subject import Subject

TF1_FORM = [key for key, model in MODELS.items() if model.script]


@pytest.mark.parametrize("model", TF1_FORM)
def test_the_exported_network_agrees(
    model: str, cases: dict[str, Case], reference: Subject, native: Subject
) -> None:
    outcome = RUNGS["export"](cases[model], reference, native)
    assert outcome.measurements
    assert outcome.findings == ()


def test_a_fault_in_the_folding_is_caught(
    cases: dict[str, Case], reference: Subject, tmp_path: Path
) -> None:
    mutation = Mutation("folding.py", " + norm.epsilon", " + 1.01 * norm.epsilon")
    hazard = Hazard(**{**vars(HAZARDS["adam_epsilon"]), "mutation": mutation})
    folder = plant(hazard, tmp_path)
    with Subject("tf2_native", RUNTIMES["tensorflow"], "float64", folder) as faulty:
        findings = RUNGS["export"](cases["pointnet_cls_basic"], reference, faulty).findings
    assert [finding.place for finding in findings] == ["exported logits"]


def test_graphs_are_not_exported(cases: dict[str, Case], reference: Subject) -> None:
    with pytest.raises(NotComparable, match="only the native networks"):
        RUNGS["export"](cases["pointnet_cls_basic"], reference, reference)
