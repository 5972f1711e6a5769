"""The archives that data sets are published as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Archive:
    """One published file.

    Attributes:
        key: its name on the command line.
        url: where its authors published it.
        file: its name, on disk and on a mirror.
        folder: the one folder in it.
        sha256: of the file, 64 hexadecimal digits; None where nobody has published it.
    """

    key: str
    url: str
    file: str
    folder: str
    sha256: str | None = None


_SHAPENET = "https://shapenet.cs.stanford.edu/media/"


# No checksum was published with any of them.
_ARCHIVES = (
    Archive(
        key="modelnet40",
        url=_SHAPENET + "modelnet40_ply_hdf5_2048.zip",
        file="modelnet40_ply_hdf5_2048.zip",
        folder="modelnet40_ply_hdf5_2048",
    ),
    Archive(
        key="shapenet_part",
        url=_SHAPENET + "shapenet_part_seg_hdf5_data.zip",
        file="shapenet_part_seg_hdf5_data.zip",
        folder="hdf5_data",
    ),
    Archive(
        # The short address that keras.io's segmentation example gives.
        key="shapenet_annotation",
        url="https://git.io/JiY4i",
        file="shapenet.zip",
        folder="PartAnnotation",
    ),
    Archive(
        key="s3dis_blocks",
        url=_SHAPENET + "indoor3d_sem_seg_hdf5_data.zip",
        file="indoor3d_sem_seg_hdf5_data.zip",
        folder="indoor3d_sem_seg_hdf5_data",
    ),
)

ARCHIVES: Mapping[str, Archive] = MappingProxyType({a.key: a for a in _ARCHIVES})
