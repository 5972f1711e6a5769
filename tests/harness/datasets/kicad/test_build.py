"""From package to both layouts: sound, honest, repeatable, and whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError, kicad, modelnet40, shapenet_part
from harness.datasets.kicad.build import sample_model
from harness.datasets.kicad.categories import CATEGORIES, CATEGORY_OF
from harness.datasets.kicad.families import name_family
from harness.datasets.kicad.package import Model
from harness.datasets.kicad.parts import PARTS, TAXONOMY, label_faces

from .conftest import model, write_folder, write_package

POINTS = 64


@pytest.fixture(scope="module")
def built(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "kicad"
    kicad.build(out, package, num_points=POINTS)
    return out


def listed(folder: Path) -> list[list[str]]:
    lines = (folder / "models.txt").read_text().splitlines()
    assert lines[0] == "split\tcategory\tfamily\tparts\tmodel"
    return [line.split("\t") for line in lines[1:]]


def test_sixteen_categories_and_fifty_parts() -> None:
    assert len(TAXONOMY.names) == 16
    assert len(TAXONOMY.owners) == 50
    assert set(TAXONOMY.names) < set(CATEGORIES)
    for parts in PARTS.values():
        materials = [material for used in parts.values() for material in used]
        assert len(materials) == len(set(materials))


def test_every_model_is_in_the_first_layout(built: Path) -> None:
    rows = listed(built)
    assert len(rows) == 9 * len(CATEGORY_OF)
    assert modelnet40.read_shape_names(built / "modelnet40") == CATEGORIES
    for split, names in (("train", ("train", "val")), ("test", ("test",))):
        (shard,) = modelnet40.read_split(built / "modelnet40", split)
        assert len(shard.clouds) == sum(row[0] in names for row in rows)
        assert set(shard.labels) == set(range(40))
        assert shard.data.shape[1:] == (POINTS, 3)
        np.testing.assert_allclose(np.linalg.norm(shard.data, axis=-1).max(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(shard.clouds.normals, axis=-1), 1, atol=1e-5)


def test_labelled_models_are_in_the_second_layout(built: Path) -> None:
    rows = [row for row in listed(built) if row[3] == "parts"]
    assert {row[1] for row in rows} == set(TAXONOMY.names)
    for split in shapenet_part.SPLITS:
        (shard,) = shapenet_part.read_split(built / "shapenet_part", split)
        assert len(shard.clouds) == sum(row[0] == split for row in rows)
    (train,) = shapenet_part.read_split(built / "shapenet_part", "train")
    assert set(np.unique(train.clouds.parts)) == set(range(50))


def test_no_family_is_on_two_sides(built: Path) -> None:
    side: dict[tuple[str, str], str] = {}
    for split, category, family, _, name in listed(built):
        for key in ((category, family), (category, name_family(name.split("/")[1]))):
            assert side.setdefault(key, split) == split


def test_a_folder_gives_the_same_as_the_package(
    built: Path, unpacked: Path, tmp_path: Path
) -> None:
    kicad.build(tmp_path / "k", unpacked, num_points=POINTS)
    files = [path.relative_to(built) for path in built.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        assert (built / path).read_bytes() == (tmp_path / "k" / path).read_bytes(), path


def test_up_is_y_and_parts_follow_materials() -> None:
    """A header of two boxes along x: the first of housing, the second of pins, z up."""
    text = model("Connector_PinHeader_2.54mm", 2, 0)
    result = sample_model(Model("Connector_PinHeader_2.54mm", "X", text, 1.0), 2000, 0)
    assert not isinstance(result, str)
    cloud, shape = result
    points, parts = cloud["points"], cloud["parts"]
    own = TAXONOMY.parts_of(TAXONOMY.names.index("Connector_PinHeader"))
    assert set(np.unique(parts)) == set(own)
    assert points[parts == own[0], 0].max() < points[parts == own[1], 0].min()
    # 3 x 1 x 2 in the file's x, y, z.
    np.testing.assert_allclose(
        np.ptp(points, axis=0) / np.ptp(points[:, 0]), [1, 2 / 3, 1 / 3], atol=0.02
    )
    assert shape.shape == (12,)


def test_a_material_that_is_only_declared_does_not_matter_and_a_strange_one_does() -> None:
    materials = np.zeros(3, np.int32)
    assert label_faces("Package_SO", materials, ("PIN-01",)) is not None
    assert label_faces("Package_SO", materials, ("PIN-01", "LED-RED")) is None
    assert label_faces("Package_SO", materials, ("",)) is None
    assert label_faces("Varistor", materials, ("PIN-01",)) is None


def test_damaged_models_are_skipped_and_told(library: dict[str, bytes], tmp_path: Path) -> None:
    damaged = dict(library)
    names = [name for name in damaged if "/Relay_THT.3dshapes/" in name][:3]
    damaged[names[0]] = damaged[names[0]][:-40]
    damaged[names[1]] = b"not VRML"
    damaged[names[2]] = damaged[names[2]].replace(b"point [", b"point [x ")
    kicad.build(tmp_path / "k", write_package(tmp_path / "p.deb", damaged), num_points=8)
    told = (tmp_path / "k" / "skipped.txt").read_text().splitlines()
    assert len(told) == 3
    assert all(line.startswith("Relay_THT/X_1x") for line in told)
    assert len(listed(tmp_path / "k")) == len(library) - 3


def test_nothing_is_left_of_a_build_that_fails(
    library: dict[str, bytes], package: Path, tmp_path: Path
) -> None:
    few = {name: text for name, text in library.items() if "/Varistor." not in name}
    source = write_folder(tmp_path / "few", few)
    with pytest.raises(DatasetError, match="0 models of Varistor"):
        kicad.build(tmp_path / "k", source, num_points=8)

    def interrupt(done: float, words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kicad.build(tmp_path / "k", package, num_points=8, progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["few"]


def test_a_folder_that_is_not_free_is_refused_first(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(DatasetError, match="not empty"):
        kicad.build(tmp_path, tmp_path / "none.deb")
    with pytest.raises(DatasetError, match="give at least"):
        kicad.build(tmp_path / "k", num_points=0)
