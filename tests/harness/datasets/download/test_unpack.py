"""Archives: unpacked whole, and refused whole if any member could leave the folder."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.download import UnsoundArchive, unpack

GOOD = {"set/a.txt": b"a" * 5000, "set/deep/b.txt": b"b", "__MACOSX/set/._a.txt": b"", "x": b"x"}


def make_zip(path: Path, members: dict[str, bytes], **modes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("placeholder")
            # Set afterwards, as the constructor makes names harmless.
            info.filename = name
            info.external_attr = modes.get("mode", stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def make_tar(path: Path, members: dict[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "set/other" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content))
    return path


def assert_refused(path: Path, *mentioned: str) -> None:
    """Nothing but the archive is in its folder, nor beside that, after a refusal."""
    before = sorted(path.parent.parent.rglob("*"))
    with pytest.raises(UnsoundArchive) as caught:
        unpack(path, "set", path.parent / "out")
    assert "\n" not in str(caught.value)
    for text in (path.name, *mentioned):
        assert text in str(caught.value)
    assert sorted(path.parent.parent.rglob("*")) == before


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_the_folder_is_unpacked_and_nothing_else(make: object, tmp_path: Path) -> None:
    path = make(tmp_path / "archive", GOOD)
    unpack(path, "set", tmp_path / "out")
    found = {p.relative_to(tmp_path / "out").as_posix(): p for p in tmp_path.rglob("out/**/*.txt")}
    assert {name: p.read_bytes() for name, p in found.items()} == {
        "a.txt": b"a" * 5000,
        "deep/b.txt": b"b",
    }
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "out"]


UNSAFE = [
    "../escaped",
    "set/../../escaped",
    "set/..",
    "/tmp/escaped",
    "//escaped",
    "..\\escaped",
    "set\\..\\..\\escaped",
    "C:\\escaped",
    "C:/escaped",
]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_name_that_leaves_the_folder(make: object, name: str, tmp_path: Path) -> None:
    # After the good ones: the first must not be written before the last is judged.
    assert_refused(make(tmp_path / "archive", {**GOOD, name: b"evil"}))


def test_a_name_cut_short_by_a_null(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "archive", {**GOOD, "set/c?/../../escaped": b"evil"})
    path.write_bytes(path.read_bytes().replace(b"c?", b"c\0"))
    assert_refused(path)


@pytest.mark.parametrize(
    ("mode", "kind"), [(stat.S_IFLNK, "link"), (stat.S_IFCHR, "special"), (stat.S_IFIFO, "special")]
)
def test_a_zip_with_what_is_no_file(mode: int, kind: str, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "archive", {"set/l": b"/etc/passwd"}, mode=mode | 0o777)
    assert_refused(path, "'set/l'", kind)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_a_tar_with_what_is_no_file(kind: bytes, tmp_path: Path) -> None:
    assert_refused(make_tar(tmp_path / "archive", {"set/l": b""}, kind))


def test_a_member_twice(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "archive", {"set/a": b"1", "set/b": b"2"})
    path.write_bytes(path.read_bytes().replace(b"set/b", b"set/a"))
    assert_refused(path, "'set/a' twice")


def test_a_file_that_is_also_a_folder(tmp_path: Path) -> None:
    assert_refused(make_zip(tmp_path / "archive", {"set/a": b"1", "set/a/b": b"2"}), "twice")


def test_another_archive(tmp_path: Path) -> None:
    assert_refused(make_zip(tmp_path / "archive", {"other/a": b"", "b": b""}), "but b, other")


@pytest.mark.parametrize("content", [b"", b"<html>Please log in</html>"])
def test_no_archive(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(content)
    assert_refused(tmp_path / "archive", "neither a zip nor a tar")


def test_a_flipped_bit(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("set/good", b"first")
        archive.writestr("set/a", b"contents")
    path.write_bytes(path.read_bytes().replace(b"contents", b"conTents"))
    assert_refused(path, "damaged")


@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_truncated_archive(make: object, keep: float, tmp_path: Path) -> None:
    noise = bytes(range(256)) * 8
    path = make(tmp_path / "archive", {f"set/{i}": noise[i:] for i in range(40)})
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    assert_refused(path)


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz"])
def test_a_hole_in_a_compressed_archive(compression: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 4, 2_000_000, np.uint8).tobytes()
    with tarfile.open(tmp_path / "archive", f"w:{compression}") as archive:
        info = tarfile.TarInfo("set/a")
        info.size = len(noise)
        archive.addfile(info, io.BytesIO(noise))
    content = bytearray((tmp_path / "archive").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 100] = bytes(100)
    (tmp_path / "archive").write_bytes(content)
    assert_refused(tmp_path / "archive", "damaged")


def test_too_large_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage(free=5000))
    path = make_zip(tmp_path / "archive", GOOD)
    with pytest.raises(DatasetError, match="unpacks to"):
        unpack(path, "set", tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["archive"]


def test_a_folder_that_is_there_is_left(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(DatasetError, match="exists and is not empty"):
        unpack(make_zip(tmp_path / "archive", GOOD), "set", tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine"]
