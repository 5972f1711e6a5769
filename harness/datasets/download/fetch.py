"""From the key of a published archive to its unpacked folder."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from harness.datasets.download.archives import ARCHIVES, Archive
from harness.datasets.download.http import download
from harness.datasets.download.unpack import UnsoundArchive, unpack
from harness.datasets.errors import DatasetError
from harness.datasets.folders import check_free
from harness.datasets.s3dis.convert import FORM


@dataclass(frozen=True)
class Fetched:
    """What has come.

    Attributes:
        folder: where it was unpacked.
        sha256: of the archive.
        verified: whether that was compared with a checksum known or given.
    """

    folder: Path
    sha256: str
    verified: bool

    def __str__(self) -> str:
        told = (
            "as expected"
            if self.verified
            else "not compared: none was published; give a trusted one with --sha256"
        )
        return f"{self.folder}\nSHA-256 of the archive: {self.sha256} ({told})"


def fetch(key: str, out: Path, source: str | None = None, sha256: str | None = None) -> Fetched:
    """Downloads or takes an archive, verifies and unpacks it to a folder below `out`.

    An archive that was downloaded is removed once it is unpacked; one given by its path is left.

    Arguments:
        key: one of `ARCHIVES`.
        out: the folder below which the archive's own folder appears.
        source: in place of the published address, a mirror's address of the file (or of the
            folder it lies in, ending with "/"), or the path of the file or its folder.
        sha256: what the archive must be, in place of the checksum known, if one is.

    Raises:
        DatasetError: an unknown key, an address that cannot be reached or fails, a checksum that
            differs, an archive `unpack` refuses, or a folder that is there already.
    """
    archive = _archive(key)
    folder = out / archive.folder
    check_free(folder)
    expected = _checksum(sha256) or archive.sha256
    if source is not None and not _is_address(source):
        path = _local(Path(source), archive)
        found = _verified(path, str(path), expected)
        unpack(path, archive.folder, folder)
    else:
        found = _fetch_from(_address(source, archive), archive, folder, expected)
    return Fetched(folder, found, verified=expected is not None)


def _fetch_from(url: str, archive: Archive, folder: Path, expected: str | None) -> str:
    """Downloads, verifies, unpacks and removes an archive; its checksum."""
    path = folder.parent / f".{archive.file}"
    # It is there already if its unpacking was interrupted.
    if not path.is_file():
        download(url, path)
    try:
        found = _verified(path, url, expected)
        unpack(path, archive.folder, folder)
    except UnsoundArchive:
        path.unlink()
        raise
    path.unlink()
    return found


def _verified(path: Path, where: str, expected: str | None) -> str:
    """The checksum of a file, if it is the one expected or none is."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if expected and found != expected:
        raise UnsoundArchive(
            f"{where}: its SHA-256 is {found}, expected {expected}; nothing was unpacked: get it "
            "again or elsewhere, or give the right checksum with --sha256"
        )
    return found


def _archive(key: str) -> Archive:
    if key == "s3dis":
        raise DatasetError(
            f"s3dis: the raw data is to be had for a form, at {FORM}; unpack it and give it to "
            "data build s3dis --source, or fetch the published blocks: data fetch s3dis_blocks"
        )
    if key not in ARCHIVES:
        raise DatasetError(
            f"{key}: there is nothing to fetch under this key; one of {', '.join(ARCHIVES)}"
        )
    return ARCHIVES[key]


def _checksum(given: str | None) -> str | None:
    if given is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", given):
        raise DatasetError(f"--sha256 {given}: a SHA-256 is 64 hexadecimal digits")
    return given.lower() if given else None


def _local(path: Path, archive: Archive) -> Path:
    path = path / archive.file if path.is_dir() else path
    if not path.is_file():
        raise DatasetError(f"{path}: no such file; give the path of {archive.file}")
    return path


def _is_address(source: str) -> bool:
    return re.match(r"https?://", source) is not None


def _address(source: str | None, archive: Archive) -> str:
    if source is None:
        return archive.url
    return source + archive.file if source.endswith("/") else source
