"""Generated rooms on disk: the raw layout of S3DIS and all that follows, from a seed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError, summaries
from harness.datasets.rooms import build
from harness.datasets.rooms.build import Size, write
from harness.datasets.rooms.scan import scan as scan_thing
from harness.datasets.rooms.solids import Thing, slab
from harness.datasets.s3dis import CLASSES, convert, read_blocks, read_raw_room, read_room

RAW = "Stanford3dDataset_v1.2_Aligned_Version"
ROOMS, BLOCKS = "stanford_indoor3d", "indoor3d_sem_seg_hdf5_data"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rooms") / "tiny"
    build(folder, "tiny", density=60)
    return folder


def test_all_three_layouts(tiny: Path) -> None:
    assert sorted(p.name for p in tiny.iterdir()) == [RAW, BLOCKS, "rooms.json", ROOMS]
    places = sorted(p.relative_to(tiny / RAW).as_posix() for p in (tiny / RAW).glob("*/*"))
    assert places == [f"Area_{a}/{room}_1" for a in range(1, 7) for room in ("lounge", "office")]
    names = {p.stem.rsplit("_", 1)[0] for p in (tiny / RAW).rglob("*.txt")}
    assert names == set(CLASSES)
    for path in (tiny / RAW).rglob("*.txt"):
        first = path.read_text().split("\n", 1)[0].split(" ")
        assert len(first) == 6
        assert all(len(coordinate.split(".")[1]) == 3 for coordinate in first[:3])
        assert all(0 <= int(channel) <= 255 for channel in first[3:])


def test_every_area_has_every_class(tiny: Path) -> None:
    for area in range(1, 7):
        labels = [
            np.unique(read_room(path).labels) for path in (tiny / ROOMS).glob(f"Area_{area}_*.npy")
        ]
        assert set(np.concatenate(labels).tolist()) == set(range(13))


def test_the_layouts_tell_of_the_same_rooms(tiny: Path) -> None:
    raw = read_raw_room(tiny / RAW / "Area_6" / "office_1")
    room = read_room(tiny / ROOMS / "Area_6_office_1.npy")
    np.testing.assert_array_equal(raw.points, room.points)
    rooms = {room for shard in read_blocks(tiny / BLOCKS, "test") for room in shard.rooms}
    assert rooms == {"Area_6_lounge_1", "Area_6_office_1"}


def test_floor_and_ceiling_are_where_they_belong(tiny: Path) -> None:
    for path in (tiny / ROOMS).glob("*.npy"):
        room = read_room(path)
        heights = {n: room.points[room.labels == label, 2] for label, n in enumerate(CLASSES)}
        assert heights["floor"].max() < 0.04
        assert heights["ceiling"].min() > room.points[:, 2].max() - 0.04
        assert heights["chair"].max() < 1.2 if len(heights["chair"]) else True


def test_the_seed_decides_everything(tiny: Path, tmp_path: Path) -> None:
    write(tmp_path / "a" / "Area_2" / "lounge_1", "lounge", 60, seed=0)
    write(tmp_path / "b" / "Area_2" / "lounge_1", "lounge", 60, seed=1)
    again, other = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert again == {
        f"Area_2/lounge_1/{name}": text
        for name, text in contents(tiny / RAW / "Area_2" / "lounge_1").items()
    }
    assert again != other


def test_rooms_of_a_kind_differ(tiny: Path) -> None:
    sizes = {
        tuple(np.round(read_room(path).points.max(axis=0), 2).tolist())
        for path in (tiny / ROOMS).glob("*.npy")
    }
    assert len(sizes) == 12


def test_the_density_is_points_a_square_metre() -> None:
    thing = Thing("table", slab(1, 2, 3), ((100, 150, 200),))
    points, colours = scan_thing(thing, 500, np.random.default_rng(0))
    assert len(points) == 22 * 500
    assert (points.shape, colours.shape) == ((11_000, 3), (11_000, 3))
    assert colours.dtype == np.uint8
    # A colour is near the material's, darker where it faces away from above.
    assert (np.abs(colours.mean(axis=0) - [100 * 0.88, 150 * 0.88, 200 * 0.88]) < 3).all()


def test_an_interrupted_build_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    module = sys.modules[build.__module__]
    monkeypatch.setattr(module, "SIZES", {"tiny": Size({"storage": 1}, 60)})
    monkeypatch.setattr(module, "AREAS", (1, 6))

    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(convert, "rooms_from_raw", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(out, "tiny")
    before = {path: path.stat().st_mtime_ns for path in (out / RAW).rglob("*.txt")}
    assert before
    with pytest.raises(DatasetError, match="exists and is not empty"):
        build(out, "tiny", seed=1)
    build(out, "tiny")
    assert before == {path: path.stat().st_mtime_ns for path in (out / RAW).rglob("*.txt")}
    build(tmp_path / "again", "tiny")
    assert contents(out) == contents(tmp_path / "again")


def test_what_is_there_is_left(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="exists and is not empty"):
        build(tiny, "tiny", density=60)
    for note in (json.dumps({"size": "tiny"}), "[" * 100_000):
        (tmp_path / "rooms.json").write_text(note)
        with pytest.raises(DatasetError, match="exists and is not empty"):
            build(tmp_path, "tiny")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"size": "huge"}, "no size 'huge'; one of tiny, small, large"),
        ({"density": 0.0}, "density 0"),
        ({"density": float("nan")}, "density nan"),
        ({"seed": -1}, "seed -1"),
    ],
)
def test_senseless_requests(tmp_path: Path, options: dict[str, object], expected: str) -> None:
    with pytest.raises(DatasetError, match=expected):
        build(tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_the_registry_summarises_by_area(tiny: Path) -> None:
    (found,) = summaries(tiny)
    assert sorted(found.blocks) == [1, 2, 3, 4, 5, 6]
    assert found.rooms == dict.fromkeys(range(1, 7), 2)
    assert all((found.counts[area] > 0).all() for area in found.counts)
