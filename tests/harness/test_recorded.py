"""Recordings: sketches that miss no change, and references that answer for their own case only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import recorded
from harness.cases import Case
from harness.checks.initialisation import DRAWS
from harness.models import Parameter
from harness.outcome import NotComparable
from harness.recorded import RecordedReference, RecordingReference, fingerprint, sketch
from harness.subject import Evidence

LARGE = np.random.default_rng(0).standard_normal((100, 100))
SKETCH = sketch("t", LARGE)


def test_a_sketch_of_a_large_array_is_small() -> None:
    assert SKETCH.shape == (16,)
    assert sketch("t", np.zeros((7, 11, 13))).shape == (16,)


@pytest.mark.parametrize("shape", [(), (1,), (48,), (6, 8)])
def test_a_small_array_is_kept_whole(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    kept = sketch("t", array)
    assert kept.dtype == array.dtype
    np.testing.assert_array_equal(kept, array)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from([1e-6, -1e-3, 1.0]))
def test_a_change_of_any_entry_shows_in_every_projection(i: int, j: int, change: float) -> None:
    changed = LARGE.copy()
    changed[i, j] += change
    moved = sketch("t", changed)[8:] - SKETCH[8:]
    np.testing.assert_allclose(np.abs(moved), abs(change) / 100, rtol=1e-3)


@pytest.mark.parametrize("places", [((40, 2), (3, 77)), ((0, 8), (0, 9)), ((98, 1), (99, 77))])
def test_two_entries_exchanged_show(places: tuple[tuple[int, int], tuple[int, int]]) -> None:
    one, other = places
    changed = LARGE.copy()
    changed[one], changed[other] = LARGE[other], LARGE[one]
    moved = np.abs(sketch("t", changed) - SKETCH)[8:]
    assert moved.max() > 1e-6


def test_a_sketch_is_linear() -> None:
    other = np.random.default_rng(1).standard_normal((100, 100))
    np.testing.assert_allclose(
        sketch("t", 2 * LARGE - other), 2 * SKETCH - sketch("t", other), atol=1e-12
    )


def test_a_sketch_starts_with_the_first_entries() -> None:
    np.testing.assert_array_equal(SKETCH[:8], LARGE[0, :8])


def test_a_sketch_depends_on_the_name_and_on_nothing_else() -> None:
    np.testing.assert_array_equal(sketch("t", LARGE.copy()), SKETCH)
    assert (sketch("u", LARGE)[8:] != SKETCH[8:]).all()


def test_projections_differ_from_one_another() -> None:
    assert len(set(SKETCH[8:])) == 8


def test_a_nan_shows() -> None:
    changed = LARGE.copy()
    changed[50, 50] = np.nan
    assert np.isnan(sketch("t", changed)[8:]).all()


def test_the_fingerprint_follows_what_a_case_holds(tiny_case: Case) -> None:
    same = Case(tiny_case.model, dict(tiny_case.weights), dict(tiny_case.batch), key="renamed")
    assert fingerprint(same) == fingerprint(tiny_case)
    points = tiny_case.batch["points"].copy()
    points[1, 2, 0] = np.nextafter(points[1, 2, 0], 9)
    assert fingerprint(tiny_case.with_batch("x", points=points)) != fingerprint(tiny_case)
    weights = {**tiny_case.weights, "fc3/biases": tiny_case.weights["fc3/biases"] + 1}
    assert fingerprint(Case(tiny_case.model, weights, tiny_case.batch)) != fingerprint(tiny_case)


class Live:
    """Stands for a live subject whose evidence is sketched."""

    key, precision, versions = "original_tf1@tf1", "float64", {"tensorflow": "1.15.5"}

    def parameters(self, case: Case) -> tuple[Parameter, ...]:
        return case.model.parameters

    def draws(self, case: Case, seeds: int) -> dict[str, np.ndarray]:
        return {"0/fc1/weights": LARGE, "0/fc1/bn/gamma": np.ones(512)}

    def evidence(self, *arguments: object, **options: object) -> Evidence:
        arrays = {"logits": sketch("logits", LARGE), "loss": np.array(1.5)}
        return Evidence(arrays, {"logits": 0.25, "loss": 0.0}, self.precision, sketch)


@pytest.fixture
def recording(tmp_path: Path, tiny_case: Case, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of `Live` on the tiny case."""
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    reference = RecordingReference(Live())  # type: ignore[arg-type]
    reference.parameters(tiny_case)
    reference.draws(tiny_case, 1)
    reference.evidence("trace", tiny_case, mode="inference", folder="/one")
    path = recorded.recording(tiny_case, "float64")
    reference.save(tiny_case, path)
    return path


def test_a_recording_answers_what_was_recorded(recording: Path, tiny_case: Case) -> None:
    reference = RecordedReference(tiny_case, "float64")
    assert reference.versions == Live.versions
    assert reference.parameters(tiny_case) == tiny_case.model.parameters
    draws = reference.draws(tiny_case, 1)
    assert draws["0/fc1/weights"].size == DRAWS
    np.testing.assert_array_equal(draws["0/fc1/bn/gamma"], [1.0])
    evidence = reference.evidence("trace", tiny_case, mode="inference", folder="/another")
    assert evidence.noise == {"logits": 0.25, "loss": 0.0}
    assert evidence.measure("logits", LARGE).distance == 0
    off = LARGE.copy()
    off[99, 99] += 1e5
    assert not evidence.measure("logits", off).passed


def test_a_recording_refuses_what_was_not_recorded(recording: Path, tiny_case: Case) -> None:
    reference = RecordedReference(tiny_case, "float64")
    with pytest.raises(NotComparable, match="not recorded"):
        reference.evidence("trace", tiny_case, mode="training")
    with pytest.raises(NotComparable, match="live reference"):
        reference.load_checkpoint(tiny_case, Path("x"))


def test_a_recording_refuses_another_case(recording: Path, tiny_case: Case) -> None:
    other = tiny_case.with_batch("moved", points=tiny_case.batch["points"] + 1)
    with pytest.raises(NotComparable, match="another"):
        RecordedReference(other, "float64")


def test_without_a_recording_nothing_can_be_compared(recording: Path, tiny_case: Case) -> None:
    with pytest.raises(NotComparable, match="nothing was recorded"):
        RecordedReference(tiny_case, "float32")
