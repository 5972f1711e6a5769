"""Two runs compared: what became slower since an earlier one."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.errors import ReportError
from harness.report.measurements import Record, Throughput

SLACK = 0.1  # of the speed, that may be lost before it counts


@dataclass(frozen=True)
class Change:
    """One measurement, then and now.

    Attributes:
        record: now.
        ratio: speed now over speed then.
        limit: the ratio below which it has become slower.
    """

    record: Record
    ratio: float
    limit: float

    @property
    def regressed(self) -> bool:
        """Whether it has become slower by more than slack and spread explain."""
        return self.ratio < self.limit


def compare(before: Throughput, now: Throughput, slack: float = SLACK) -> list[Change]:
    """What both runs measured, the worst change first.

    The limit gives way to the spreads of the two measurements where they exceed the slack: a
    difference within the quartiles of either is none. On another machine, or with other threads,
    all ratios shift; `same_machine` tells.

    Arguments:
        slack: share of the speed that may be lost.

    Raises:
        ReportError: the two have no measurement in common.
    """
    known = {record.key: record for record in before.records}
    changes = [
        Change(
            record=record,
            ratio=record.clouds_per_second / known[record.key].clouds_per_second,
            limit=1 - max(slack, record.spread, known[record.key].spread),
        )
        for record in now.records
        if record.key in known
    ]
    if not changes:
        raise ReportError("the baseline has no measurement in common with this run")
    return sorted(changes, key=lambda change: change.ratio / change.limit)


def same_machine(before: Throughput, now: Throughput) -> bool:
    """Whether the two were measured on alike machines with as many threads."""
    here, there = now.machine, before.machine
    return (here.processor, here.cores, now.settings.threads) == (
        there.processor,
        there.cores,
        before.settings.threads,
    )
