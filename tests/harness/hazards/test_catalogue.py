"""The catalogue of hazards: complete, and in step with the source that its mutations change."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.hazards import HAZARDS, Hazard, Mutation, PlantingError, catalogue, plant
from harness.hazards.remarks import upgrade_remarks
from harness.hazards.suite import clean_climbs
from harness.hazards.trials import WAYS, rungs_up_to
from harness.models import MODELS
from harness.runtimes import PRECISIONS
from harness.worker import ROOT

each = pytest.mark.parametrize("hazard", HAZARDS.values(), ids=HAZARDS)


@each
def test_a_mutation_fits_once_and_what_it_makes_compiles(hazard: Hazard, tmp_path: Path) -> None:
    root = plant(hazard, tmp_path)
    for mutation in hazard.mutation.passages:
        changed = root / "tf2_native" / mutation.file
        original = ROOT / "tf2_native" / mutation.file
        source = changed.read_text()
        assert source != original.read_text()
        compile(source, str(changed), "exec")


@each
def test_every_hazard_says_all_that_it_should(hazard: Hazard) -> None:
    said = (hazard.title, hazard.differs, hazard.versions, hazard.shows, hazard.mends, hazard.place)
    assert all(said)
    assert hazard.model in MODELS
    assert any(hazard.rung in way for way in WAYS)
    assert hazard.signature.departs


def test_a_file_each_and_none_forgotten() -> None:
    written = {path.stem for path in Path(catalogue.__file__).parent.glob("*.py")}
    machinery = {
        "__init__",
        "catalogue",
        "curves",
        "hazard",
        "remarks",
        "stations",
        "suite",
        "trials",
    }
    assert written - machinery == set(HAZARDS)
    assert len(HAZARDS) >= 30
    assert len({hazard.title for hazard in HAZARDS.values()}) == len(HAZARDS)


def misfit(old: str) -> Hazard:
    fields = vars(HAZARDS["adam_epsilon"])
    return Hazard(**{**fields, "mutation": Mutation("optimizers.py", old, "x")})


@pytest.mark.parametrize("old", ["no such passage", "import"])
def test_a_mutation_that_does_not_fit_once_is_refused(old: str, tmp_path: Path) -> None:
    with pytest.raises(PlantingError, match=r"adam_epsilon: optimizers.py .* not one"):
        plant(misfit(old), tmp_path)


def test_a_way_is_climbed_no_further_than_needed() -> None:
    assert rungs_up_to(["pipeline"]) == ("pipeline",)
    assert rungs_up_to(["inference"]) == ("structure", "initialisation", "inference")
    both = rungs_up_to(["initialisation", "pipeline"])
    assert both == ("pipeline", "structure", "initialisation")


def test_a_new_name_is_no_remark(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text(
        "TensorFlow 2.0 Upgrade Script\n"
        "a.py:1:2: INFO: Renamed 'tf.placeholder' to 'tf.compat.v1.placeholder'\n"
        "3:4: WARNING: tf.get_variable requires manual check. Mind resource variables.\n"
    )
    remarks = upgrade_remarks(report)
    assert "tf.placeholder" not in remarks
    assert remarks["tf.get_variable"].startswith("tf.get_variable requires manual check")


def test_clean_climbs_have_a_seed_each_and_meet_every_network_in_both_precisions() -> None:
    climbs = clean_climbs(100)
    assert len({seed for _, _, seed in climbs}) == 100
    ancestral = {key for key, model in MODELS.items() if model.has_ancestor}
    assert {(model, precision) for model, precision, _ in climbs} == {
        (model, precision) for model in ancestral for precision in PRECISIONS
    }
    assert clean_climbs(10) == climbs[:10]
