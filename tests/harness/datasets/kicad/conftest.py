"""A library of KiCad's shape, generated: folders, names, palette and syntax as in the package."""

from __future__ import annotations

import io
import lzma
import tarfile
from pathlib import Path

import numpy as np
import pytest

from harness.datasets.kicad.categories import CATEGORY_OF
from harness.datasets.kicad.parts import PARTS

ROOT = "usr/share/kicad/3dmodels"
SIZES = (2, 3, 5)
FORMS = ("Horizontal", "Vertical", "Tilted")


def box(size: tuple[float, float, float], at: float, material: str) -> str:
    """A box as StepUp exports one: a shape that uses a material of the palette."""
    corners = np.array(np.meshgrid(*([0.0, s] for s in size), indexing="ij")).reshape(3, -1).T
    points = ",".join(
        " ".join(f"{x:.3f}" for x in (corner[0] + at, *corner[1:])) for corner in corners
    )
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    index = ",".join(f"{a},{b},{c},-1,{a},{c},{d},-1" for a, b, c, d in quads)
    return (
        "Shape { geometry IndexedFaceSet \n"
        f"{{ creaseAngle 0.50 coordIndex [{index}]\n"
        f"coord Coordinate {{ point [{points}]\n}}}}\n"
        f"appearance Appearance{{material USE {material} }}\n}}\n"
    )


def model(folder: str, pins: int, form: int) -> bytes:
    """A row of boxes, in the materials of the category's parts in turn."""
    materials = [used[0] for used in PARTS.get(CATEGORY_OF[folder], {"body": ("PIN-01",)}).values()]
    palette = "".join(
        f"Shape {{ appearance Appearance {{material DEF {name} Material {{ shininess 0.7 }} }} }}\n"
        for name in (*materials, "NEVER-USED-01")
    )
    boxes = "".join(
        box((1.0, 1.0 + form, 2.0 + form**2), 2.0 * i, materials[i % len(materials)])
        for i in range(max(pins, len(materials)))
    )
    return f"#VRML V2.0 utf8\n#kicad StepUp wrl exported\n{palette}{boxes}".encode()


def files() -> dict[str, bytes]:
    """Three families of three models in every folder, by path."""
    return {
        f"{ROOT}/{folder}.3dshapes/X_1x{pins:02}_P2.54mm_{form}.wrl": model(folder, pins, number)
        for folder in CATEGORY_OF
        for number, form in enumerate(FORMS)
        for pins in SIZES
    }


def write_folder(folder: Path, content: dict[str, bytes]) -> Path:
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return folder


def write_package(path: Path, content: dict[str, bytes]) -> Path:
    """A Debian package: an `ar` archive of a version, control files and an xz'ed tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in content.items():
            for suffix, body in ((".step", b"ISO-10303-21;"), (".wrl", text)):
                entry = tarfile.TarInfo("./" + name.removesuffix(".wrl") + suffix)
                entry.size = len(body)
                tar.addfile(entry, io.BytesIO(body))
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.xz": lzma.compress(b""),
        "data.tar.xz": lzma.compress(buffer.getvalue()),
    }
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for name, body in members.items():
            file.write(f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(body):<10}`\n".encode())
            file.write(body + b"\n" * (len(body) % 2))
    return path


@pytest.fixture(scope="session")
def library() -> dict[str, bytes]:
    """Not to be changed in place."""
    return files()


@pytest.fixture(scope="session")
def package(library: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tmp_path_factory.mktemp("kicad") / "library.deb", library)


@pytest.fixture(scope="session")
def unpacked(library: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("unpacked"), library)
