"""Runs an implementation's own commands, each training in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock

from harness.accuracy.programs import PREDICTIONS, Arguments, Job, Program
from harness.runtimes import Runtime, command_environment

OUTPUT = "output.txt"


class TrainingError(RuntimeError):
    """A training or an evaluation ended badly; the message has its last line and where to look."""


@dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
        predictions: its file.
        cpu_seconds: the training took, of all cores together.
    """

    predictions: Path
    cpu_seconds: float


class Commands:
    """The commands that threads of this process wait for.

    Attributes:
        running: at the moment.
    """

    def __init__(self) -> None:
        self.running: set[subprocess.Popen[str]] = set()

    @contextlib.contextmanager
    def started(
        self, command: list[str], folder: Path, environment: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[str]]:
        """A command that does not outlive the block."""
        with subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # Ctrl-C is for the sweep, which ends its commands
        ) as process:
            self.running.add(process)
            try:
                yield process
            finally:
                process.kill()  # one that has ended is past it
                self.running.discard(process)

    def end(self) -> None:
        """End all of them; whoever waits for one is told that it failed."""
        for process in list(self.running):
            process.kill()


COMMANDS = Commands()


def train(runtime: Runtime, program: Program, job: Job) -> Trained:
    """Train from scratch, and predict.

    Arguments:
        runtime: to run it in.
        program: the implementation's commands.
        job: what to do; its folder is emptied first.

    Raises:
        TrainingError: a command failed.
        RuntimeUnavailable: this machine lacks the runtime.
    """
    job.log.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{job.log}.lock"):
        shutil.rmtree(job.log, ignore_errors=True)
        job.log.mkdir()
        cpu_seconds = run_command(runtime, program.train(job), job.log)
        run_command(runtime, program.predict(job), job.log)
    return Trained(job.log / PREDICTIONS, cpu_seconds)


def run_command(runtime: Runtime, arguments: Arguments, folder: Path) -> float:
    """Run an implementation's command to its end, all it says in the folder's `OUTPUT`.

    Arguments:
        runtime: whose interpreter; compat.v1 is put in TensorFlow's place for its scripts.
        arguments: of the interpreter.
        folder: to run in.

    Returns:
        The seconds of CPU time that it took.

    Raises:
        TrainingError: it failed.
    """
    through = ("-m", "harness.workers.script") if runtime.key == "compat" else ()
    command = [str(runtime.interpreter()), *through, *arguments]
    last = "it said nothing"
    with (
        (folder / OUTPUT).open("a") as log,
        COMMANDS.started(command, folder, command_environment(runtime)) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            log.flush()  # for who follows it
            last = line.strip() or last
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        what = next(part for part in arguments if part != "-m")
        raise TrainingError(
            f"{folder.name}: {Path(what).name} ended with status {process.returncode}: {last} "
            f"(all it said is in {folder / OUTPUT})"
        )
    return round(usage.ru_utime + usage.ru_stime, 1)
