"""Generated shapes: the same from the same seed, and parts where their names say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.datasets import Clouds, DatasetError, modelnet40, primitives

NUM_CLASSES = len(primitives.SHAPES)


@pytest.fixture(scope="module")
def clouds() -> Clouds:
    return primitives.generate(num_per_class=3, num_points=1024, seed=5)


def of_part(clouds: Clouds, part: str, number: int = 0) -> np.ndarray:
    """Points of a part, such as "table/legs", in one cloud of its class."""
    label = primitives.SHAPE_NAMES.index(part.split("/")[0])
    cloud = np.flatnonzero(clouds.labels == label)[number]
    assert clouds.parts is not None
    return clouds.points[cloud][clouds.parts[cloud] == primitives.PART_NAMES.index(part)]


def test_shapes_and_types(clouds: Clouds) -> None:
    n = 3 * NUM_CLASSES
    assert NUM_CLASSES >= 8
    assert clouds.normals is not None
    assert clouds.parts is not None
    assert (clouds.points.shape, clouds.points.dtype) == ((n, 1024, 3), np.float32)
    assert (clouds.normals.shape, clouds.normals.dtype) == ((n, 1024, 3), np.float32)
    assert (clouds.parts.shape, clouds.parts.dtype) == ((n, 1024), np.int32)
    assert np.bincount(clouds.labels).tolist() == [3] * NUM_CLASSES


def test_clouds_fill_the_unit_sphere(clouds: Clouds) -> None:
    np.testing.assert_allclose(clouds.points.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(clouds.points, axis=-1).max(axis=1), 1, atol=1e-6)


def test_normals_have_unit_length(clouds: Clouds) -> None:
    np.testing.assert_allclose(np.linalg.norm(clouds.normals, axis=-1), 1, atol=1e-5)


def test_a_part_tells_its_class(clouds: Clouds) -> None:
    assert clouds.parts is not None
    owner = np.array([primitives.SHAPE_NAMES.index(p.split("/")[0]) for p in primitives.PART_NAMES])
    np.testing.assert_array_equal(owner[clouds.parts], np.repeat(clouds.labels[:, None], 1024, 1))


@pytest.mark.parametrize("part", primitives.PART_NAMES)
def test_every_part_has_points(clouds: Clouds, part: str) -> None:
    assert len(of_part(clouds, part)) > 0


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("table/legs", "table/top"),
        ("chair/legs", "chair/seat"),
        ("chair/seat", "chair/back"),
        ("lamp/base", "lamp/shade"),
        ("bottle/body", "bottle/neck"),
        ("bottle/neck", "bottle/cap"),
        ("cone/base", "cone/side"),
    ],
)
@pytest.mark.parametrize("number", range(3))
def test_parts_stand_on_each_other(clouds: Clouds, lower: str, upper: str, number: int) -> None:
    below, above = (of_part(clouds, part, number)[:, 1] for part in (lower, upper))
    assert below.max() <= above.min() + 1e-5


def test_legs_stand_at_the_corners(clouds: Clouds) -> None:
    legs, top = of_part(clouds, "table/legs"), of_part(clouds, "table/top")
    for axis in (0, 2):
        middle, half = (top[:, axis].max() + top[:, axis].min()) / 2, np.ptp(top[:, axis]) / 2
        assert (np.abs(legs[:, axis] - middle) > 0.6 * half).all()


def test_a_handle_is_beside_the_body_and_within_its_height(clouds: Clouds) -> None:
    handle, body = of_part(clouds, "mug/handle"), of_part(clouds, "mug/body")
    assert handle[:, 0].max() < body[:, 0].min() + 0.01
    assert body[:, 1].min() < handle[:, 1].min()
    assert handle[:, 1].max() < body[:, 1].max()


def test_a_pole_runs_inside_the_shade(clouds: Clouds) -> None:
    pole, shade = of_part(clouds, "lamp/pole"), of_part(clouds, "lamp/shade")
    axis = (shade[:, [0, 2]].max(axis=0) + shade[:, [0, 2]].min(axis=0)) / 2
    distance = np.linalg.norm(pole[:, [0, 2]] - axis, axis=1).max()
    assert distance < np.linalg.norm(shade[:, [0, 2]] - axis, axis=1).min()


def test_ends_are_flat_and_sides_upright(clouds: Clouds) -> None:
    assert clouds.normals is not None
    assert clouds.parts is not None
    ends = clouds.parts == primitives.PART_NAMES.index("cylinder/ends")
    sides = clouds.parts == primitives.PART_NAMES.index("cylinder/side")
    np.testing.assert_allclose(np.abs(clouds.normals[ends][:, 1]), 1, atol=1e-6)
    np.testing.assert_allclose(clouds.normals[sides][:, 1], 0, atol=1e-6)


def test_the_seed_decides_everything() -> None:
    first, again, other = (primitives.generate(1, 64, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.points, again.points)
    np.testing.assert_array_equal(first.parts, again.parts)
    assert (first.points != other.points).any(axis=(1, 2)).all()


def test_asking_for_more_leaves_the_first_as_they_were() -> None:
    few, more = primitives.generate(1, 64, 0), primitives.generate(2, 64, 0)
    np.testing.assert_array_equal(few.points, more.points[:NUM_CLASSES])
    assert (more.points[:NUM_CLASSES] != more.points[NUM_CLASSES:]).any(axis=(1, 2)).all()


def test_build_writes_normals_and_parts(tmp_path: Path) -> None:
    primitives.build(tmp_path / "p", train=2, test=1, num_points=32)
    whole = primitives.generate(3, 32, 0)
    for split, part in (("train", slice(0, 20)), ("test", slice(20, 30))):
        (shard,) = modelnet40.read_split(tmp_path / "p", split)
        np.testing.assert_array_equal(shard.data, whole.points[part])
        np.testing.assert_array_equal(shard.clouds.parts, whole.parts[part])
        np.testing.assert_array_equal(shard.clouds.normals, whole.normals[part])


@pytest.mark.parametrize("request_", [(0, 8, 0), (1, 0, 0), (1, 8, -1)])
def test_senseless_requests_are_refused(request_: tuple[int, int, int]) -> None:
    with pytest.raises(DatasetError):
        primitives.generate(*request_)
