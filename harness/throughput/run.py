"""A whole run: every setting of a plan, the input pipelines, and what they come to."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from harness import machine
from harness.report.measurements import InputPipeline, Omission, Record, Settings, Throughput
from harness.report.schema import Machine
from harness.roofline import SIZE, Probe
from harness.runtimes import RuntimeUnavailable
from harness.throughput import pipelines
from harness.throughput.contenders import CONTENDERS, Contender, environment
from harness.throughput.counts import FLOPS
from harness.throughput.growth import growth
from harness.throughput.plan import Plan, Setting, available_bytes
from harness.throughput.records import records
from harness.throughput.timing import Entrant, Race

STEP = (
    "NumPy arrays in, results on the host: training is forward, backward, Adam and moving "
    "statistics, and ends with the loss; inference ends with the outputs"
)
_MEMORY_SHARE = 0.9  # of the memory available, that contenders may be expected to take together

Progress = Callable[[str], None]
Keep = Callable[[Throughput], None]


def run(
    plan: Plan,
    progress: Progress = lambda line: None,
    keep: Keep = lambda found: None,
    probe_size: tuple[int, int] = SIZE,
) -> Throughput:
    """Carry out a plan.

    Arguments:
        progress: is told what is being done.
        keep: is given everything found so far after each setting, so that nothing is lost.
        probe_size: of the roofline's arrays; see `Probe`.

    Raises:
        PlanError: this machine cannot do it.
        RuntimeUnavailable: nothing here can measure the roofline.
    """
    plan.check()
    return Run(plan, progress, keep, probe_size).carry_out()


class Run:
    """The state of a run; see `run`."""

    def __init__(
        self, plan: Plan, progress: Progress, keep: Keep, probe_size: tuple[int, int]
    ) -> None:
        self.plan, self.progress, self.keep = plan, progress, keep
        self._probe_size = probe_size
        self._began = time.monotonic()
        self._started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._records: list[Record] = []
        self._pipelines: tuple[InputPipeline, ...] = ()
        self._omissions: dict[Omission, None] = {}
        self._footprints: dict[tuple[str, ...], tuple[int, int, int]] = {}
        self._memory_method = ""
        self._machine = self._describe()

    def carry_out(self) -> Throughput:
        """Everything; the result so far is kept after each setting."""
        self._present = self._find()
        found = self._found()
        with tempfile.TemporaryDirectory(prefix="harness-") as scratch:
            for setting in self.plan.settings():
                self._measure(setting, Path(scratch))
                found = self._found()
                self.keep(found)
        return found

    def _find(self) -> dict[Contender, Path]:
        """The contenders that this machine has, with their interpreters."""
        present = {}
        for contender in CONTENDERS:
            if self.plan.contenders and contender.key not in self.plan.contenders:
                continue
            try:
                if self.plan.device not in contender.devices:
                    raise RuntimeUnavailable("is built for the CPU alone")
                present[contender] = contender.interpreter()
            except RuntimeUnavailable as error:
                self._omit(contender.key, str(error))
        return present

    def _measure(self, setting: Setting, scratch: Path) -> None:
        """One setting: who can take part, the rounds, the records.

        While the first one's workers are alive, they are asked for their input pipelines too.
        """

        def leave(contender: Contender, reason: str) -> None:
            self._omit(f"{contender.key}, {setting}", reason)

        probe = self._probe(setting)
        try:
            with Race(setting, self.plan, scratch, leave) as race:
                self.progress(f"{setting}, starting")
                race.enter(self._fitting(setting))
                race.run(probe, self.progress)
                for entrant in race.entrants:
                    self._remember(setting, entrant)
                entrants = [entrant for entrant in race.entrants if entrant.seconds]
                if entrants:
                    self._records += records(
                        setting, self.plan, entrants, probe.roofline(), self._started
                    )
                if self.plan.pipelines and not self._pipelines:
                    self.progress("input pipelines")
                    self._pipelines = pipelines.measure(
                        entrants, self.plan, scratch, self._leave_pipeline
                    )
        finally:
            probe.close()

    def _probe(self, setting: Setting) -> Probe:
        settings: dict[str, object] = {
            "threads": self.plan.threads,
            "device": self.plan.device,
            "precision": setting.precision,
            "tf32": setting.tf32,
        }
        return Probe(environment(self.plan.threads, self.plan.device), settings, self._probe_size)

    # -- who takes part ------------------------------------------------------------------------

    def _fitting(self, setting: Setting) -> list[tuple[Contender, Path]]:
        """Contenders that can be asked, as long as all of them together fit into memory."""
        left = _MEMORY_SHARE * available_bytes()
        fitting = []
        for contender, python in self._present.items():
            reason = contender.objection(setting)
            needed = self._expected_bytes(contender, setting)
            if not reason and needed > left:
                reason = (
                    f"about {needed / 2**30:.1f} GiB needed beside the others, "
                    f"{max(left, 0) / 2**30:.1f} GiB left"
                )
            if reason:
                self._omit(f"{contender.key}, {setting}", reason)
                continue
            left -= needed
            fitting.append((contender, python))
        return fitting

    def _expected_bytes(self, contender: Contender, setting: Setting) -> int:
        """Resident size to expect, in proportion to the largest setting measured so far."""
        known = self._footprints.get(_whose(contender, setting))
        if known is None:
            return 0
        cells, idle, added = known
        return int(idle + added * max(1.0, setting.batch * setting.points / cells))

    def _remember(self, setting: Setting, entrant: Entrant) -> None:
        memory = entrant.found["memory"]
        self._memory_method = memory["method"]
        self._footprints[_whose(entrant.contender, setting)] = (
            setting.batch * setting.points,
            entrant.found["build"]["idle_bytes"],
            memory["added_bytes"],
        )

    def _omit(self, what: str, reason: str) -> None:
        self._omissions[Omission(what, reason)] = None

    def _leave_pipeline(self, contender: Contender, reason: str) -> None:
        self._omit(f"{contender.key}, input pipeline", reason)

    # -- what it comes to ----------------------------------------------------------------------

    def _found(self) -> Throughput:
        return Throughput(
            started=self._started,
            took_s=time.monotonic() - self._began,
            machine=self._machine,
            settings=Settings(
                threads=self.plan.threads,
                rounds=self.plan.rounds,
                slice_s=self.plan.slice_s,
                memory=self._memory_method,
                flops=FLOPS,
                step=STEP,
            ),
            records=tuple(self._records),
            growth=growth(self._records),
            pipelines=self._pipelines,
            omissions=tuple(self._omissions),
        )

    def _describe(self) -> Machine:
        described = machine.describe()
        if self.plan.device == "gpu":
            return dataclasses.replace(described, gpu=", ".join(machine.gpus()))
        return described


def _whose(contender: Contender, setting: Setting) -> tuple[str, ...]:
    return contender.key, setting.model, setting.mode, setting.precision
