"""What the segmentation scripts feed and how they judge, step by step, without a network running.

The scripts are read as upgraded: what is looked at here is the same text in both trees.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest

from harness import metrics
from harness.accuracy.tasks import read_parts
from harness.worker import ROOT
from harness.workers.pipeline import Operations, Writer, quiet, scripted_draws

Open = Callable[..., ModuleType]


@pytest.fixture(scope="module")
def opened() -> Iterator[Open]:
    """Imports a script afresh, as if started with these arguments."""
    import tensorflow

    from harness.workers.sources import Sources

    path, known = list(sys.path), set(sys.modules)
    yield Sources(ROOT / "tf2_upgraded", tensorflow).script
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if str(ROOT / "tf2_upgraded") in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


class Session:
    """Keeps what it is fed, and answers with one loss and given logits."""

    def __init__(self, logits: Callable[[dict[str, np.ndarray]], np.ndarray]) -> None:
        self.logits = logits
        self.fed: list[dict[str, np.ndarray]] = []

    def run(self, fetches: str | Sequence[str], feed_dict: dict[str, Any]) -> Any:
        self.fed.append({name: np.array(value) for name, value in feed_dict.items()})
        answers = {"pred": self.logits(self.fed[-1]), "loss": 0.5, "step": len(self.fed)}
        if isinstance(fetches, str):
            return answers[fetches]
        return [answers.get(name) for name in fetches]

    def all(self, name: str) -> np.ndarray:
        return np.concatenate([feed[name] for feed in self.fed])


MISSING = 3  # what the airplanes of conftest lack


def guesses(width: int) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """Logits at random, but that one class is never the best of any few."""
    rng = np.random.default_rng(0)

    def logits(feed: dict[str, np.ndarray]) -> np.ndarray:
        drawn = rng.standard_normal((*feed["pointclouds_pl"].shape[:2], width))
        return drawn - 9 * (np.arange(width) == MISSING)

    return logits


def stored(folder: Path, split: str) -> list[dict[str, np.ndarray]]:
    """The arrays of a split's files, in order."""
    found = []
    for path in sorted(folder.glob(f"ply_data_{split}*.h5")):
        with h5py.File(path) as file:
            found.append({name: file[name][()] for name in file})
    return found


# -- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "model", "batch", "points", "epochs", "decay", "rate", "bn_decay"),
    [
        ("train_part_seg", "part_seg", 32, 2048, 200, 337_620, 0.5, 675_240),
        ("train_part_seg", "pointnet_seg", 32, 2048, 200, 200_000, 0.7, 200_000),
        ("train_sem_seg", "sem_seg", 24, 4096, 50, 300_000, 0.5, 300_000),
    ],
)
def test_settings_and_schedules_are_the_published(
    opened: Open,
    script: str,
    model: str,
    batch: int,
    points: int,
    epochs: int,
    decay: int,
    rate: float,
    bn_decay: int,
) -> None:
    import tensorflow as tf

    found = opened(script, "--model", model)
    assert (found.BATCH_SIZE, found.NUM_POINT, found.MAX_EPOCH) == (batch, points, epochs)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        step = tf.compat.v1.placeholder(tf.int32, ())
        schedules = [found.get_learning_rate(step), found.get_bn_decay(step)]
        stair, bn_stair = -(-decay // batch), -(-bn_decay // batch)  # the first steps beyond

        def at(steps: int) -> list[float]:
            return session.run(schedules, {step: steps})

        assert at(0) == pytest.approx([0.001, 0.5])
        assert at(stair - 1)[0] == pytest.approx(0.001)
        assert at(stair)[0] == pytest.approx(0.001 * rate)
        assert at(bn_stair - 1)[1] == pytest.approx(0.5)
        assert at(bn_stair)[1] == pytest.approx(0.75)
        assert at(40 * bn_stair) == pytest.approx([1e-5, 0.99])


def test_the_optimizers(opened: Open) -> None:
    import tensorflow as tf

    for script in ("train_part_seg", "train_sem_seg"):
        assert isinstance(opened(script).get_optimizer(0.1), tf.compat.v1.train.AdamOptimizer)
        momentum = opened(script, "--optimizer", "momentum", "--momentum", "0.8").get_optimizer(0.1)
        assert isinstance(momentum, tf.compat.v1.train.MomentumOptimizer)
        assert momentum._momentum == 0.8
        with pytest.raises(ValueError, match="adam or momentum"):
            opened(script, "--optimizer", "sgd").get_optimizer(0.1)


# -- parts -----------------------------------------------------------------------------------------

PARTS_OPTIONS = ("--batch_size", 2, "--num_point", 16)


@pytest.mark.parametrize("model", ["part_seg", "pointnet_seg"])
def test_an_epoch_on_parts(opened: Open, parts_folder: Path, model: str) -> None:
    script = opened("train_part_seg", "--model", model, "--data_dir", parts_folder, *PARTS_OPTIONS)
    files = stored(parts_folder, "train")
    orders = [np.array([6, 2, 4, 0, 1, 5, 3]), np.array([3, 1, 0, 2, 4])]
    session = Session(guesses(50))
    with quiet(script), scripted_draws(permutations=[np.array([1, 0]), orders[1], orders[0]]):
        script.train_one_epoch(session, Operations(), Writer())
    # The second file first; of its 5 clouds 4 fill batches, of the 7 of the other 6.
    chosen = [(1, i) for i in orders[1][:4]] + [(0, i) for i in orders[0][:6]]
    points = [files[file]["data"][i, :16] for file, i in chosen]
    np.testing.assert_array_equal(session.all("pointclouds_pl"), points)
    parts = [files[file]["pid"][i, :16] for file, i in chosen]
    np.testing.assert_array_equal(session.all("seg_pl"), parts)
    assert all(feed["is_training_pl"] for feed in session.fed)
    if model == "part_seg":
        labels = [files[file]["label"][i, 0] for file, i in chosen]
        np.testing.assert_array_equal(session.all("labels_pl"), labels)
        np.testing.assert_array_equal(session.all("input_label_pl"), np.eye(16)[labels])
    else:
        assert set(session.fed[0]) == {"pointclouds_pl", "seg_pl", "is_training_pl"}


def test_validation_on_parts(opened: Open, parts_folder: Path) -> None:
    script = opened("train_part_seg", "--data_dir", parts_folder, *PARTS_OPTIONS)
    (file,) = stored(parts_folder, "val")
    session = Session(lambda feed: np.eye(50)[np.maximum(feed["seg_pl"], 3)])
    with quiet(script):
        loss, accuracy, category_accuracy = script.eval_one_epoch(session, Operations(), Writer())
    parts, labels = file["pid"][:4, :16], file["label"][:4, 0]
    np.testing.assert_array_equal(session.all("seg_pl"), parts)
    assert not any(feed["is_training_pl"] for feed in session.fed)
    right = parts >= 3
    assert 0 < right.mean() < 1
    assert (loss, accuracy) == (0.5, pytest.approx(right.mean()))
    by_category = [right[labels == c].mean() for c in np.unique(labels)]
    assert category_accuracy == pytest.approx(np.mean(by_category))


@pytest.mark.parametrize("points", [16, 40])
def test_evaluation_on_parts(opened: Open, parts_folder: Path, tmp_path: Path, points: int) -> None:
    options = ("--data_dir", parts_folder, "--num_point", points)
    script = opened("evaluate_part_seg", *options)
    script.PRED_FOUT = script.provider.PredictionFile(str(tmp_path / "predictions.h5"))
    session = Session(guesses(50))
    with quiet(script):
        accuracy, shape_iou, category_iou = script.eval_one_epoch(session, Operations())
    script.PRED_FOUT.close()

    # Fed normalised, repeated up to the point count, the parts unknown to the network.
    clouds = np.concatenate([file["data"] for file in stored(parts_folder, "test")])[:, :points]
    clouds = clouds - clouds.mean(axis=1, keepdims=True)
    clouds /= np.linalg.norm(clouds, axis=2).max(axis=1)[:, None, None]
    repeated = np.tile(clouds, (1, 3, 1))[:, :points]
    np.testing.assert_allclose(session.all("pointclouds_pl"), repeated, atol=1e-6)
    assert set(session.fed[0]) == {"pointclouds_pl", "input_label_pl", "is_training_pl"}

    # Judged on the stored points alone, as the metrics judge the logits that were written.
    with h5py.File(tmp_path / "predictions.h5") as file:
        logits, labels, category = (file[name][()] for name in ("logits", "labels", "category"))
    assert labels.shape == clouds.shape[:2]
    assert logits.shape == (*labels.shape, 50)
    names, parts = read_parts(parts_folder)
    predictions = metrics.best_part(logits, category, parts)
    ious = metrics.shape_ious(labels, predictions, category, parts)
    assert 0 in category, "no shape lacks a part"
    assert MISSING not in predictions
    assert accuracy == pytest.approx(np.mean(predictions == labels))
    assert shape_iou == pytest.approx(ious.mean())
    means = metrics.category_means(ious, category, len(names))
    assert category_iou == pytest.approx(metrics.mean_of_categories(means))


def test_a_list_of_test_files_counts_where_there_is_one(
    opened: Open, parts_folder: Path, tmp_path: Path
) -> None:
    found = opened("evaluate_part_seg", "--data_dir", parts_folder).get_test_files()
    assert [Path(name).name for name in found] == ["ply_data_test0.h5", "ply_data_test1.h5"]
    (tmp_path / "test_hdf5_file_list.txt").write_text("elsewhere/ply_data_test1.h5\n")
    found = opened("evaluate_part_seg", "--data_dir", tmp_path).get_test_files()
    assert found == [str(tmp_path / "ply_data_test1.h5")]


# -- scenes ----------------------------------------------------------------------------------------

SCENE_OPTIONS = ("--batch_size", 2, "--num_point", 16)
AREA_6 = [5, 6, 7, 8, 15]  # the blocks of conftest's rooms


def tags(session: Session) -> list[int]:
    return [int(tag) for tag in session.all("pointclouds_pl")[:, 0, 8]]


def test_an_epoch_on_scenes(opened: Open, blocks_folder: Path) -> None:
    script = opened("train_sem_seg", "--data_dir", blocks_folder, *SCENE_OPTIONS)
    order = np.random.default_rng(0).permutation(11)
    session = Session(guesses(13))
    with quiet(script), scripted_draws(permutations=[order]):
        script.train_one_epoch(session, Operations(), Writer())
    others = np.setdiff1d(np.arange(16), AREA_6)
    assert tags(session) == list(others[order[:10]])
    assert session.all("pointclouds_pl").shape == (10, 16, 9)
    labels = np.concatenate([file["label"] for file in stored(blocks_folder, "all")])[:, :16]
    np.testing.assert_array_equal(session.all("labels_pl"), labels[others[order[:10]]])


@pytest.mark.parametrize(("area", "blocks"), [(6, AREA_6[:4]), (1, [0, 1, 2, 3])])
def test_validation_on_scenes(
    opened: Open, blocks_folder: Path, area: int, blocks: list[int]
) -> None:
    options = ("--data_dir", blocks_folder, "--test_area", area, *SCENE_OPTIONS)
    script = opened("train_sem_seg", *options)
    session = Session(lambda feed: np.eye(13)[np.maximum(feed["labels_pl"], 5)])
    with quiet(script):
        loss, accuracy, class_accuracy = script.eval_one_epoch(session, Operations(), Writer())
    assert tags(session) == blocks
    labels = session.all("labels_pl")
    confusion = metrics.confusion_matrix(labels, np.maximum(labels, 5), 13)
    assert (loss, accuracy) == (0.5, pytest.approx(metrics.overall_accuracy(confusion)))
    assert class_accuracy == pytest.approx(metrics.mean_class_accuracy(confusion))


def test_evaluation_on_scenes(opened: Open, blocks_folder: Path, tmp_path: Path) -> None:
    script = opened("evaluate_sem_seg", "--data_dir", blocks_folder, "--num_point", 16)
    script.PRED_FOUT = script.provider.PredictionFile(str(tmp_path / "predictions.h5"))
    session = Session(guesses(13))
    said: list[str] = []
    script.log_string = said.append
    _, accuracy, mean_iou = script.eval_one_epoch(session, Operations())
    script.PRED_FOUT.close()
    assert tags(session) == AREA_6
    with h5py.File(tmp_path / "predictions.h5") as file:
        labels, predictions = file["labels"][()], np.argmax(file["logits"], axis=-1)
    confusion = metrics.confusion_matrix(labels, predictions, 13)
    assert accuracy == pytest.approx(metrics.overall_accuracy(confusion))
    assert mean_iou == pytest.approx(metrics.mean_iou(confusion))
    # The counts are printed, so that six areas can be summed.
    (line,) = (line for line in said if line.strip().startswith("sofa"))
    true, predicted, both = map(int, re.findall(r"(\d+) (?:true|predicted|both)", line))
    counts = (confusion[9].sum(), confusion[:, 9].sum(), confusion[9, 9])
    assert (true, predicted, both) == counts


# -- predictions -----------------------------------------------------------------------------------


def test_predictions_have_their_name_once_they_are_whole(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "predictions.h5"
    predictions = opened("evaluate_part_seg").provider.PredictionFile(str(path))
    rng = np.random.default_rng(0)
    batches = [rng.random((3, 4, 5)).astype(np.float32) for _ in range(3)]
    for batch in batches:
        predictions.add(logits=batch, labels=batch[:, 0, 0])
    assert not path.exists()
    predictions.close()
    assert [found.name for found in tmp_path.iterdir()] == ["predictions.h5"]
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["logits"], np.concatenate(batches))
        np.testing.assert_array_equal(file["labels"], np.concatenate(batches)[:, 0, 0])
