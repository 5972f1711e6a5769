"""The segmentation scripts really run, in every runtime, and agree on a checkpoint."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.accuracy.programs import PREDICTIONS, PROGRAMS, Job
from harness.accuracy.tasks import TASK_OF, Scores, Task, read_predictions
from harness.accuracy.training import OUTPUT, Trained, run_command, train
from harness.report.accuracy_schema import Settings
from harness.runtimes import RUNTIMES, RuntimeUnavailable

FOLDERS = {"parts": "parts_folder", "scenes": "blocks_folder"}


@pytest.fixture
def job(request: pytest.FixtureRequest, model: str, tmp_path: Path) -> Job:
    """Two epochs on the small folder that the model's task wants."""
    task = TASK_OF[model]
    area = 6 if task.key == "scenes" else None
    settings = Settings(epochs=2, batch=2, points=16, test_area=area)
    data = request.getfixturevalue(FOLDERS[task.key])
    return Job(model, data, tmp_path / "log", settings, seed=0)


def trained(job: Job, implementation: str, runtime: str) -> Trained:
    program = PROGRAMS[implementation, TASK_OF[job.model].key]
    own = replace(job, log=job.log / f"{implementation}@{runtime}")
    found = train(RUNTIMES[runtime], program, own)
    assert (own.log / OUTPUT).read_text().count("**** EPOCH") == 2
    return found


def judged(job: Job, task: Task, predictions: Path) -> Scores:
    scores = task.judge(job.data, read_predictions(predictions, task.arrays))
    assert all(0 <= value <= 1 for value in scores.overall.values())
    assert not any(map(math.isnan, scores.classes.values()))
    return scores


@pytest.mark.tf1
@pytest.mark.parametrize("model", ["part_seg", "sem_seg"])
def test_a_checkpoint_of_the_original_means_the_same_to_the_upgraded(job: Job) -> None:
    try:
        RUNTIMES["tf1"].interpreter()
    except RuntimeUnavailable as error:
        pytest.skip(str(error))
    task = TASK_OF[job.model]
    original = trained(job, "original_tf1", "tf1").predictions
    kept = job.log / "upgraded"
    shutil.copytree(original.parent, kept, ignore=shutil.ignore_patterns(PREDICTIONS))
    again = PROGRAMS["tf2_upgraded", task.key].predict(replace(job, log=kept))
    run_command(RUNTIMES["tf2"], again, kept)

    with h5py.File(original) as expected, h5py.File(kept / PREDICTIONS) as found:
        logits = expected["logits"][()]
        # Float32 and other kernels, and weights that two epochs have left wild.
        np.testing.assert_allclose(found["logits"], logits, atol=1e-5 * np.abs(logits).max())
        np.testing.assert_array_equal(found["labels"], expected["labels"])
        assert np.ptp(logits, axis=(0, 1)).min() > 0, "the network says the same of every point"
    assert judged(job, task, kept / PREDICTIONS) == judged(job, task, original)
    assert printed(kept / "log_evaluate.txt") == printed(original.parent / "log_evaluate.txt")


def printed(log: Path) -> list[str]:
    """The metrics that a script printed: all but its arguments, and the loss in its last digits."""
    lines = [line for line in log.read_text().splitlines()[1:] if "loss" not in line]
    assert any("IoU" in line for line in lines)
    return lines


@pytest.mark.parametrize("model", ["pointnet_seg"])
def test_the_upgraded_scripts_train_and_predict(job: Job) -> None:
    found = trained(job, "tf2_upgraded", "tf2")
    judged(job, TASK_OF[job.model], found.predictions)
