"""What the tests of the Keras networks share: precision, gradients, weights and a data set."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras.src.backend.common import dtypes

from tf2_native import named_variables


@pytest.fixture
def float64(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Makes Keras compute in float64."""
    # Keras' table of types has no float64 on JAX and PyTorch.
    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    if keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def _gradient(function: Callable, x: np.ndarray) -> np.ndarray:
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            x = tf.constant(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = function(x)
            return tape.gradient(y, x).numpy()
        case "jax":
            import jax

            return np.asarray(jax.grad(function)(x))
        case "torch":
            import torch

            x = torch.tensor(x, requires_grad=True)
            function(x).backward()
            return x.grad.numpy()


@pytest.fixture
def gradient() -> Callable:
    """Gradient of a scalar function of one array, on the backend at hand."""
    return _gradient


def _randomise(model: keras.Model, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    weights = {}
    for name, variable in named_variables(model).items():
        value = rng.normal(size=variable.shape) * 0.1
        if name.endswith(("gamma", "moving_variance")):
            value = 1 + np.abs(value)
        elif name.endswith("weights") and "transform_XYZ" not in name:
            value *= 10 * np.sqrt(2 / variable.shape[0])
            value *= 0.01 if "transform_feat" in name else 1
        variable.assign(value)
        weights[name] = value
    return weights


@pytest.fixture
def randomise() -> Callable:
    """Gives every variable of a model a random value, and returns the values by canonical name."""
    return _randomise


def _spoil_later_points(path: Path, wanted: int) -> None:
    """Makes a file's points past those wanted unreadable, in packed chunks of their own."""
    with h5py.File(path, "r+") as file:
        points = file["data"][()]
        del file["data"]
        chunks = (len(points), wanted, 3)
        data = file.create_dataset("data", data=points, chunks=chunks, compression="gzip")
        data.id.write_direct_chunk((0, wanted, 0), b"nothing that was packed")


@pytest.fixture
def spoil_later_points() -> Callable:
    """Makes the points past the first so many of a file unreadable."""
    return _spoil_later_points


CLASS_NAMES = ["chair", "lamp", "sofa"]


def _write_split(folder: Path, split: str, sizes: list[int], num_points: int) -> None:
    rng = np.random.default_rng(len(sizes))
    lines = []
    for index, clouds in enumerate(sizes):
        labels = np.arange(clouds) % len(CLASS_NAMES)
        points = rng.normal(size=(clouds, num_points, 3)) * (1 + labels[:, None, None])
        points[:, 0, 0] = 100 * index + np.arange(clouds)  # A tag by which to know a cloud again.
        name = f"ply_data_{split}{index}.h5"
        with h5py.File(folder / name, "w") as file:
            file["data"] = points.astype("float32")
            file["label"] = labels[:, None].astype("uint8")
        lines.append(f"data/modelnet40_ply_hdf5_2048/{name}")
    (folder / f"{split}_files.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder like ModelNet40's: 3 classes, training files of 7 and 5 clouds, a test file of 6."""
    path = tmp_path / "modelnet40_ply_hdf5_2048"
    path.mkdir()
    (path / "shape_names.txt").write_text("\n".join(CLASS_NAMES) + "\n")
    _write_split(path, "train", [7, 5], num_points=16)
    _write_split(path, "test", [6], num_points=16)
    return path


@pytest.fixture
def part_folder(tmp_path: Path) -> Path:
    """A folder like ShapeNet-part's `hdf5_data`: 2 categories of 2 and 3 parts."""
    path = tmp_path / "hdf5_data"
    path.mkdir()
    (path / "all_object_categories.txt").write_text("Mug\t03797390\nTable\t04379243\n")
    parts = [["03797390", 0], ["03797390", 1], *(["04379243", part] for part in range(3))]
    (path / "overallid_to_catid_partid.json").write_text(json.dumps(parts))
    rng = np.random.default_rng(3)
    for split, clouds in {"train": 7, "val": 4, "test": 3}.items():
        category = np.arange(clouds) % 2
        points = rng.normal(size=(clouds, 16, 3))
        name = f"ply_data_{split}0.h5"
        with h5py.File(path / name, "w") as file:
            file["data"] = points.astype("float32")
            file["label"] = category[:, None].astype("uint8")
            file["pid"] = (2 * category[:, None] + (points[:, :, 0] > 0)).astype("uint8")
        (path / f"{split}_hdf5_file_list.txt").write_text(f"{name}\n")
    return path


@pytest.fixture
def scene_folder(tmp_path: Path) -> Path:
    """A folder like S3DIS's blocks: two files of 5 and 4 blocks of 16 points, of three rooms."""
    path = tmp_path / "indoor3d_sem_seg_hdf5_data"
    path.mkdir()
    rng = np.random.default_rng(4)
    names = []
    for index, blocks in enumerate((5, 4)):
        names.append(f"ply_data_all_{index}.h5")
        with h5py.File(path / names[-1], "w") as file:
            points = rng.random(size=(blocks, 16, 9))
            points[:, 0, 0] = 10 * index + np.arange(blocks)  # A tag by which to know it again.
            file["data"] = points.astype("float32")
            file["label"] = (points[:, :, 2] * 13).astype("uint8")
    (path / "all_files.txt").write_text("".join(f"indoor3d_sem_seg_hdf5_data/{n}\n" for n in names))
    rooms = ["Area_1_office_1"] * 4 + ["Area_6_office_2"] * 2 + ["Area_1_hallway_1"] * 3
    (path / "room_filelist.txt").write_text("\n".join(rooms) + "\n")
    return path


@pytest.fixture
def annotation_folder(tmp_path: Path) -> Path:
    """A folder like `PartAnnotation`: 11 aeroplanes, of which 8 can be used."""
    path = tmp_path / "PartAnnotation"
    rng = np.random.default_rng(5)
    entry = {"directory": "02691156", "lables": ["wing", "body"], "colors": ["blue", "green"]}
    path.mkdir()
    (path / "metadata.json").write_text(json.dumps({"Airplane": entry}))
    (path / "02691156" / "points").mkdir(parents=True)
    for part in entry["lables"]:
        (path / "02691156" / "points_label" / part).mkdir(parents=True)
    for index in range(11):
        count = 9 if index == 0 else 20 + index
        points = rng.normal(size=(count, 3)) + 5
        np.savetxt(path / "02691156" / "points" / f"plane{index:02}.pts", points)
        for number, part in enumerate(entry["lables"]):
            if (index, part) not in {(1, "wing"), (2, "body")}:
                inside = (np.arange(count) % 3 == number).astype(int)
                file = path / "02691156" / "points_label" / part / f"plane{index:02}.seg"
                np.savetxt(file, inside, fmt="%d")
    return path
