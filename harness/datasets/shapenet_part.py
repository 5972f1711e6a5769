"""ShapeNet parts as published for PointNet: the folder `hdf5_data` of labelled clouds.

    all_object_categories.txt            a category a line: its name, a tab, its synset
    overallid_to_catid_partid.json       for each part, [synset, number within the category]
    catid_partid_to_overallid.json       {"<synset>_<number>": part}
    part_color_mapping.json              for each part, [red, green, blue], 0 .. 1
    train_hdf5_file_list.txt             a file a line; likewise val, and test where it is written
    ply_data_train0.h5, ...              `data`, `label` (category) and `pid` (part)

Parts are numbered through all the categories, so a part tells its category. The published folder
has no list of its test files, which are found by name, and no names of parts; `part_names.txt`,
`<category>/<part>` a line, is an addition of this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.datasets.clouds import Clouds, check_clouds
from harness.datasets.errors import DatasetError
from harness.datasets.folders import (
    listed_files,
    read_json,
    read_list,
    write_list,
    written_whole,
)
from harness.datasets.hdf5 import MAX_LABELS, read_clouds, write_split
from harness.pictures.palette import rgb

SPLITS = ("train", "val", "test")

CATEGORIES = "all_object_categories.txt"
PARTS = "overallid_to_catid_partid.json"
PARTS_INVERSE = "catid_partid_to_overallid.json"
COLORS = "part_color_mapping.json"
PART_NAMES = "part_names.txt"


@dataclass(frozen=True)
class Taxonomy:
    """The categories of a folder and the parts of each.

    Attributes:
        names: of the categories, in the order of the labels.
        synsets: the identifier of each.
        owners: for each part, the category it belongs to.
        numbers: for each part, its number within its category, from 1.
        part_names: for each part, its name within its category.
    """

    names: tuple[str, ...]
    synsets: tuple[str, ...]
    owners: tuple[int, ...]
    numbers: tuple[int, ...]
    part_names: tuple[str, ...]

    @classmethod
    def of(cls, categories: Mapping[str, Iterable[str]]) -> Taxonomy:
        """Categories by name with their parts, numbered in the order given.

        The synsets are `00000001` and so on: eight digits, as in WordNet, of no noun there.
        """
        parts = [
            (label, number, part)
            for label, members in enumerate(categories.values())
            for number, part in enumerate(members, 1)
        ]
        owners, numbers, part_names = zip(*parts, strict=True)
        synsets = tuple(f"{i:08}" for i in range(1, len(categories) + 1))
        return cls(tuple(categories), synsets, owners, numbers, part_names)

    def parts_of(self, label: int) -> tuple[int, ...]:
        """The parts of a category."""
        return tuple(part for part, owner in enumerate(self.owners) if owner == label)


@dataclass(frozen=True)
class PartShard:
    """One file of a split: where it was and what it holds, checked; `clouds.parts` is there."""

    path: Path
    clouds: Clouds


def read_taxonomy(folder: Path) -> Taxonomy:
    """The categories and parts of a folder.

    Raises:
        DatasetError: a list or a JSON file is missing, malformed or at odds with another.
    """
    rows = [line.split() for line in read_list(folder, CATEGORIES)]
    if any(len(row) != 2 for row in rows):
        raise DatasetError(f"{folder / CATEGORIES}: a line is not a name and a synset; restore it")
    names, synsets = (tuple(column) for column in zip(*rows, strict=True))
    if twice := next((synset for synset in synsets if synsets.count(synset) > 1), None):
        raise DatasetError(f"{folder / CATEGORIES}: has synset {twice} twice; restore it")
    pairs = _read_parts(folder, names, synsets)
    owners = tuple(synsets.index(synset) for synset, _ in pairs)
    inverse = {f"{synset}_{number}": part for part, (synset, number) in enumerate(pairs)}
    if read_json(folder, PARTS_INVERSE) != inverse:
        raise DatasetError(f"{folder / PARTS_INVERSE}: is not the inverse of {PARTS}; restore both")
    numbers = tuple(number for _, number in pairs)
    return Taxonomy(names, synsets, owners, numbers, _read_part_names(folder, numbers))


def read_split(folder: Path, split: str) -> Iterator[PartShard]:
    """The files of a split, in order, each checked as it is read.

    Arguments:
        folder: a folder in the layout above.
        split: "train", "val" or "test".

    Raises:
        DatasetError: at once for a missing folder, list or file; on reaching it for a file that
            is damaged or whose contents `check_part_clouds` refuses.
    """
    taxonomy = read_taxonomy(folder)
    return (_read_shard(path, taxonomy) for path in split_files(folder, split))


def split_files(folder: Path, split: str) -> list[Path]:
    """The files of a split: as listed, or by name where the published folder has no list.

    Raises:
        DatasetError: an unknown split, or a missing folder, list or file.
    """
    if split not in SPLITS:
        raise DatasetError(f"{folder}: no split '{split}'; choose one of {', '.join(SPLITS)}")
    name = f"{split}_hdf5_file_list.txt"
    if split == "test" and not (folder / name).is_file():
        found = sorted(folder.glob("ply_data_test*.h5"), key=_number)
        if found:
            return found
    return listed_files(folder, name)


def check_part_clouds(clouds: Clouds, where: str, taxonomy: Taxonomy) -> None:
    """Refuses clouds that do not fit the categories and parts.

    Raises:
        DatasetError: what `check_clouds` refuses, no parts at all, a part that does not exist, or
            one of another category than its cloud's.
    """
    check_clouds(clouds, where, len(taxonomy.names), CATEGORIES)
    parts = clouds.parts
    if parts is None:
        raise DatasetError(f"{where}: has no dataset 'pid'; write the file again")
    outside = parts[(parts < 0) | (parts >= len(taxonomy.owners))]
    if outside.size:
        raise DatasetError(
            f"{where}: part {outside[0]} is outside the {len(taxonomy.owners)} of {PARTS}; "
            "use the list that belongs to this data"
        )
    strange = np.asarray(taxonomy.owners)[parts] != clouds.labels[:, None]
    if strange.any():
        cloud, point = np.argwhere(strange)[0]
        raise DatasetError(
            f"{where}: cloud {cloud} is a {taxonomy.names[clouds.labels[cloud]]} but has part "
            f"{parts[cloud, point]}, of {taxonomy.names[taxonomy.owners[parts[cloud, point]]]}; "
            "write the file again"
        )


def write(folder: Path, splits: Mapping[str, Iterable[Clouds]], taxonomy: Taxonomy) -> None:
    """Writes a folder in this layout, whole or not at all.

    Arguments:
        folder: where; must not exist, or be empty.
        splits: for "train", "val" and "test", clouds with parts, in one or more pieces.
        taxonomy: the categories and parts.

    Raises:
        DatasetError: the folder holds something, a split is missing or empty, or clouds that
            `check_part_clouds` refuses.
    """
    if set(splits) != set(SPLITS):
        raise DatasetError(f"{folder}: expected the splits {SPLITS}, was given {tuple(splits)}")
    if len(taxonomy.owners) > MAX_LABELS:
        raise DatasetError(f"{folder}: {len(taxonomy.owners)} parts; a byte holds {MAX_LABELS}")
    with written_whole(folder) as partial:
        _write_taxonomy(partial, taxonomy)
        for split in SPLITS:
            pieces = _checked(splits[split], f"{folder}, {split}", taxonomy)
            names = write_split(partial, split, pieces, len(taxonomy.names))
            write_list(partial / f"{split}_hdf5_file_list.txt", names)


def adopt(out: Path, source: Path | None = None) -> None:
    """Checks a local copy from end to end and writes it to `out`.

    Raises:
        DatasetError: no `source` is given, or what it holds is not sound.
    """
    if source is None:
        raise DatasetError(
            "shapenet_part: its published address often refuses connections, so nothing is "
            "fetched; give the folder hdf5_data of a copy as source"
        )
    splits = {split: (shard.clouds for shard in read_split(source, split)) for split in SPLITS}
    write(out, splits, read_taxonomy(source))


def _read_shard(path: Path, taxonomy: Taxonomy) -> PartShard:
    clouds = read_clouds(path)
    check_part_clouds(clouds, str(path), taxonomy)
    return PartShard(path, clouds)


def _checked(pieces: Iterable[Clouds], where: str, taxonomy: Taxonomy) -> Iterator[Clouds]:
    for piece in pieces:
        check_part_clouds(piece, where, taxonomy)
        yield piece


def _number(path: Path) -> int:
    """Files are numbered; ten comes after nine."""
    found = re.search(r"(\d+)\.h5$", path.name)
    return int(found[1]) if found else -1


def _read_parts(
    folder: Path, names: tuple[str, ...], synsets: tuple[str, ...]
) -> list[tuple[str, int]]:
    """A synset and a number for each part."""
    entries = read_json(folder, PARTS)
    try:
        pairs = [(str(synset), int(number)) for synset, number in entries]
    except (TypeError, ValueError, OverflowError):  # An infinite number is none.
        raise DatasetError(
            f"{folder / PARTS}: is not a list of [synset, number] pairs; restore it"
        ) from None
    for synset, _ in pairs:
        if synset not in synsets:
            raise DatasetError(
                f"{folder / PARTS}: synset {synset} is not in {CATEGORIES}; restore both"
            )
    owning = {synset for synset, _ in pairs}
    for name, synset in zip(names, synsets, strict=True):
        if synset not in owning:
            raise DatasetError(
                f"{folder / PARTS}: has no part of {name} ({synset}) of {CATEGORIES}; restore both"
            )
    return pairs


def _read_part_names(folder: Path, numbers: tuple[int, ...]) -> tuple[str, ...]:
    if not (folder / PART_NAMES).is_file():
        return tuple(f"part {number}" for number in numbers)
    names = tuple(line.partition("/")[2] for line in read_list(folder, PART_NAMES))
    if len(names) != len(numbers):
        raise DatasetError(f"{folder / PART_NAMES}: {len(names)} names for {len(numbers)} parts")
    return names


def _write_taxonomy(folder: Path, taxonomy: Taxonomy) -> None:
    rows = zip(taxonomy.names, taxonomy.synsets, strict=True)
    write_list(folder / CATEGORIES, [f"{name}\t{synset}" for name, synset in rows])
    pairs = [
        [taxonomy.synsets[owner], number]
        for owner, number in zip(taxonomy.owners, taxonomy.numbers, strict=True)
    ]
    inverse = {f"{synset}_{number}": part for part, (synset, number) in enumerate(pairs)}
    colors = [rgb(number - 1) for number in taxonomy.numbers]
    for name, content in ((PARTS, pairs), (PARTS_INVERSE, inverse), (COLORS, colors)):
        (folder / name).write_text(json.dumps(content) + "\n", encoding="utf-8")
    owned = zip(taxonomy.owners, taxonomy.part_names, strict=True)
    write_list(folder / PART_NAMES, [f"{taxonomy.names[owner]}/{part}" for owner, part in owned])
