"""The parent's end of a worker: start it, ask it, and say plainly how it died."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# TensorFlow 2 leaves TF2_BEHAVIOR in the environment of whoever imports it, and TensorFlow 1.15
# obeys: its shapes would hold integers, and the original would no longer run.
_NOT_INHERITED = ("PYTHONHOME", "TF2_BEHAVIOR", "TF_USE_LEGACY_KERAS", "KERAS_BACKEND")
_TAIL = 12  # lines of standard error that a death notice quotes


def inherited_environment() -> dict[str, str]:
    """What a child process gets of this one's environment."""
    kept = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    return {**kept, "PYTHONPATH": str(ROOT)}


class WorkerError(RuntimeError):
    """A worker refused a request, failed at it, or died; the message says which and why.

    Attributes:
        detail: the end of the worker's standard error.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class Worker:
    """A long-lived child process that answers requests.

    Arguments:
        name: what to call it in messages, "original_tf1@tf1 float64".
        command: interpreter and arguments.
        environment: added to this process's own.

    Raises:
        WorkerError: it does not start.
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._errors = tempfile.TemporaryFile(mode="w+", errors="replace")  # noqa: SIM115
        try:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                env={**inherited_environment(), **environment},
                process_group=0,  # Ctrl-C is for the parent, who ends its workers
            )
        except OSError as error:
            self._errors.close()
            raise WorkerError(f"{name}: {command[0]} does not start: {error.strerror}") from None
        try:
            self._answer("start")
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Returns:
            The answer's fields.

        Raises:
            WorkerError: the worker refused, failed or died; the message names the request.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"op": operation, **arguments}) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._death(operation) from None
        return self._answer(operation)

    def _answer(self, operation: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._death(operation)
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            self._process.kill()  # it lost the thread: nothing it says can be trusted any more
            raise self._death(operation) from None
        if not answer.pop("ok"):
            raise WorkerError(f"{self.name}: {operation}: {answer['error']}", self._tail())
        return answer

    def _death(self, operation: str) -> WorkerError:
        code = self._process.wait()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
        tail = self._tail()
        said = f"; it last said: {tail.splitlines()[-1].strip()}" if tail else ""
        message = f"{self.name}: the worker died ({how}) during request {operation!r}{said}"
        return WorkerError(message, tail)

    def _tail(self) -> str:
        self._errors.seek(0)
        return "\n".join(self._errors.read().splitlines()[-_TAIL:])

    def close(self) -> None:
        """End the worker; harmless if it is dead already."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._errors.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
