"""Runs an implementation's own commands, each training in a folder of its own, and keeps it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import filelock

from harness.accuracy.programs import PREDICTIONS, Arguments, Job, Program
from harness.report.files import read_json, write_atomically
from harness.runtimes import Runtime, command_environment
from harness.worker import ROOT

OUTPUT = "output.txt"
_DONE = "done.json"
# TF1-style scripts say "**** EPOCH 007 ****", Keras says "Epoch 8/20".
_EPOCH = re.compile(r"^(\*{4} EPOCH \d+|Epoch \d+/\d+)")


class TrainingError(RuntimeError):
    """A training or an evaluation ended badly; the message has its last line and where to look."""


@dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
        predictions: its file.
        seconds: the training took.
    """

    predictions: Path
    seconds: float


def train(
    implementation: str,
    runtime: Runtime,
    program: Program,
    job: Job,
    on_epoch: Callable[[], None],
) -> Trained:
    """Train and predict, unless that was done before with the same sources, data and settings.

    Arguments:
        implementation: whose folder of sources.
        runtime: to run it in.
        program: its commands.
        job: what to do; `log` is a folder under which this training gets one of its own.
        on_epoch: called when an epoch begins.

    Raises:
        TrainingError: a command failed.
        RuntimeUnavailable: this machine lacks the runtime.
    """
    name = f"{implementation}@{runtime.key}-{job.seed}-{_fingerprint(implementation, job)}"
    folder = job.log / job.model / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / _DONE).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            own = replace(job, log=folder)
            started = time.monotonic()
            run_command(runtime, program.train(own), folder, on_epoch)
            seconds = round(time.monotonic() - started, 1)
            run_command(runtime, program.predict(own), folder, on_epoch)
            write_atomically(folder / _DONE, json.dumps({"seconds": seconds}))
    return Trained(folder / PREDICTIONS, read_json(folder / _DONE)["seconds"])


def run_command(
    runtime: Runtime, arguments: Arguments, folder: Path, on_epoch: Callable[[], None]
) -> None:
    """Run an implementation's command to its end, all it says in the folder's `OUTPUT`.

    Arguments:
        runtime: whose interpreter; compat.v1 is put in TensorFlow's place for its scripts.
        arguments: of the interpreter.
        folder: to run in.
        on_epoch: called when an epoch begins.

    Raises:
        TrainingError: it failed; the command is ended if this process is interrupted.
    """
    through = ("-m", "harness.workers.script") if runtime.key == "compat" else ()
    command = [str(runtime.interpreter()), *through, *arguments]
    last = "it said nothing"
    with (
        (folder / OUTPUT).open("a") as log,
        _started(command, folder, command_environment(runtime)) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                log.write(line)
                last = line.strip() or last
                if _EPOCH.match(line):
                    on_epoch()
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        what = next(part for part in arguments if part != "-m")
        raise TrainingError(
            f"{folder.name}: {Path(what).name} ended with status {process.returncode}: {last} "
            f"(all it said is in {folder / OUTPUT})"
        )


def _started(
    command: list[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _fingerprint(implementation: str, job: Job) -> str:
    """Tells trainings apart that could end differently."""
    digest = hashlib.sha256(repr((job.model, job.settings, job.data)).encode())
    for path in sorted((ROOT / implementation).rglob("*.py")):
        digest.update(path.read_bytes())
    for path in sorted(job.data.iterdir()):
        state = os.stat(path)
        digest.update(repr((path.name, state.st_size, state.st_mtime_ns)).encode())
    return digest.hexdigest()[:12]
