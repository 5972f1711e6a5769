"""Networks meet the folders that they learn from, under the published settings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.accuracy import Study, studies
from harness.accuracy.studies import contents
from harness.datasets import DatasetError, primitives
from harness.report.accuracy_schema import Settings


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    primitives.build_shapenet_part(tmp_path / "parts", train=1, val=1, test=1, num_points=16)
    return tmp_path / "parts"


def test_the_settings_are_the_published_unless_told_otherwise(folder: Path) -> None:
    (study,) = studies(["pointnet_cls"], [folder])
    assert study == Study("pointnet_cls", folder, Settings(250, 32, 8, None))
    (told,) = studies(["pointnet_cls"], [folder], epochs=1, batch=2, points=3)
    assert told.settings == Settings(1, 2, 3, None)


def test_every_network_takes_the_folders_in_its_format(folder: Path, parts: Path) -> None:
    models = ["part_seg", "pointnet_cls", "pointnet_cls_basic"]
    found = studies(models, [folder, parts])
    assert [(study.model, study.data) for study in found] == [
        ("part_seg", parts),
        ("pointnet_cls", folder),
        ("pointnet_cls_basic", folder),
    ]


def test_a_network_without_a_folder_and_a_folder_without_a_network_are_refused(
    folder: Path, parts: Path
) -> None:
    with pytest.raises(DatasetError, match=r"all_files\.txt"):
        studies(["pointnet_cls", "sem_seg"], [folder])
    with pytest.raises(DatasetError, match=r"parts: not in the format of any of pointnet_cls$"):
        studies(["pointnet_cls"], [folder, parts])


def test_the_contents_of_a_folder_are_theirs_wherever_it_stands(folder: Path) -> None:
    first = contents(folder)
    moved = shutil.copytree(folder, folder.parent / "moved")
    assert contents(moved) == first
    (moved / "shape_names.txt").rename(moved / "names.txt")
    assert contents(moved) != first
    (moved / "sub").mkdir()
    (moved / "names.txt").rename(moved / "sub/shape_names.txt")
    assert contents(moved) != first
    (folder / "shape_names.txt").write_text("chair\nlamp\nstool\n")
    assert contents(folder) != first
