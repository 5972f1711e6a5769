"""ShapeNet's part annotation as the keras.io example reads it: a text file a cloud and a part.

    metadata.json                            by category: `directory`, `lables` [sic], `colors`
    <directory>/points/<cloud>.pts           x y z a line
    <directory>/points_label/<part>/<cloud>.seg   0 or 1 a line: whether the point is in the part

The rules are the example's. A cloud of fewer than 1,024 points is skipped. One that lacks the file
of any part is a test cloud, without labels. Where parts overlap, the later one in `lables` has the
point; a point in no part is "none", the class after the last.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harness.datasets.clouds import Clouds, unit_sphere
from harness.datasets.errors import DatasetError
from harness.datasets.folders import read_json, written_whole
from harness.pictures.palette import color

METADATA = "metadata.json"
MIN_POINTS = 1024
NONE = "none"


@dataclass(frozen=True)
class Category:
    """A category and its parts.

    Attributes:
        name: its key in `metadata.json`.
        directory: of its clouds.
        parts: their names, in the order of the classes; "none" comes after them.
        colors: of the parts, by name or `#rrggbb`, for pictures.
    """

    name: str
    directory: str
    parts: tuple[str, ...]
    colors: tuple[str, ...]

    @property
    def class_names(self) -> tuple[str, ...]:
        """The parts, then "none"."""
        return (*self.parts, NONE)


@dataclass(frozen=True)
class AnnotatedCloud:
    """One cloud of whatever size.

    Attributes:
        name: of its files, without suffix.
        points: float32, N x 3.
        labels: int32, N, the class of each point; None for a test cloud.
    """

    name: str
    points: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32] | None


def read_metadata(folder: Path) -> dict[str, Category]:
    """The categories of a folder, by name.

    Raises:
        DatasetError: `metadata.json` is missing or malformed.
    """
    path, entries = folder / METADATA, read_json(folder, METADATA)
    if not isinstance(entries, dict):
        raise DatasetError(f"{path}: not a JSON object of categories; restore it")
    if not entries:
        raise DatasetError(f"{path}: names no category; restore it")
    return {name: _category(path, name, entry) for name, entry in entries.items()}


def read_category(
    folder: Path, name: str, min_points: int = MIN_POINTS
) -> Iterator[AnnotatedCloud]:
    """The clouds of a category, by name, each checked as it is read.

    Arguments:
        folder: `PartAnnotation`, or a folder like it.
        name: a category of its `metadata.json`.
        min_points: clouds below this are skipped.

    Raises:
        DatasetError: at once for an unknown category or one without clouds; on reaching it for a
            file that is not numbers, a value that is not finite, a label other than 0 and 1, or a
            number of labels other than that of the points.
    """
    categories = read_metadata(folder)
    if name not in categories:
        raise DatasetError(
            f"{folder / METADATA}: no category {name!r}; choose one of {', '.join(categories)}"
        )
    category = categories[name]
    points = folder / category.directory / "points"
    paths = sorted(points.glob("*.pts")) if os.path.isdir(points) else []
    if not paths:
        raise DatasetError(f"{points}: holds no .pts files; unpack the data set again")
    clouds = (_read_cloud(path, category, min_points) for path in paths)
    return (cloud for cloud in clouds if cloud is not None)


def sampled(clouds: Iterable[AnnotatedCloud], num_points: int, seed: int, label: int = 0) -> Clouds:
    """Labelled clouds brought to one size, as the example does, and into the unit sphere.

    Arguments:
        clouds: those without labels are left out.
        num_points: points drawn from each, without replacement.
        seed: of the draw.
        label: the category of all of them.

    Raises:
        DatasetError: no labelled cloud, or one with fewer points.
    """
    random = np.random.default_rng(seed)
    points, parts = [], []
    for cloud in clouds:
        if cloud.labels is None:
            continue
        if len(cloud.points) < num_points:
            raise DatasetError(
                f"{cloud.name}: a cloud of {len(cloud.points)} points, but {num_points} were asked "
                "for; ask for fewer"
            )
        drawn = random.choice(len(cloud.points), num_points, replace=False)
        points.append(cloud.points[drawn])
        parts.append(cloud.labels[drawn])
    if not points:
        raise DatasetError("no cloud has labels; unpack points_label beside points")
    labels = np.full(len(points), label, np.int32)
    return Clouds(unit_sphere(np.stack(points)), labels, parts=np.stack(parts))


def write(
    folder: Path,
    parts: Mapping[str, Sequence[str]],
    clouds: Iterable[tuple[str, AnnotatedCloud]],
) -> None:
    """Writes a folder in this layout, whole or not at all.

    Arguments:
        folder: where; must not exist, or be empty.
        parts: for each category the names of its parts. Its directory is its number, in eight
            digits like a synset's.
        clouds: each with the category it belongs to. A point whose label is past the last part is
            in none; a cloud without labels gets no files of labels.

    Raises:
        DatasetError: the folder holds something, a category is unknown or a label out of range.
    """
    categories = {
        name: Category(name, f"{i:08}", tuple(names), tuple(map(color, range(len(names)))))
        for i, (name, names) in enumerate(parts.items(), 1)
    }
    with written_whole(folder) as partial:
        for category in categories.values():
            (partial / category.directory / "points").mkdir(parents=True)
            for part in category.parts:
                (partial / category.directory / "points_label" / part).mkdir(parents=True)
        for name, cloud in clouds:
            if name not in categories:
                raise DatasetError(f"{folder}: cloud {cloud.name} is of no category, {name!r}")
            _write_cloud(partial, categories[name], cloud)
        entries = {
            c.name: {"directory": c.directory, "lables": c.parts, "colors": c.colors}
            for c in categories.values()
        }
        (partial / METADATA).write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def adopt(out: Path, source: Path | None = None) -> None:
    """Checks a local copy from end to end and writes it to `out`.

    Raises:
        DatasetError: no `source` is given, or what it holds is not sound.
    """
    if source is None:
        raise DatasetError(
            "shapenet_annotation: its published address often refuses connections, so nothing is "
            "fetched; give the folder PartAnnotation of a copy as source"
        )
    categories = read_metadata(source)
    parts = {name: category.parts for name, category in categories.items()}
    write(out, parts, ((name, c) for name in parts for c in read_category(source, name)))


def _category(path: Path, name: str, entry: object) -> Category:
    try:
        directory, parts, colors = (entry[key] for key in ("directory", "lables", "colors"))  # type: ignore[index]
        sound = isinstance(directory, str) and _are_texts(parts) and _are_texts(colors)
    except (KeyError, TypeError):
        sound = False
    if not sound:
        raise DatasetError(
            f"{path}: category {name!r} lacks directory, lables or colors; restore it"
        ) from None
    if not parts or Path(directory).is_absolute() or ".." in Path(directory).parts:
        raise DatasetError(
            f"{path}: category {name!r} has no parts, or lies outside the folder; restore it"
        )
    return Category(name, directory, tuple(parts), tuple(colors))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _read_cloud(path: Path, category: Category, min_points: int) -> AnnotatedCloud | None:
    """A cloud with its labels; None where it is too small."""
    numbers = _numbers(path, "x y z")
    if len(numbers) % 3 or not len(numbers):
        raise DatasetError(f"{path}: {len(numbers)} numbers are no lines of x y z; restore it")
    with np.errstate(over="ignore"):  # What float32 cannot hold is infinite, and refused below.
        points = numbers.reshape(-1, 3).astype(np.float32)
    if not np.isfinite(points).all():
        line = int(np.argwhere(~np.isfinite(points))[0, 0]) + 1
        raise DatasetError(f"{path}: line {line} is not finite; restore it or take it away")
    if len(points) < min_points:
        return None
    labels = _read_labels(path, category, len(points))
    return AnnotatedCloud(path.stem, points, labels)


def _read_labels(path: Path, category: Category, n: int) -> npt.NDArray[np.int32] | None:
    folder = path.parent.parent / "points_label"
    paths = [folder / part / f"{path.stem}.seg" for part in category.parts]
    if not all(map(os.path.isfile, paths)):  # Without an error for a name too long for a file.
        return None
    labels = np.full(n, len(category.parts), np.int32)
    for number, seg in enumerate(paths):
        flags = _numbers(seg, "0 or 1")
        if len(flags) != n:
            raise DatasetError(
                f"{seg}: {len(flags)} labels, but {path.name} has {n} points; restore both"
            )
        if not np.isin(flags, (0, 1)).all():
            strange = flags[~np.isin(flags, (0, 1))][0]
            raise DatasetError(f"{seg}: label {strange:g} is neither 0 nor 1; restore it")
        labels[flags == 1] = number
    return labels


def _numbers(path: Path, what: str) -> npt.NDArray[np.float64]:
    """All the numbers of a file. NumPy's own `loadtxt` takes a hundred times as long."""
    try:
        text = path.read_text(encoding="latin-1")
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error.strerror}); restore it or take it away"
        ) from error
    try:
        with warnings.catch_warnings():
            # How NumPy before 2.3 says that text is not numbers.
            warnings.simplefilter("error", DeprecationWarning)
            return np.fromstring(text, dtype=np.float64, sep=" ")
    except (ValueError, DeprecationWarning):
        raise DatasetError(f"{path}: is not lines of {what}; restore it or take it away") from None


def _write_cloud(folder: Path, category: Category, cloud: AnnotatedCloud) -> None:
    home = folder / category.directory
    np.savetxt(home / "points" / f"{cloud.name}.pts", cloud.points, fmt="%.6f")
    if cloud.labels is None:
        return
    if not 0 <= cloud.labels.min() <= cloud.labels.max() <= len(category.parts):
        raise DatasetError(
            f"{folder}: cloud {cloud.name} has a label outside 0 .. {len(category.parts)}"
        )
    for number, part in enumerate(category.parts):
        flags = (cloud.labels == number).astype(int)
        np.savetxt(home / "points_label" / part / f"{cloud.name}.seg", flags, fmt="%d")
