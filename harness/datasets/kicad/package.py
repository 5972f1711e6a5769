"""The models in the package `kicad-packages3d`, one at a time, from wherever it is.

Of the package's five gigabytes only the VRML files are kept, each for as long as it is worked on.
"""

from __future__ import annotations

import lzma
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.datasets.errors import DatasetError
from harness.datasets.kicad.categories import CATEGORY_OF

PACKAGE = "kicad-packages3d"
_SUFFIX = ".3dshapes"


@dataclass(frozen=True)
class Model:
    """One model file.

    Attributes:
        folder: of the library, without its suffix.
        name: of the model.
        text: its VRML.
        done: what part of the source has been read, 0 .. 1.
    """

    folder: str
    name: str
    text: bytes
    done: float


@contextmanager
def source_or_download(source: Path | None) -> Iterator[Path]:
    """The given source, or a package that `apt-get` downloads for as long as it is needed.

    Raises:
        DatasetError: nothing is given and nothing can be downloaded.
    """
    if source is not None:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="kicad-") as folder:
        yield _download(Path(folder))


def models(source: Path) -> Iterator[Model]:
    """The models of the categories in use, in the order in which they lie.

    Arguments:
        source: a `.deb`, or a folder in which one was unpacked, at whatever depth.

    Raises:
        DatasetError: the source is missing, damaged, or holds no models.
    """
    if source.is_dir():
        found = _from_folder(source)
    elif source.is_file():
        found = _from_package(source)
    else:
        raise DatasetError(f"{source}: no such file or folder; give a .deb or an unpacked folder")
    empty = True
    for model in found:
        empty = False
        yield model
    if empty:
        raise DatasetError(
            f"{source}: holds no <category>{_SUFFIX}/<model>.wrl; give {PACKAGE}'s .deb"
        )


def _download(folder: Path) -> Path:
    if shutil.which("apt-get") is None:
        raise DatasetError(
            f"kicad: no apt-get here; give {PACKAGE}'s .deb from any Debian mirror as source"
        )
    run = subprocess.run(
        ["apt-get", "download", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    found = list(folder.glob("*.deb"))
    if run.returncode or len(found) != 1:
        said = (run.stderr.strip().splitlines() or ["nothing was said"])[-1]
        raise DatasetError(
            f"kicad: apt-get download {PACKAGE} failed ({said}); give its .deb as source"
        )
    return found[0]


def _from_folder(source: Path) -> Iterator[Model]:
    paths = sorted(p for p in source.rglob(f"*{_SUFFIX}/*.wrl") if _folder(p) in CATEGORY_OF)
    for i, path in enumerate(paths, 1):
        yield Model(_folder(path), path.stem, path.read_bytes(), i / len(paths))


def _from_package(source: Path) -> Iterator[Model]:
    # Only this needs it.
    import arpy

    try:
        with arpy.Archive(str(source)) as archive:
            member = _data_member(archive, source)
            # A stream is read once, from front to end, and never held.
            with tarfile.open(fileobj=member, mode="r|*") as tar:
                for entry in tar:
                    path = Path(entry.name)
                    if entry.isfile() and path.suffix == ".wrl" and _folder(path) in CATEGORY_OF:
                        content = tar.extractfile(entry)
                        assert content is not None
                        done = member.tell() / member.header.size
                        yield Model(_folder(path), path.stem, content.read(), done)
    except (arpy.ArchiveFormatError, tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        raise DatasetError(
            f"{source}: truncated or not a Debian package ({error}); download it again"
        ) from None


def _data_member(archive: Any, source: Path) -> Any:
    """The archive of files within the package, whatever it is compressed with."""
    for member in archive:
        if member.header.name.startswith(b"data.tar"):
            return member
    raise DatasetError(f"{source}: holds no data.tar; give {PACKAGE}'s .deb")


def _folder(path: Path) -> str:
    """The library folder that a model lies in; empty where it is none."""
    name = path.parent.name
    return name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else ""
