"""Unpacks one folder of a zip or tar archive, whole or not at all, and nothing outside it."""

from __future__ import annotations

import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from harness.datasets.errors import DatasetError
from harness.datasets.folders import written_whole
from harness.datasets.progress import progress


class UnsoundArchive(DatasetError):
    """An archive that no second attempt will unpack: damaged, malicious, or another one."""


@dataclass(frozen=True)
class _Member:
    """A file or folder in an archive.

    Attributes:
        name: as the archive has it.
        kind: "file", "folder", or what else it claims to be.
        size: bytes, unpacked.
        open: opens a file's contents.
    """

    name: str
    kind: str
    size: int
    open: Callable[[], IO[bytes] | None]


def unpack(path: Path, folder: str, out: Path) -> None:
    """Writes what an archive holds below `folder/` to the new folder `out`.

    Every member is judged by its name and kind before the first is written: one that is absolute,
    climbs with `..`, is a link or a device makes the whole archive be refused.

    Arguments:
        path: a zip or tar file, the latter compressed or not.
        folder: a folder at the archive's top.
        out: must not exist, or be empty.

    Raises:
        UnsoundArchive: no archive, a damaged or malicious one, or one without the folder.
        DatasetError: it does not fit on the disk, or `out` is not free.

    In each case nothing is written.
    """
    with _opened(path) as members:
        for member in members:
            _check(member, path)
        chosen = [m for m in members if PurePosixPath(m.name).parts[:1] == (folder,)]
        files = [member for member in chosen if member.kind == "file"]
        if not files:
            tops = sorted({PurePosixPath(m.name).parts[0] for m in members if m.name.strip("./")})
            raise UnsoundArchive(
                f"{path}: holds no folder {folder} but {', '.join(tops[:5]) or 'nothing'}; "
                "it is not the archive expected"
            )
        _check_space(path, files, out)
        with written_whole(out) as partial:
            _write(files, folder, partial, path)


@contextmanager
def _opened(path: Path) -> Iterator[list[_Member]]:
    """The members of an archive, to be read while it is open; damage becomes one clear line."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield [_zip_member(archive, info) for info in archive.infolist()]
        elif tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                yield [_tar_member(archive, info, path) for info in archive.getmembers()]
        else:
            raise UnsoundArchive(f"{path}: neither a zip nor a tar archive; fetch it again")
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    except OSError as error:
        # gzip and bzip2 tell damage as an error of the system, without its number.
        if error.errno is not None:
            raise
        raise _damaged(path, error) from error
    except (NotImplementedError, RuntimeError) as error:
        # What zipfile raises for a method of compression it lacks, and for a password.
        raise UnsoundArchive(f"{path}: cannot be unpacked ({error})") from error


_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)


def _damaged(path: Path, error: Exception) -> UnsoundArchive:
    return UnsoundArchive(f"{path}: damaged ({error}); fetch it again")


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Member:
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    kind = "folder" if info.is_dir() else "file"
    # Only archives made on Unix say what kind of file a member is.
    told = stat.S_IFMT(info.external_attr >> 16)
    if told:
        kind = kinds.get(told, "special file")
    # `orig_filename` is what the archive has: `filename` is made harmless, and so would hide it.
    return _Member(info.orig_filename, kind, info.file_size, lambda: archive.open(info))


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, path: Path) -> _Member:
    kind = "file" if info.isreg() else "folder" if info.isdir() else "special file"
    if info.issym() or info.islnk():
        kind = "link"
    try:
        tarfile.data_filter(info, str(path.parent))
    except tarfile.FilterError as error:
        raise UnsoundArchive(f"{path}: refused, as {error}") from error
    return _Member(info.name, kind, info.size, lambda: archive.extractfile(info))


def _check(member: _Member, path: Path) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or set(member.name) & set("\\:\0"):
        raise UnsoundArchive(
            f"{path}: refused, as its member {member.name!r} would be written outside the folder; "
            "do not trust this archive"
        )
    if member.kind not in ("file", "folder"):
        raise UnsoundArchive(
            f"{path}: refused, as its member {member.name!r} is a {member.kind}; "
            "do not trust this archive"
        )


def _check_space(path: Path, files: list[_Member], out: Path) -> None:
    size = sum(member.size for member in files)
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(existing).free
    if size > free:
        raise DatasetError(
            f"{path}: unpacks to {size / 1e9:,.1f} GB, but {existing} has {free / 1e9:,.1f} GB "
            "free; choose another folder"
        )


def _write(files: list[_Member], folder: str, partial: Path, path: Path) -> None:
    with progress(sum(member.size for member in files), "bytes") as advance:
        for member in files:
            place = partial / PurePosixPath(member.name).relative_to(folder)
            source = member.open()
            assert source is not None
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                with source, place.open("xb") as target:
                    shutil.copyfileobj(source, target)
            except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
                raise UnsoundArchive(
                    f"{path}: damaged (has {member.name!r} twice); fetch it again"
                ) from error
            advance(f"unpacking {place.name}", member.size)
