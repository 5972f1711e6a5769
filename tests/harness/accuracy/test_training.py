"""Trainings: told epoch by epoch, kept, not repeated, and never half-done."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from harness.accuracy.programs import Job, Program
from harness.accuracy.training import OUTPUT, Trained, TrainingError, train
from harness.runtimes import RUNTIMES, command_environment

RIGHT = [0, 1, 2, 0, 1]


def run(job: Job, commands: Program) -> tuple[Trained, int]:
    """Trains; also how many epochs were told."""
    epochs: list[None] = []
    runtime = RUNTIMES["tensorflow"]  # this interpreter
    found = train("tf2_native", runtime, commands, job, lambda: epochs.append(None))
    return found, len(epochs)


def test_every_epoch_is_told_and_the_output_kept(job: Job, program: Callable[..., Program]) -> None:
    trained, epochs = run(job, program(RIGHT))
    assert epochs == 2
    assert "noise" in (trained.predictions.parent / OUTPUT).read_text()
    with h5py.File(trained.predictions) as file:
        assert file["logits"].shape == (5, 40)
    assert trained.predictions.is_relative_to(job.log / "pointnet_cls")


def test_keras_epochs_are_told(job: Job, program: Callable[..., Program]) -> None:
    train = "print('Epoch 1/2'); print('3/3 - loss: 1.0 - epoch 7'); print('Epoch 2/2')"
    assert run(job, program(RIGHT, train=train))[1] == 2


def test_a_finished_training_is_not_repeated(job: Job, program: Callable[..., Program]) -> None:
    first, _ = run(job, program(RIGHT))
    again, epochs = run(job, program(RIGHT))
    assert again == first
    assert epochs == 0
    assert (first.predictions.parent / "trained").read_text() == "once more"


def test_other_settings_or_data_are_another_training(
    job: Job, program: Callable[..., Program]
) -> None:
    folders = {run(job, program(RIGHT))[0].predictions.parent}
    changed = (
        replace(job, seed=4),
        replace(job, settings=replace(job.settings, epochs=1)),
        replace(job, model="pointnet_cls_basic"),
    )
    for other in changed:
        folders.add(run(other, program(RIGHT))[0].predictions.parent)
    os.utime(job.data / "shape_names.txt", (0, 0))
    folders.add(run(job, program(RIGHT))[0].predictions.parent)
    assert len(folders) == 5


def test_a_training_that_fails_says_how_and_is_tried_again(
    job: Job, program: Callable[..., Program]
) -> None:
    failing = program(RIGHT, train="import sys; print('fine'); sys.exit('out of paper')")
    with pytest.raises(TrainingError, match="status 1: out of paper") as caught:
        run(job, failing)
    named = re.search(r"is in (.+)\)$", str(caught.value))
    assert named is not None
    assert Path(named.group(1)).read_text() == "fine\nout of paper\n"
    assert run(job, program(RIGHT))[1] == 2


def test_a_prediction_that_fails_does_not_count_as_done(
    job: Job, program: Callable[..., Program]
) -> None:
    commands = program(RIGHT)
    failing = replace(commands, predict=lambda job: ("-c", "raise SystemExit(3)"))
    with pytest.raises(TrainingError, match="status 3: it said nothing"):
        run(job, failing)
    assert run(job, commands)[1] == 2


def test_an_interruption_ends_the_command(job: Job, program: Callable[..., Program]) -> None:
    endless = "import os, time\nprint(os.getpid(), flush=True)\nprint('Epoch 1/2')\n"
    commands = program(RIGHT, train=endless + "time.sleep(600)")

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train("tf2_native", RUNTIMES["tensorflow"], commands, job, interrupt)
    (output,) = job.log.rglob(OUTPUT)
    pid = int(output.read_text().split()[0])
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert run(job, program(RIGHT))[1] == 2


def test_commands_see_no_gpu_and_no_mark_of_tensorflow_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF2_BEHAVIOR", "1")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    found = {key: command_environment(RUNTIMES[key]) for key in ("tf1", "jax")}
    assert all(environment["CUDA_VISIBLE_DEVICES"] == "-1" for environment in found.values())
    assert "TF2_BEHAVIOR" not in found["tf1"]
    assert "KERAS_BACKEND" not in found["tf1"]
    assert found["jax"]["KERAS_BACKEND"] == "jax"
