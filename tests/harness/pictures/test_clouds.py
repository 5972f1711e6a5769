"""Pictures of clouds: PNG, page and PLY say what they were given."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
import trimesh
from matplotlib.image import imread

from harness.pictures.clouds import LabelledCloud, page, ply, sheet
from harness.pictures.palette import PALETTE, color, rgb

NAMES = ("wing", "body", "tail")


def cloud(prediction: bool = False, up: str = "y") -> LabelledCloud:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 300)
    guess = np.where(np.arange(300) < 75, 1 - labels, labels) if prediction else None
    return LabelledCloud("A <plane>", random.random((300, 3)), labels, NAMES, guess, up)


def image(png: bytes) -> np.ndarray:
    return imread(io.BytesIO(png))[..., :3]


def shows(pixels: np.ndarray, code: str) -> bool:
    """Whether a colour is on the picture: in the legend it is undiluted."""
    wanted = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return bool((np.abs(pixels - wanted) < 0.01).all(axis=-1).any())


def test_a_sheet_shows_the_labels_that_occur() -> None:
    pixels = image(sheet([cloud()]))
    assert shows(pixels, color(0))
    assert shows(pixels, color(1))
    assert not shows(pixels, color(2))


def test_a_prediction_has_three_panels() -> None:
    one, three = image(sheet([cloud()])), image(sheet([cloud(prediction=True)]))
    assert three.shape[1] == 3 * one.shape[1]
    assert shows(three, "#d0021b")
    assert not shows(one, "#d0021b")


def test_many_clouds_wrap_into_rows() -> None:
    four, five = (image(sheet([cloud()] * n)) for n in (4, 5))
    assert five.shape == (2 * four.shape[0], four.shape[1], 3)


def test_a_sheet_is_the_same_every_time_and_up_matters() -> None:
    assert sheet([cloud()]) == sheet([cloud()])
    assert sheet([cloud()]) != sheet([cloud(up="z")])


def test_one_point_can_be_drawn() -> None:
    point = LabelledCloud("p", np.zeros((1, 3)), np.zeros(1, int), NAMES)
    assert sheet([point]).startswith(b"\x89PNG")


def test_a_page_needs_nothing_else() -> None:
    text = page([cloud(), cloud(prediction=True)], "A & B")
    assert "<title>A &amp; B</title>" in text
    assert "<script src=" not in text
    assert "cdn.plot.ly" not in text.split("Plotly.newPlot")[-1]
    body = text[text.rindex("Plotly.newPlot") :]
    for name in ("wing", "body", "differs", "differ: 25.0%"):
        assert name in body
    assert "tail" not in body
    # Once for the first cloud, and for the second in one of its two panels only.
    assert body.count('"name":"wing"') == 3
    assert body.count('"showlegend":true') == 2 + 4
    assert "<plane>" not in text


def test_a_ply_file_has_points_and_colours() -> None:
    drawn = cloud()
    found = trimesh.load(io.BytesIO(ply(drawn.points, drawn.labels)), file_type="ply")
    np.testing.assert_allclose(found.vertices, drawn.points, atol=1e-6)
    expected = np.round(255 * np.array([rgb(0), rgb(1)]))[drawn.labels]
    np.testing.assert_array_equal(found.colors[:, :3], expected)


def test_the_palette_has_no_colour_twice_and_comes_round() -> None:
    assert len(set(PALETTE)) == len(PALETTE)
    assert color(len(PALETTE)) == color(0)


@pytest.mark.parametrize("module", ["matplotlib", "plotly", "trimesh", "arpy", "sklearn"])
def test_the_command_line_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, harness.commands.data; sys.exit({module!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
