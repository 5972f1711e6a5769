"""Raw annotations: read fast and as they are, refused by file and line, one known flaw mended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.s3dis import CLASSES, read_raw_room, write_raw_room
from harness.datasets.s3dis.decimals import format_rows
from harness.datasets.s3dis.raw import room_folders

Annotate = Callable[..., Path]
FLAWED = "Area_5/hallway_6"


def message(room: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read_raw_room(room)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_objects_are_joined_and_moved_to_the_origin(annotate: Annotate) -> None:
    folder = annotate(
        "Area_1/office_1",
        ceiling_1="-2.5 10.0 3.1 1 2 3\n-1.5 12.0 3.0 4 5 6\n",
        table_2="-2.0 11.25 0.6 7.0 8.0 255.000000\n",
    )
    room = read_raw_room(folder)
    assert room.name == "Area_1_office_1"
    np.testing.assert_allclose(
        room.points, [[0, 0, 2.5], [1, 2, 2.4], [0.5, 1.25, 0]], rtol=0, atol=1e-6
    )
    assert room.colours.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 255]]
    assert room.labels.tolist() == [0, 0, 7]
    assert [a.dtype for a in (room.points, room.colours, room.labels)] == [
        np.float32,
        np.uint8,
        np.uint8,
    ]


def test_an_unknown_class_is_clutter(annotate: Annotate) -> None:
    folder = annotate("Area_3/lounge_2", stairs_1="0 0 0 1 2 3\n", door_1="1 1 1 1 2 3\n")
    assert [CLASSES[label] for label in read_raw_room(folder).labels] == ["door", "clutter"]


def test_line_ends_of_other_systems(annotate: Annotate) -> None:
    folder = annotate("Area_1/office_1", door_1="0 0 0 1 2 3\r\n1\t1  1 1 2\r3\n")
    np.testing.assert_array_equal(read_raw_room(folder).points, [[0, 0, 0], [1, 1, 1]])


def test_what_is_not_an_annotation_is_passed_over(annotate: Annotate) -> None:
    folder = annotate("Area_1/office_1", door_1="0 0 0 1 2 3\n\n1 1 1 1 2 3")
    (folder / "Annotations" / ".DS_Store").write_bytes(b"\0\1")
    (folder / "Annotations" / "._door_1.txt").write_bytes(b"\0\1")
    (folder.parent / "Area_1_alignmentAngle.txt").write_text("## Global\n")
    (folder.parent / ".git").mkdir()
    assert room_folders(folder.parent.parent) == [folder]
    assert len(read_raw_room(folder)) == 2


@pytest.mark.parametrize(
    "line",
    [
        "1 2 3 4 5",
        "1 2 3 4 5 6 7",
        "1 2 3 4 5 red",
        "1 2 3 4 5 nan",
        "1 2 3 18\x105 6 7",
        "1,2,3,4,5,6",
        "1_0 2 3 4 5 6",
        "1e999 2 3 4 5 6",
        "1 2 3 4 5 \xff6",
    ],
)
@pytest.mark.parametrize("number", [1, 3])
def test_a_malformed_line_is_named(annotate: Annotate, line: str, number: int) -> None:
    lines = ["0 0 0 1 2 3", "1 1 1 1 2 3", "2 2 2 1 2 3"]
    lines[number - 1] = line
    folder = annotate("Area_5/hallway_5", wall_1="0 0 0 1 2 3\n", wall_2="\n".join(lines))
    found = message(folder)
    assert f"wall_2.txt: line {number} is " in found
    assert "not six numbers" in found


@pytest.mark.parametrize("text", ["1 2 3 4 5\n", "1 2 3 4 5 6 7\n2 2 3 4 5 6 7\n"])
def test_a_file_of_another_width(annotate: Annotate, text: str) -> None:
    assert "wall_1.txt: line 1 is " in message(annotate("Area_1/office_1", wall_1=text))


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file(annotate: Annotate, text: str) -> None:
    found = message(annotate("Area_1/office_1", wall_1=text))
    assert "wall_1.txt: holds no points" in found


@pytest.mark.parametrize("colour", ["-1", "256"])
def test_a_colour_out_of_range(annotate: Annotate, colour: str) -> None:
    found = message(annotate("Area_1/office_1", wall_1=f"0 0 0 1 2 3\n1 1 1 9 {colour} 9\n"))
    assert "office_1: point 1 has a colour outside 0 .. 255" in found


def test_missing_things(annotate: Annotate, tmp_path: Path) -> None:
    assert "no Annotations/" in message(tmp_path / "Area_1" / "absent")
    with pytest.raises(DatasetError, match="no such folder"):
        room_folders(tmp_path / "absent")
    (tmp_path / "Area_1").mkdir()
    with pytest.raises(DatasetError, match="no rooms there"):
        room_folders(tmp_path)


@pytest.mark.parametrize(
    ("flawed", "colours"),
    [
        ("1 2 3 18\x105 187 6", [185, 187, 6]),
        ("1 2 3 185\x10187 6", [185, 187, 6]),
        ("1 2 3 185 187 6\x10", [185, 187, 6]),
        ("\x101 2 3 185 187 6", [185, 187, 6]),
    ],
)
def test_the_published_flaw_is_mended_and_told(
    annotate: Annotate, caplog: pytest.LogCaptureFixture, flawed: str, colours: list[int]
) -> None:
    folder = annotate(FLAWED, ceiling_1=f"0 0 0 1 2 3\n{flawed}\n4 4 4 7 8 9\n")
    with caplog.at_level(logging.WARNING):
        room = read_raw_room(folder)
    np.testing.assert_array_equal(room.points, [[0, 0, 0], [1, 2, 3], [4, 4, 4]])
    assert room.colours.tolist() == [[1, 2, 3], colours, [7, 8, 9]]
    (record,) = caplog.records
    assert "ceiling_1.txt: line 2 has a stray character" in record.getMessage()


@pytest.mark.parametrize("line", ["1 2 3 4 5", "1 2 3 4 5 6 7", "1 2 3 \x10\x104 5 6", "1 x 2 3"])
def test_no_other_flaw_is_mended(annotate: Annotate, line: str) -> None:
    folder = annotate(FLAWED, ceiling_1=f"0 0 0 1 2 3\n{line}\n")
    assert "ceiling_1.txt: line 2 is " in message(folder)


def test_one_line_a_file_is_mended_and_no_second(annotate: Annotate) -> None:
    folder = annotate(FLAWED, ceiling_1="0 0 0 1\x10 2 3\n0 0 0 1\x10 2 3\n")
    assert "ceiling_1.txt: line 2 is " in message(folder)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    points = [random.uniform(-30, 30, (n, 3)) for n in (50, 7, 1)]
    colours = [random.integers(0, 256, (n, 3)).astype(np.uint8) for n in (50, 7, 1)]
    folder = tmp_path / "Area_4" / "WC_1"
    write_raw_room(folder, list(zip([2, 12, 2], points, colours, strict=True)))
    names = sorted(path.name for path in (folder / "Annotations").iterdir())
    assert names == ["clutter_1.txt", "wall_1.txt", "wall_2.txt"]
    room = read_raw_room(folder)
    joined = np.concatenate([points[1], points[0], points[2]])
    # Written to the millimetre: half of one at the point, half at the minimum.
    np.testing.assert_allclose(room.points, joined - joined.min(axis=0), rtol=0, atol=0.00101)
    np.testing.assert_array_equal(room.colours, np.concatenate([colours[i] for i in (1, 0, 2)]))
    assert room.labels.tolist() == [12] * 7 + [2] * 51


def test_rows_are_formatted_as_python_does() -> None:
    points = np.array([[0, -0.0004, 9998.999], [-1.5, 12.0625, -0.25], [100, 1e-3, -9000.5]])
    colours = np.array([[0, 9, 10], [99, 100, 255], [1, 2, 3]], np.uint8)
    expected = "".join(
        "{:.3f} {:.3f} {:.3f} {} {} {}\n".format(*np.rint(p * 1000) / 1000 + 0.0, *c)
        for p, c in zip(points, colours, strict=True)
    )
    assert format_rows(points, colours).decode() == expected
    with pytest.raises(ValueError, match="finite"):
        format_rows(np.array([[np.nan, 0, 0]]), colours[:1])
