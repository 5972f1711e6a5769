"""Trainings: in a folder of their own, with all they say, and never half-done."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from harness.accuracy.programs import Job, Program
from harness.accuracy.training import COMMANDS, OUTPUT, Trained, TrainingError, train
from harness.runtimes import RUNTIMES, command_environment

RIGHT = [0, 1, 2, 0, 1]


def run(job: Job, commands: Program) -> Trained:
    return train(RUNTIMES["tensorflow"], commands, job)  # this interpreter


def test_predictions_and_output_are_kept(job: Job, program: Callable[..., Program]) -> None:
    trained = run(job, program(RIGHT))
    assert trained.predictions.parent == job.log
    assert (job.log / OUTPUT).read_text() == "**** EPOCH 000 ****\n**** EPOCH 001 ****\n"
    with h5py.File(trained.predictions) as file:
        assert file["logits"].shape == (5, 40)


def test_the_cpu_time_is_that_of_the_training_and_its_children(
    job: Job, program: Callable[..., Program]
) -> None:
    burn = "import time\nwhile {epochs} and time.process_time() < 0.7: pass"
    outer = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])"
    asleep = "import time; time.sleep(0.7 if {epochs} else 0)"
    assert run(job, program(RIGHT, train=outer)).cpu_seconds >= 0.7
    assert run(job, program(RIGHT, train=asleep)).cpu_seconds < 0.7


def test_a_training_begins_in_an_empty_folder(job: Job, program: Callable[..., Program]) -> None:
    run(job, program(RIGHT))
    (job.log / "checkpoint").touch()
    run(job, program(RIGHT))
    assert not (job.log / "checkpoint").exists()
    assert (job.log / OUTPUT).read_text().count("EPOCH 000") == 1


def test_a_training_that_fails_says_how(job: Job, program: Callable[..., Program]) -> None:
    failing = program(RIGHT, train="import sys; print('fine'); sys.exit('out of paper')")
    with pytest.raises(TrainingError, match="status 1: out of paper") as caught:
        run(job, failing)
    named = re.search(r"is in (.+)\)$", str(caught.value))
    assert named is not None
    assert Path(named.group(1)).read_text() == "fine\nout of paper\n"


def test_a_prediction_that_fails_is_a_failure(job: Job, program: Callable[..., Program]) -> None:
    failing = replace(program(RIGHT), predict=lambda job: ("-c", "raise SystemExit(3)"))
    with pytest.raises(TrainingError, match="status 3: "):
        run(job, failing)


def test_commands_can_be_ended_from_another_thread(
    job: Job, program: Callable[..., Program]
) -> None:
    endless = "import os, time\nprint(os.getpid(), flush=True)\nif {epochs}: time.sleep(600)"
    failed: list[BaseException] = []

    def work() -> None:
        try:
            run(job, program(RIGHT, train=endless))
        except TrainingError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not (job.log / OUTPUT).is_file() or not (job.log / OUTPUT).read_text():
        assert thread.is_alive()
    COMMANDS.end()
    thread.join()
    assert "status -9" in str(failed[0])
    with pytest.raises(ProcessLookupError):
        os.kill(int((job.log / OUTPUT).read_text()), 0)


def test_commands_see_no_gpu_and_no_mark_of_tensorflow_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2_BEHAVIOR", "1")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    found = {key: command_environment(RUNTIMES[key]) for key in ("tf1", "jax")}
    assert all(environment["CUDA_VISIBLE_DEVICES"] == "-1" for environment in found.values())
    assert "TF2_BEHAVIOR" not in found["tf1"]
    assert "KERAS_BACKEND" not in found["tf1"]
    assert found["jax"]["KERAS_BACKEND"] == "jax"
