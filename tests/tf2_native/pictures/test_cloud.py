"""What the panels show, and that every form of a picture is written."""

import numpy as np
import pytest
import trimesh
from matplotlib.image import imread

from tf2_native.pictures.cloud import MOST_POINTS, DrawnCloud, panels
from tf2_native.pictures.confusion import draw_confusion
from tf2_native.pictures.image import draw_cloud, draw_sheet
from tf2_native.pictures.page import write_page
from tf2_native.pictures.palette import RIGHT, WRONG, as_rgb, palette
from tf2_native.pictures.ply import write_ply

NAMES = ("leg", "seat", "back")


@pytest.fixture
def cloud():
    points = np.random.default_rng(0).normal(size=(6, 3))
    truth, predicted = np.array([0, 0, 1, 1, 0, 1]), np.array([0, 1, 1, 1, 0, 1])
    return DrawnCloud("a chair", points, NAMES, predicted, truth)


def test_a_class_has_one_colour_and_absent_ones_none(cloud):
    truth, prediction, difference = panels(cloud)
    colours = {group.name: group.colour for group in truth.groups}
    assert set(colours) == {"leg", "seat"}
    assert colours == {group.name: group.colour for group in prediction.groups}
    assert difference.title == "where they differ: 16.7%"
    assert [(g.name, g.colour, int(g.rows.sum())) for g in difference.groups] == [
        ("right", RIGHT, 5),
        ("wrong", WRONG, 1),
    ]


def test_unknown_truth_leaves_one_panel(cloud):
    (only,) = panels(DrawnCloud(cloud.title, cloud.points, NAMES, cloud.predicted))
    assert only.title == "prediction"


@pytest.mark.parametrize("count", [2, 7, 13])
def test_colours_are_different(count):
    assert len(set(palette(count))) == count


def test_large_clouds_are_thinned_alike():
    points = np.arange(3 * 50_000).reshape(-1, 3)
    labels = points[:, 0] % 3
    thin = DrawnCloud("room", points, NAMES, labels, labels).thinned()
    assert len(thin.points) == MOST_POINTS
    np.testing.assert_array_equal(thin.truth, thin.points[:, 0] % 3)


def test_every_form_is_written(cloud, tmp_path):
    draw_cloud(tmp_path / "a.png", cloud)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    write_page(tmp_path / "a.html", [cloud, cloud])
    page = (tmp_path / "a.html").read_text()
    assert "a chair" in page
    assert 'src="http' not in page  # It needs no network.
    write_ply(tmp_path / "a.ply", cloud)
    draw_confusion(tmp_path / "c.png", np.array([[3, 1], [0, 0]]), ("a", "b"))
    assert (tmp_path / "c.png").exists()


@pytest.mark.parametrize("count", [1, 4])
def test_captions_of_a_sheet_are_whole(count, tmp_path):
    points = np.random.default_rng(0).normal(size=(20, 3))
    draw_sheet(tmp_path / "a.png", [(points, "sphere\ntaken for torus", False)] * count)
    pixels = imread(tmp_path / "a.png")[..., :3]
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge == 1).all()
    assert (pixels[:60] < 0.9).any()


def test_a_ply_file_has_every_point_with_its_labels(cloud, tmp_path):
    cloud.points[5] = cloud.points[2]  # Twice in the same place.
    write_ply(tmp_path / "a.ply", cloud)
    found = trimesh.load(tmp_path / "a.ply")
    np.testing.assert_allclose(found.vertices, cloud.points, rtol=1e-6)
    stored = found.metadata["_ply_raw"]["vertex"]["data"]
    np.testing.assert_array_equal(stored["label"], cloud.truth)
    np.testing.assert_array_equal(stored["predicted"], cloud.predicted)
    colours = np.array([as_rgb(colour) for colour in palette(len(NAMES))])
    np.testing.assert_array_equal(found.colors[:, :3], colours[cloud.predicted])
    assert b"comment 1 seat\n" in (tmp_path / "a.ply").read_bytes()
