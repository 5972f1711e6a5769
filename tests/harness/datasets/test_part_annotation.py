"""`PartAnnotation`: the keras.io example's rules for what is a cloud and what is a label."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError, part_annotation
from harness.datasets.part_annotation import AnnotatedCloud

METADATA = {
    "Airplane": {"directory": "02691156", "lables": ["wing", "body"], "colors": ["blue", "green"]},
    "Mug": {"directory": "03797390", "lables": ["handle"], "colors": ["blue"]},
}
N = 1030


def put(folder: Path, name: str, points: np.ndarray, **labels: np.ndarray) -> None:
    home = folder / "02691156"
    (home / "points").mkdir(parents=True, exist_ok=True)
    np.savetxt(home / "points" / f"{name}.pts", points, fmt="%.5f")
    for part, flags in labels.items():
        (home / "points_label" / part).mkdir(parents=True, exist_ok=True)
        np.savetxt(home / "points_label" / part / f"{name}.seg", flags, fmt="%d")


def points(n: int = N) -> np.ndarray:
    return np.random.default_rng(n).random((n, 3))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three clouds: `a` labelled, `b` without a body's file, `c` too small."""
    path = tmp_path / "PartAnnotation"
    path.mkdir()
    (path / "metadata.json").write_text(json.dumps(METADATA))
    place = np.arange(N)
    put(path, "a", points(), wing=place < 400, body=(place >= 300) & (place < 900))
    put(path, "b", points(), wing=place < 400)
    put(path, "c", points(1023), wing=np.ones(1023), body=np.zeros(1023))
    return path


def read(folder: Path) -> list[AnnotatedCloud]:
    return list(part_annotation.read_category(folder, "Airplane"))


def test_small_clouds_are_skipped_and_half_labelled_ones_are_for_testing(folder: Path) -> None:
    labelled, test = read(folder)
    assert (labelled.name, test.name) == ("a", "b")
    assert labelled.points.shape == (N, 3)
    assert labelled.points.dtype == np.float32
    np.testing.assert_allclose(labelled.points, points(), atol=1e-5)
    assert test.labels is None


def test_the_later_part_wins_and_none_is_the_last_class(folder: Path) -> None:
    labels = read(folder)[0].labels
    assert labels is not None
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, [0] * 300 + [1] * 600 + [2] * (N - 900))
    airplane = part_annotation.read_metadata(folder)["Airplane"]
    assert airplane.class_names == ("wing", "body", "none")


def test_a_cloud_of_exactly_1024_points_is_kept(folder: Path) -> None:
    put(folder, "d", points(1024), wing=np.ones(1024), body=np.zeros(1024))
    assert [cloud.name for cloud in read(folder)] == ["a", "b", "d"]


def test_sampling_keeps_labels_with_points_and_fills_the_sphere(folder: Path) -> None:
    clouds = part_annotation.sampled(read(folder), 1024, seed=1)
    assert clouds.points.shape == (1, 1024, 3)
    assert np.linalg.norm(clouds.points, axis=-1).max() == pytest.approx(1)
    original = read(folder)[0]
    drawn = np.random.default_rng(1).choice(N, 1024, replace=False)
    assert len(set(drawn)) == 1024
    assert original.labels is not None
    np.testing.assert_array_equal(clouds.parts[0], original.labels[drawn])
    with pytest.raises(DatasetError, match="2000 were asked"):
        part_annotation.sampled(read(folder), 2000, seed=1)


def test_what_is_written_is_read_back(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    clouds = [("Airplane", cloud) for cloud in read(folder)]
    part_annotation.write(out, {"Airplane": ("wing", "body")}, clouds)
    assert json.loads((out / "metadata.json").read_text())["Airplane"]["lables"] == ["wing", "body"]
    first, second = read_all(out)
    np.testing.assert_allclose(first.points, clouds[0][1].points, atol=1e-6)
    np.testing.assert_array_equal(first.labels, clouds[0][1].labels)
    assert second.labels is None


def read_all(folder: Path) -> list[AnnotatedCloud]:
    return list(part_annotation.read_category(folder, "Airplane"))


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("points/a.pts", "1 2 nan\n" * N, "line 1 is not finite"),
        ("points/a.pts", "1 2 1e39\n" * N, "line 1 is not finite"),
        ("points/a.pts", "1 2\n" * N, "no lines of x y z"),
        ("points/a.pts", "", "no lines of x y z"),
        ("points/a.pts", "one two three\n", "is not lines of x y z"),
        ("points_label/body/a.seg", "1\n" * 7, f"7 labels, but a.pts has {N} points"),
        ("points_label/body/a.seg", "0\n2\n" * (N // 2), "label 2 is neither 0 nor 1"),
        ("points_label/wing/a.seg", "x\n", "is not lines of 0 or 1"),
    ],
)
def test_damaged_files(folder: Path, file: str, content: str, expected: str) -> None:
    (folder / "02691156" / file).write_text(content)
    with pytest.raises(DatasetError, match=expected) as caught:
        read(folder)
    assert file in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "not JSON"),
        pytest.param("[" * 100_000, "not JSON", id="deep"),
        ("[]", "not a JSON object"),
        ("{}", "names no category"),
        ('{"Airplane": {"directory": 5, "lables": ["a"], "colors": []}}', "'Airplane' lacks"),
        ('{"Airplane": {"directory": "x", "lables": "ab", "colors": []}}', "'Airplane' lacks"),
        ('{"Airplane": {"directory": "x", "lables": [1], "colors": []}}', "'Airplane' lacks"),
        ('{"Airplane": {"directory": "x", "lables": ["a"], "colors": null}}', "'Airplane' lacks"),
        ('{"Airplane": {"directory": "x"}}', "'Airplane' lacks"),
        ('{"Airplane": {"directory": "..", "lables": ["a"], "colors": []}}', "outside"),
    ],
)
def test_damaged_metadata(folder: Path, content: str, expected: str) -> None:
    (folder / "metadata.json").write_text(content)
    with pytest.raises(DatasetError, match=expected):
        part_annotation.read_category(folder, "Airplane")


def test_metadata_may_begin_with_a_byte_order_mark(folder: Path) -> None:
    path = folder / "metadata.json"
    path.write_text(path.read_text(), encoding="utf-8-sig")
    assert list(part_annotation.read_metadata(folder)) == ["Airplane", "Mug"]


def test_a_directory_whose_name_is_too_long_is_not_there(folder: Path) -> None:
    metadata = {"Airplane": {**METADATA["Airplane"], "directory": "x" * 5000}}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    with pytest.raises(DatasetError, match=r"holds no \.pts"):
        read(folder)


def test_a_folder_is_no_cloud(folder: Path) -> None:
    (folder / "02691156" / "points" / "d.pts").mkdir()
    with pytest.raises(DatasetError, match=r"d\.pts: cannot be read \(Is a directory\)"):
        read(folder)


def test_a_part_whose_name_is_too_long_for_a_file_has_none(folder: Path) -> None:
    metadata = {"Airplane": {**METADATA["Airplane"], "lables": ["wing", "x" * 5000]}}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    assert all(cloud.labels is None for cloud in read(folder))


def test_what_is_not_there(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no category 'Boat'"):
        part_annotation.read_category(folder, "Boat")
    with pytest.raises(DatasetError, match=r"holds no \.pts"):
        part_annotation.read_category(folder, "Mug")
    for missing in ("none", "x" * 5000):
        with pytest.raises(DatasetError, match="no such folder"):
            part_annotation.read_metadata(tmp_path / missing)
    with pytest.raises(DatasetError, match="PartAnnotation"):
        part_annotation.adopt(tmp_path / "out")
