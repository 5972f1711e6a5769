"""`python -m harness data`: what is built is shown, and a senseless request is one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from harness.commands.data import app
from harness.datasets import DatasetError


def data(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_every_data_set_is_listed() -> None:
    found = data("list").stdout
    for key in ("digits", "primitives", "kicad", "modelnet40", "shapenet_part"):
        assert key in found


def test_what_is_built_is_shown(tmp_path: Path) -> None:
    out = tmp_path / "shapes"
    few = ("--train", "1", "--val", "1", "--test", "1", "--points", "256")
    built = data("build", "primitives", "--layout", "shapenet_part", "--out", out, *few)
    assert built.exit_code == 0, built.exception
    assert "chair/legs" in built.stdout
    shown = data("show", out, "--samples", "2", "--out", tmp_path / "pictures")
    assert shown.exit_code == 0, shown.exception
    assert built.stdout in shown.stdout
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"shapenet_part.png", "shapenet_part.html", "shapenet_part"}
    assert len(list((tmp_path / "pictures" / "shapenet_part").glob("*.ply"))) == 2


def test_pictures_lie_beside_the_data_or_nowhere(tmp_path: Path) -> None:
    out = tmp_path / "shapes"
    data("build", "primitives", "--out", out, "--train", "1", "--test", "1", "--points", "64")
    assert data("show", out, "--samples", "0").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["shapes"]
    data("show", out, "--samples", "1")
    assert (tmp_path / "shapes-pictures" / "modelnet40.png").is_file()


def test_the_baselines_of_classes_and_parts_are_told(tmp_path: Path) -> None:
    few = ("--train", "3", "--test", "2", "--points", "256")
    for layout in ("modelnet40", "shapenet_part", "shapenet_annotation"):
        data("build", "primitives", "--layout", layout, "--out", tmp_path / layout, *few)
    told = data("baseline", tmp_path).stdout
    lines = {line[:24].strip(): line[24:] for line in told.splitlines() if line[0] == " "}
    assert len(lines) == 5
    # One in ten by chance; and most shapes have more parts than one.
    assert 0.2 < float(lines["overall accuracy"]) <= 1
    assert 0.5 < float(lines["point accuracy"]) < 1
    assert float(lines["mean IoU of shapes"]) < float(lines["point accuracy"])
    refused = data("baseline", tmp_path / "shapenet_annotation")
    assert "classes or parts" in str(refused.exception)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("build", "shapenet"), "unknown data set 'shapenet'"),
        (("build", "digits", "--source", "x"), "--source is for kicad, modelnet40"),
        (("build", "digits", "--points", "5"), "takes no points"),
        (("build", "digits", "--layout", "s3"), "no layout 's3'"),
        (("build", "kicad", "--source", "none.deb"), "no such file or folder"),
        (("build", "shapenet_part"), "give the folder hdf5_data"),
    ],
)
def test_senseless_requests(tmp_path: Path, arguments: tuple[str, ...], expected: str) -> None:
    run = data(*arguments, "--out", tmp_path / "out")
    assert isinstance(run.exception, DatasetError)
    assert expected in str(run.exception)
    assert list(tmp_path.iterdir()) == []
