"""The package in each of its forms gives the same models; a damaged one is named."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from harness.datasets import DatasetError
from harness.datasets.kicad.categories import CATEGORIES, CATEGORY_OF
from harness.datasets.kicad.package import models, source_or_download


def test_a_package_and_a_folder_hold_the_same(package: Path, unpacked: Path) -> None:
    packed, loose = list(models(package)), list(models(unpacked))
    keys = {(model.folder, model.name): model.text for model in packed}
    assert keys == {(model.folder, model.name): model.text for model in loose}
    assert len(packed) == len(keys) == 9 * len(CATEGORY_OF)
    for found in (packed, loose):
        assert all(a.done <= b.done for a, b in itertools.pairwise(found))
        assert 0 < found[-1].done <= 1


def test_there_are_forty_categories_of_many_folders() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 40
    assert set(CATEGORY_OF.values()) == set(CATEGORIES)


@pytest.mark.parametrize("keep", [0, 5, 100, 0.5, 0.99])
def test_a_truncated_package(package: Path, tmp_path: Path, keep: float) -> None:
    content = package.read_bytes()
    cut = tmp_path / "cut.deb"
    cut.write_bytes(content[: int(keep if keep > 1 else keep * len(content))])
    with pytest.raises(DatasetError, match=r"cut\.deb: (truncated|holds no)") as caught:
        list(models(cut))
    assert "\n" not in str(caught.value)


def test_what_holds_no_models(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such file or folder"):
        list(models(tmp_path / "none.deb"))
    with pytest.raises(DatasetError, match=r"holds no <category>\.3dshapes"):
        list(models(tmp_path))


def test_no_apt_get(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatasetError, match="no apt-get here"), source_or_download(None):
        pass


def test_an_apt_get_that_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "apt-get"
    script.write_text("#!/bin/sh\necho 'E: Unable to locate package' >&2\nexit 100\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(DatasetError, match="E: Unable to locate"), source_or_download(None):
        pass
