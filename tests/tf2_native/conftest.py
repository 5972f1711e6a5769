"""What the tests of the Keras networks share: precision, gradients, weights and a data set."""

from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from tf2_native import named_variables


@pytest.fixture
def float64() -> Iterator[None]:
    """Makes Keras compute in float64."""
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
