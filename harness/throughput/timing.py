"""One setting: all contenders alive at once, asked in turn, round after round."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness import exchange
from harness.models import MODELS
from harness.roofline import Probe
from harness.subject import network_of
from harness.throughput.batches import draw_batch
from harness.throughput.contenders import Contender
from harness.throughput.plan import MIN_ROUNDS, Plan, Setting
from harness.worker import Worker, WorkerError

Leave = Callable[[Contender, str], None]


@dataclass
class Entrant:
    """A contender under way in a setting, and what has been found out about it.

    Attributes:
        worker: its process.
        seconds: of a step, a value a round.
        latency: seconds of a step on one cloud, a value a round.
        found: answers of the worker by operation.
    """

    contender: Contender
    worker: Worker
    seconds: list[float] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def ask(self, operation: str, **arguments: Any) -> None:
        """Ask the worker, and keep what it answers."""
        self.found[operation] = self.worker.ask(operation, **arguments)

    def time(self, samples: list[float], at_least: float) -> None:
        """Take steps for so many seconds, and note how long one took."""
        answer = self.worker.ask("run", at_least=at_least)
        samples.append(answer["seconds"] / answer["steps"])


class Race:
    """Contenders in one setting.

    A contender whose worker refuses, fails or dies is left out from there on, and the reason told.

    Arguments:
        setting: what they are given.
        plan: of the run.
        scratch: folder for batch files.
        leave: is told who drops out, and why.
    """

    def __init__(self, setting: Setting, plan: Plan, scratch: Path, leave: Leave) -> None:
        self.setting, self.plan, self.leave = setting, plan, leave
        self.entrants: list[Entrant] = []
        self._network = network_of(MODELS[setting.model])
        self._batch = self._write(setting.batch, scratch)
        self._one = self._write(1, scratch)
        self._stack = ExitStack()

    def enter(self, contenders: Iterable[tuple[Contender, Path]]) -> None:
        """Start the workers one after another, build, take the first step and warm up.

        Arguments:
            contenders: with their interpreters.
        """
        for contender, python in contenders:
            try:
                worker = contender.start(python, self.setting, self.plan)
            except WorkerError as error:
                self.leave(contender, _without_name(error, contender))
                continue
            self._stack.enter_context(worker)
            entrant = Entrant(contender, worker)
            self.entrants.append(entrant)
            self._try(entrant, self._prepare)

    def run(self, probe: Probe, progress: Callable[[str], None]) -> None:
        """The rounds, the roofline measured in each; and after them the latency of one cloud."""
        deadline = time.monotonic() + (self.plan.seconds or float("inf"))
        for number in range(self.plan.rounds):
            if number >= MIN_ROUNDS and time.monotonic() > deadline:
                break
            progress(f"{self.setting}, round {number + 1} of {self.plan.rounds}")
            probe.measure()
            for entrant in self._turns(number):
                self._try(entrant, lambda e: e.time(e.seconds, self.plan.slice_s))
        for entrant in list(self.entrants):
            self._try(entrant, lambda e: e.ask("memory"))
        if self.setting.mode == "inference" and self.setting.batch > 1:
            progress(f"{self.setting}, latency of one cloud")
            self._run_latency()

    def _run_latency(self) -> None:
        for entrant in list(self.entrants):
            self._try(entrant, self._prepare_latency)
        for number in range(self.plan.rounds):
            for entrant in self._turns(number):
                self._try(entrant, lambda e: e.time(e.latency, self.plan.slice_s / 2))

    def _prepare(self, entrant: Entrant) -> None:
        entrant.ask("versions")
        entrant.ask("build", network=self._network, mode=self.setting.mode, batch=self._batch)
        entrant.ask("first_step")

    def _prepare_latency(self, entrant: Entrant) -> None:
        worker = entrant.worker
        worker.ask("build", network=self._network, mode="inference", batch=self._one)
        worker.ask("first_step")

    def _turns(self, number: int) -> Sequence[Entrant]:
        """All entrants; each round begins with another, so that none always follows the same."""
        start = number % len(self.entrants) if self.entrants else 0
        return [*self.entrants[start:], *self.entrants[:start]]

    def _try(self, entrant: Entrant, action: Callable[[Entrant], None]) -> None:
        try:
            action(entrant)
        except WorkerError as error:
            entrant.worker.close()
            self.entrants.remove(entrant)
            self.leave(entrant.contender, _without_name(error, entrant.contender))

    def _write(self, size: int, scratch: Path) -> str:
        setting = self.setting
        file = scratch / f"{setting.model}-{size}-{setting.points}.h5"
        if not file.exists():
            exchange.write(file, draw_batch(MODELS[setting.model], size, setting.points))
        return str(file)

    def close(self) -> None:
        """End all workers."""
        self._stack.close()

    def __enter__(self) -> Race:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def ratios(of: Sequence[float], over: Sequence[float]) -> float:
    """How many times as fast one is as another: the median over rounds they both ran in."""
    rounds = min(len(of), len(over))
    return float(np.median(np.divide(over[:rounds], of[:rounds])))


def _without_name(error: Exception, contender: Contender) -> str:
    return " ".join(str(error).split()).removeprefix(f"{contender.key}: ")


def versions_of(found: Mapping[str, Any]) -> dict[str, str]:
    """The versions that a worker told."""
    return dict(found["versions"]["versions"])
