"""The figures: the same bytes every time, and a place for zero, infinity and NaN."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas

from harness.report import Equivalence
from harness.report.figures import Figure, error_by_depth, error_over_training
from harness.report.figures.logarithm import LogAxis
from harness.report.figures.style import INK, VARIABLES, strokes

Document = dict[str, Any]


def both_figures(document: Document) -> tuple[Figure | None, Figure | None]:
    found = Equivalence.from_json(document)
    candidates = list(dict.fromkeys(result.candidate for result in found.results))
    return (
        error_by_depth(found.depth, candidates, 32.0),
        error_over_training(found.trajectory, candidates, 32.0),
    )


@pytest.fixture(autouse=True)
def _no_warnings() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(scope="module")
def drawn(departure_once: Document) -> tuple[Figure, Figure]:
    depth, trajectory = both_figures(departure_once)
    assert depth is not None
    assert trajectory is not None
    return depth, trajectory


def test_a_panel_for_each_model_precision_and_reference(agreement: Document) -> None:
    first = agreement["depth"][0]
    second = {**first, "precision": "float32"}
    recorded = {**first, "reference": "recorded"}
    depth, _ = both_figures({**agreement, "depth": [first, second, recorded], "trajectory": []})
    assert depth is not None
    assert [panel.title for panel in depth.panels] == [
        "pointnet_cls, float64, against original_tf1@tf1",
        "pointnet_cls, float32, against original_tf1@tf1",
        "pointnet_cls, float64, against recorded",
    ]


def test_the_same_bytes_again(departure: Document, drawn: tuple[Figure, Figure]) -> None:
    assert both_figures(departure) == drawn


def test_nothing_measured_is_no_figure(agreement: Document) -> None:
    assert both_figures({**agreement, "depth": [], "trajectory": []}) == (None, None)


def test_panels_take_their_colors_from_the_page(drawn: tuple[Figure, Figure]) -> None:
    for figure in drawn:
        (panel,) = figure.panels
        assert panel.svg.startswith("<svg viewBox=")
        assert "var(--muted)" in panel.svg
        assert not any(color in panel.svg for color in VARIABLES)
        assert "http" not in panel.svg
        assert INK in figure.svg.decode()


def test_what_it_shows_is_said(drawn: tuple[Figure, Figure]) -> None:
    depth, trajectory = drawn
    assert "original_tf1@compat at most 0;" in depth.panels[0].alt
    assert "tf2_native@jax ends at NaN" in trajectory.panels[0].alt


def test_a_candidate_keeps_its_color_when_another_is_missing(drawn: tuple[Figure, Figure]) -> None:
    depth, trajectory = drawn
    assert "tf2_native@torch" not in depth.legend
    assert {key: trajectory.legend[key] for key in depth.legend} == depth.legend


def test_everything_zero_can_be_drawn(agreement: Document) -> None:
    found = agreement["depth"][0]
    for layer in found["layers"]:
        layer["relative"] = layer["noise"] = 0.0
    depth, _ = both_figures({**agreement, "depth": [found], "trajectory": []})
    assert depth is not None
    assert depth.png.startswith(b"\x89PNG")


def test_zero_and_infinity_have_their_own_ticks() -> None:
    scale = LogAxis([0.0, 2e-16, 3e-9, math.inf, math.nan])
    placed = np.log10(scale.place([0.0, 2e-16, 3e-9, math.inf, math.nan]))
    assert placed[0] < -16
    assert (np.diff(placed[:4]) > 0).all()
    assert placed[3] == placed[4]
    axes = Canvas().subplots()
    scale.apply(axes)
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert (labels.count("0"), labels.count("∞, NaN")) == (1, 1)
    assert "10⁻¹⁶" in labels


def test_without_zero_there_is_no_tick_for_it() -> None:
    axes = Canvas().subplots()
    LogAxis([1e-16, 1e-9]).apply(axes)
    assert axes.get_yticklabels()[0].get_text() == "10⁻¹⁶"


def test_more_candidates_than_colors() -> None:
    assert len(strokes([str(i) for i in range(9)])) == 9
