"""Pipeline: given draws reach NumPy's generator, and what comes of them is what was asked."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness import exchange
from harness.worker import ROOT
from harness.workers import pipeline
from harness.workers.pipeline import RecordingSession, scripted_draws


@pytest.fixture(scope="module")
def provider() -> ModuleType:
    """The original's `provider.py`."""
    spec = importlib.util.spec_from_file_location("provider", ROOT / "original_tf1/provider.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rotated_by_hand(points: np.ndarray, turns: np.ndarray) -> np.ndarray:
    angle = 2 * np.pi * turns[:, None]
    x, y, z = np.moveaxis(points.astype(np.float64), 2, 0)
    turned_x = x * np.cos(angle) - z * np.sin(angle)
    turned_z = x * np.sin(angle) + z * np.cos(angle)
    return np.stack([turned_x, y, turned_z], axis=2)


def test_draws_are_given_in_order() -> None:
    with scripted_draws(uniform=[0.25, 0.75], normal=[np.arange(6.0), np.zeros(1)]):
        assert np.random.uniform() == 0.25
        np.testing.assert_array_equal(np.random.randn(2, 3), [[0, 1, 2], [3, 4, 5]])
        assert np.random.uniform() == 0.75
        assert np.random.randn(1) == [0]


def test_a_shuffle_leaves_the_given_order(provider: ModuleType) -> None:
    order = np.array([2, 0, 1])
    with scripted_draws(permutations=[order]):
        data, labels, found = provider.shuffle_data(np.arange(3) * 10, np.array([5, 6, 7]))
    np.testing.assert_array_equal(found, order)
    np.testing.assert_array_equal(data, [20, 0, 10])
    np.testing.assert_array_equal(labels, [7, 5, 6])


def test_a_draw_too_many_is_an_error_and_a_draw_of_another_size_too() -> None:
    with scripted_draws(), pytest.raises(StopIteration):
        np.random.uniform()
    with scripted_draws(normal=[np.zeros(5)]), pytest.raises(ValueError, match="reshape"):
        np.random.randn(2, 3)


def test_the_generator_is_put_back_even_after_an_error() -> None:
    originals = np.random.uniform, np.random.randn, np.random.shuffle
    with pytest.raises(ZeroDivisionError), scripted_draws(uniform=[0.5]):
        raise ZeroDivisionError
    assert (np.random.uniform, np.random.randn, np.random.shuffle) == originals


def test_augmentation_is_what_a_hand_computes(provider: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points = rng.standard_normal((3, 5, 3)).astype(np.float32)
    turns, normal = rng.random(3), 3 * rng.standard_normal((3, 5, 3))
    exchange.write(tmp_path / "batch.h5", {"points": points})
    exchange.write(tmp_path / "draws.h5", {"uniform": turns, "normal": normal})
    files = (str(tmp_path / f"{name}.h5") for name in ("batch", "draws", "out"))
    pipeline.augment(provider, *files)
    found = exchange.read_arrays(tmp_path / "out.h5")
    rotated = rotated_by_hand(points, turns)
    jitter = np.clip(0.01 * normal, -0.05, 0.05)
    assert (np.abs(jitter) == 0.05).any(), "nothing was wide enough to be clipped"
    np.testing.assert_allclose(found["rotated"], rotated, atol=1e-6)
    np.testing.assert_allclose(found["jittered"], rotated + jitter, atol=1e-6)
    assert found["rotated"].dtype == found["jittered"].dtype == np.float32


class Script:
    """Stands for train.py: feeds augmented, shuffled batches to a session."""

    def __init__(self, provider: ModuleType, points: np.ndarray, labels: np.ndarray) -> None:
        self.provider, self.points, self.labels = provider, points, labels
        self.said: list[str] = []

    def log_string(self, line: str) -> None:
        self.said.append(line)

    def train_one_epoch(self, session: Any, ops: Any, writer: Any) -> None:
        files = np.arange(1)
        np.random.shuffle(files)
        points, labels, _ = self.provider.shuffle_data(self.points, self.labels)
        for start in range(0, len(points), 2):
            clouds = self.provider.rotate_point_cloud(points[start : start + 2])
            clouds = self.provider.jitter_point_cloud(clouds)
            feed = {ops["pointclouds_pl"]: clouds, ops["labels_pl"]: labels[start : start + 2]}
            summary, step, loss = session.run([ops["merged"], ops["step"], ops["loss"]], feed)
            writer.add_summary(summary, step)
            self.log_string(f"loss {loss}")


def test_an_epoch_is_recorded_batch_by_batch(provider: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points, labels = rng.standard_normal((4, 5, 3)).astype(np.float32), np.array([7, 8, 9, 10])
    order = np.array([3, 1, 0, 2])
    draws = {
        "files": np.array([0]),
        "clouds/0": order,
        "uniform": rng.random((2, 2)),
        "normal": rng.standard_normal((2, 2, 5, 3)),
    }
    exchange.write(tmp_path / "draws.h5", draws)
    script = Script(provider, points, labels)
    pipeline.epoch(script, str(tmp_path / "draws.h5"), str(tmp_path / "out.h5"))
    found = exchange.read_arrays(tmp_path / "out.h5")
    np.testing.assert_array_equal(found["labels"], [[10, 8], [7, 9]])
    for step, chosen in enumerate((order[:2], order[2:])):
        jitter = np.clip(0.01 * draws["normal"][step], -0.05, 0.05)
        expected = rotated_by_hand(points[chosen], draws["uniform"][step]) + jitter
        np.testing.assert_allclose(found["points"][step], expected, atol=1e-6)
    assert script.said == [], "the script's log was not kept quiet"
    script.log_string("again")
    assert script.said == ["again"]


def test_a_session_answers_with_the_given_losses_and_logits() -> None:
    logits = [np.full((2, 4), value) for value in (1.0, 2.0)]
    session = RecordingSession([(0.5, logits[0]), (0.25, logits[1])])
    fed = {"pointclouds_pl": np.zeros((2, 8, 3)), "labels_pl": np.array([1, 2])}
    assert session.run(["loss", "step", "train_op"], fed) == [0.5, 0, None]
    assert session.run(["pred"], fed)[0] is logits[1]
    assert session.batches()["points"].shape == (2, 2, 8, 3)
    assert session.batches()["points"].dtype == np.float32
    np.testing.assert_array_equal(session.batches()["labels"], [[1, 2], [1, 2]])


def test_a_session_keeps_what_it_was_fed_and_not_the_array_itself() -> None:
    session = RecordingSession(None)
    points = np.zeros((1, 8, 3), np.float32)
    session.run(["loss"], {"pointclouds_pl": points, "labels_pl": np.array([1])})
    points += 1
    assert not session.batches()["points"].any()


def test_metrics_keep_what_the_script_makes_of_the_answers(tmp_path: Path) -> None:
    def eval_one_epoch(session: Any, ops: Any, writer: Any) -> tuple[float, float, float]:
        feed = {ops["pointclouds_pl"]: np.zeros((2, 8, 3)), ops["labels_pl"]: np.array([0, 1])}
        losses = [session.run([ops["loss"]], feed)[0] for _ in range(2)]
        return float(np.mean(losses)), 0.5, 0.25

    script = SimpleNamespace(eval_one_epoch=eval_one_epoch, log_string=print)
    answers = {"loss": np.array([1.0, 4.0]), "logits": np.zeros((2, 2, 4))}
    exchange.write(tmp_path / "answers.h5", answers)
    pipeline.metrics(
        script, "classification", str(tmp_path / "answers.h5"), str(tmp_path / "out.h5")
    )
    found = exchange.read_arrays(tmp_path / "out.h5")
    assert (found["loss"], found["accuracy"], found["class_accuracy"]) == (2.5, 0.5, 0.25)
    assert found["labels"].tolist() == [[0, 1], [0, 1]]
