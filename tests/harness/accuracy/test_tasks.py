"""The judges: from a data folder and a prediction file to scores."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.accuracy.tasks import (
    TASK_OF,
    Scores,
    fingerprint_of_truth,
    read_parts,
    read_predictions,
)
from harness.datasets import DatasetError, primitives


def judge(model: str, folder: Path, path: Path) -> Scores:
    task = TASK_OF[model]
    return task.judge(folder, read_predictions(path, task.arrays))


def test_classification(
    folder: Path, tmp_path: Path, write_predictions: Callable[..., None]
) -> None:
    write_predictions(tmp_path / "p.h5", [0, 1, 1, 39, 1])  # of 0 1 2 0 1
    scores = judge("pointnet_cls", folder, tmp_path / "p.h5")
    assert scores.overall["overall accuracy"] == pytest.approx(3 / 5)
    assert scores.overall["mean class accuracy"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert scores.classes == {"chair": 0.5, "lamp": 1.0, "sofa": 0.0}


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """The lists of a ShapeNet-part folder: two categories of two parts."""
    (tmp_path / "all_object_categories.txt").write_text("Mug\t03797390\n\nCap\t02954340\n")
    table = [["02954340", 0], ["02954340", 1], ["03797390", 0], ["03797390", 1]]
    (tmp_path / "overallid_to_catid_partid.json").write_text(json.dumps(table))
    return tmp_path


def test_parts_belong_to_categories_in_the_order_of_the_labels(parts: Path) -> None:
    assert read_parts(parts) == (("Mug", "Cap"), ((2, 3), (0, 1)))


def test_parts(parts: Path) -> None:
    labels = np.array([[2, 2, 3], [0, 0, 0]])
    logits = np.eye(4)[[[2, 2, 2], [0, 0, 0]]] - 0.5
    logits[1, :, 3] = 9  # no part of a cap
    with h5py.File(parts / "p.h5", "w") as file:
        file["logits"], file["labels"], file["category"] = logits, labels, np.array([0, 1])
    scores = judge("part_seg", parts, parts / "p.h5")
    mug = (2 / 3 + 0) / 2
    assert scores.overall == {
        "mean IoU of shapes": pytest.approx((mug + 1) / 2),
        "mean IoU of categories": pytest.approx((mug + 1) / 2),
        "point accuracy": pytest.approx(5 / 6),
    }
    assert scores.classes == {"Mug": pytest.approx(mug), "Cap": 1.0}
    assert judge("pointnet_seg", parts, parts / "p.h5") == scores


def test_scenes_are_judged_by_summed_counts(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=(130, 7))  # more than one chunk of the file
    guessed = np.where(rng.random(labels.shape) < 0.6, labels, 0)
    with h5py.File(tmp_path / "p.h5", "w") as file:
        file["logits"], file["labels"] = np.eye(13)[guessed], labels
    scores = judge("sem_seg", tmp_path, tmp_path / "p.h5")
    ious = [
        np.sum((labels == k) & (guessed == k)) / np.sum((labels == k) | (guessed == k))
        for k in range(3)
    ]
    assert list(scores.classes) == ["ceiling", "floor", "wall"]
    assert list(scores.classes.values()) == pytest.approx(ious)
    assert scores.overall["mean IoU"] == pytest.approx(np.mean(ious))
    assert scores.overall["overall accuracy"] == pytest.approx(np.mean(labels == guessed))


def test_truth_has_a_fingerprint_whatever_was_guessed(
    tmp_path: Path, write_predictions: Callable[..., None]
) -> None:
    files = [tmp_path / f"{i}.h5" for i in range(3)]
    write_predictions(files[0], [0, 0, 0, 0, 0])
    write_predictions(files[1], [1, 1, 1, 1, 1], np.array([0, 1, 2, 0, 1], np.uint8))
    write_predictions(files[2], [0, 0, 0, 0, 0], np.array([1, 0, 2, 0, 1]))
    first, same, other = (fingerprint_of_truth(file, ("logits", "labels")) for file in files)
    assert first == same
    assert first[0] == 5
    assert other != first


def test_points_of_a_folder(folder: Path) -> None:
    assert TASK_OF["pointnet_cls"].stored_points(folder) == 8


@pytest.mark.parametrize("content", [None, "", "data/none.h5\n"])
def test_a_folder_of_another_kind_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "train_hdf5_file_list.txt").write_text(content)
    with pytest.raises(DatasetError, match=r"train_hdf5_file_list\.txt.*part_seg") as caught:
        TASK_OF["part_seg"].stored_points(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "all_object_categories.txt").unlink(),
        lambda folder: (folder / "all_object_categories.txt").write_text("Mug\n"),
        lambda folder: (folder / "overallid_to_catid_partid.json").write_text("[[1"),
        lambda folder: (folder / "overallid_to_catid_partid.json").write_text('[["9", 0]]'),
        lambda folder: (folder / "overallid_to_catid_partid.json").write_text("3"),
    ],
)
def test_lists_of_parts_that_do_not_fit_are_refused(parts: Path, damage) -> None:
    damage(parts)
    with pytest.raises(DatasetError, match="do not tell the parts"):
        read_parts(parts)


def test_the_baseline_is_told_by_the_names_of_scores(tmp_path: Path) -> None:
    primitives.build_shapenet_part(tmp_path, train=1, val=1, test=1, num_points=16)
    found = TASK_OF["part_seg"].baseline(tmp_path)
    assert set(found) == {"mean IoU of shapes", "mean IoU of categories", "point accuracy"}
    assert all(0 < value < 1 for value in found.values())
    assert TASK_OF["sem_seg"].baseline(tmp_path) == {}
