"""`PartAnnotation`: shapes in text files, one category at a time, by the rules of the example."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf2_native.data.clouds import Category, Clouds, InMemory, Split
from tf2_native.data.listing import read_json
from tf2_native.data.normalise import normalised
from tf2_native.errors import InputError

LIKE = "PartAnnotation"
VALIDATION_SHARE = 0.2
SAMPLING_SEED = 0


def read_split(folder: Path, split: str, num_points: int, category: str = "Airplane") -> Split:
    """The labelled shapes of one category: the first four fifths, or the rest.

    A shape of fewer than `num_points` points is skipped, and so is one that lacks the file of any
    part. A point in no part is "none", the last class. Of each shape `num_points` points are drawn
    once, without replacement and the same whenever it is read, then centred and scaled to the unit
    sphere.

    Published code took the files in the order of the file system; here they come by name.

    Arguments:
        folder: holds `metadata.json` and a folder for each category.
        split: "train", or "val" or "test" for the rest.
        num_points: points per shape.
        category: a key of `metadata.json`.

    Raises:
        InputError: something in the folder is missing or unusable; the message names it.
    """
    directory, parts = _category(folder, category)
    shapes = [
        shape
        for path in sorted((directory / "points").glob("*.pts"))
        if (shape := _labelled_shape(path, directory / "points_label", parts, num_points))
    ]
    if not shapes:
        raise InputError(
            f"{directory}: holds no labelled shape of {num_points} points; see --num-point"
        )
    rng = np.random.default_rng(SAMPLING_SEED)
    sampled = [_sampled(points, labels, num_points, rng) for points, labels in shapes]
    border = int(len(sampled) * (1 - VALIDATION_SHARE))
    chosen = sampled[:border] if split == "train" else sampled[border:]
    if not chosen:
        raise InputError(f"{directory}: {len(shapes)} labelled shapes are too few to split")
    clouds = Clouds(
        np.stack([points for points, _ in chosen]),
        np.stack([labels for _, labels in chosen]),
        np.zeros(len(chosen), np.int32),
    )
    class_names = (*parts, "none")
    known = Category(category, tuple(range(len(class_names))))
    return Split(folder, class_names, [InMemory(clouds)], (known,), checksum=clouds.checksum())


def _category(folder: Path, category: str) -> tuple[Path, list[str]]:
    """The folder of a category, and the names of its parts."""
    metadata = read_json(folder / "metadata.json", LIKE)
    if not isinstance(metadata, dict) or category not in metadata:
        known = ", ".join(metadata) if isinstance(metadata, dict) else "none"
        raise InputError(
            f"{folder / 'metadata.json'}: has no category {category!r}; there are {known}"
        )
    try:
        entry = metadata[category]
        directory, parts = folder / entry["directory"], list(entry["lables"])  # Spelt like that.
    except (KeyError, TypeError) as error:
        raise InputError(
            f"{folder / 'metadata.json'}: {category} must have 'directory' and 'lables'"
        ) from error
    if not _are_names(entry["lables"]):
        raise InputError(
            f"{folder / 'metadata.json'}: 'lables' must be a list of names, for {category}"
        )
    if not os.path.isdir(directory / "points"):
        raise InputError(f"{directory / 'points'}: no such folder; unpack the category again")
    return directory, parts


def _are_names(parts: object) -> bool:
    return isinstance(parts, list) and bool(parts) and all(isinstance(p, str) for p in parts)


def _labelled_shape(
    path: Path, labels: Path, parts: list[str], num_points: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]] | None:
    """Points n x 3 and their parts [n]; None for a shape to be skipped."""
    files = [labels / part / f"{path.stem}.seg" for part in parts]
    if not all(map(os.path.exists, files)):  # Without an error for a name too long for a file.
        return None
    points = _numbers(path)
    if points.ndim != 2 or points.shape[1] != 3:
        raise InputError(f"{path}: must hold x, y and z a line")
    if len(points) < num_points:
        return None
    part_of = np.full(len(points), len(parts), np.int32)
    for part, file in enumerate(files):
        inside = _numbers(file)
        if inside.shape != (len(points),):
            raise InputError(
                f"{file}: has {inside.size} numbers for the {len(points)} points of {path.name}"
            )
        if not np.isin(inside, (0, 1)).all():
            strange = inside[~np.isin(inside, (0, 1))][0]
            raise InputError(f"{file}: holds {strange:g}, which is neither 0 nor 1; fetch it again")
        part_of[inside == 1] = part
    return points, part_of


def _numbers(path: Path) -> NDArray[np.float64]:
    try:
        numbers: NDArray[np.float64] = np.loadtxt(path, dtype=np.float64)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path}: cannot be read as numbers ({reason})") from error
    if not np.isfinite(numbers).all():
        raise InputError(f"{path}: holds NaN or infinite numbers; fetch it again")
    return numbers


def _sampled(
    points: NDArray[Any], labels: NDArray[np.int32], num_points: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    chosen = rng.permutation(len(points))[:num_points]
    return normalised(points[chosen]), labels[chosen]
