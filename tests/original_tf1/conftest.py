"""Small folders in the formats that the segmentation scripts read."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

CATEGORIES = {"Airplane": ("02691156", 4), "Bag": ("02773838", 2), "Cap": ("02954340", 3)}
POINTS = 24
SCENE_CLASSES = 13
SHAPES = {"train": (7, 5), "val": (5,), "test": (4, 3)}  # in each file
ROOMS = {"Area_1_office_1": 5, "Area_6_office_1": 4, "Area_2_hallway_1": 6, "Area_6_lobby_2": 1}
BLOCKS_PER_FILE = 9


@pytest.fixture(scope="session")
def parts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like ShapeNet's `hdf5_data`: 3 categories, 9 parts, clouds of 24 points."""
    folder = tmp_path_factory.mktemp("hdf5_data")
    names = [f"{name}\t{synset}" for name, (synset, _) in CATEGORIES.items()]
    (folder / "all_object_categories.txt").write_text("\n".join(names) + "\n")
    parts = [(synset, part) for synset, count in CATEGORIES.values() for part in range(count)]
    (folder / "overallid_to_catid_partid.json").write_text(json.dumps(parts))
    rng = np.random.default_rng(0)
    for split, sizes in SHAPES.items():
        files = [f"ply_data_{split}{index}.h5" for index in range(len(sizes))]
        for name, size in zip(files, sizes, strict=True):
            _write_shapes(folder / name, size, rng)
        if split != "test":  # the published folder has no list of these
            (folder / f"{split}_hdf5_file_list.txt").write_text("\n".join(files) + "\n")
    return folder


def _write_shapes(path: Path, count: int, rng: np.random.Generator) -> None:
    firsts = np.cumsum([0, *(parts for _, parts in CATEGORIES.values())])
    label = rng.permutation(np.arange(count) % len(CATEGORIES))
    ends = firsts[label + 1] - (label == 0)  # the airplanes lack their last part
    pid = rng.integers(firsts[label], ends, size=(POINTS, count)).T
    points = rng.standard_normal((count, POINTS, 3)) + 3 * label[:, None, None]
    points[..., 1] += pid  # something to learn
    with h5py.File(path, "w") as file:
        file["data"] = points.astype(np.float32)
        file["label"] = label[:, None].astype(np.uint8)
        file["pid"] = pid.astype(np.uint8)


@pytest.fixture(scope="session")
def blocks_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like `indoor3d_sem_seg_hdf5_data`: 16 blocks of 24 points, 5 of them in area 6."""
    folder = tmp_path_factory.mktemp("indoor3d_sem_seg_hdf5_data")
    rooms = [room for room, count in ROOMS.items() for _ in range(count)]
    (folder / "room_filelist.txt").write_text("\n".join(rooms) + "\n")
    rng = np.random.default_rng(1)
    label = rng.integers(SCENE_CLASSES - 1, size=(len(rooms), POINTS))  # one class never occurs
    data = rng.random((len(rooms), POINTS, 9)) + label[..., None] / SCENE_CLASSES
    data[:, 0, 8] = np.arange(len(rooms))  # a tag by which to know a block again
    names = []
    for index, start in enumerate(range(0, len(rooms), BLOCKS_PER_FILE)):
        names.append(f"indoor3d_sem_seg_hdf5_data/ply_data_all_{index}.h5")
        with h5py.File(folder / Path(names[-1]).name, "w") as file:
            file["data"] = data[start : start + BLOCKS_PER_FILE].astype(np.float32)
            file["label"] = label[start : start + BLOCKS_PER_FILE].astype(np.uint8)
    (folder / "all_files.txt").write_text("\n".join(names) + "\n")
    return folder
