"""Results of a run added to those of earlier ones: other networks, on the same machine."""

from __future__ import annotations

from dataclasses import replace

from harness import machine
from harness.report.errors import ReportError
from harness.report.measurements import Omission, Throughput
from harness.throughput.growth import growth
from harness.throughput.plan import Plan


def add(earlier: Throughput, found: Throughput) -> Throughput:
    """What both measured; what both did, as it was measured last.

    A setting is taken from one run as a whole: ratios are between contenders that ran side by side.
    So are the input pipelines, from the run that had more of them.

    Raises:
        ReportError: they were measured on different machines, or in different ways.
    """
    if (earlier.machine, earlier.settings) != (found.machine, found.settings):
        raise ReportError(_OTHERS)
    again = {record.setting for record in found.records}
    records = [r for r in earlier.records if r.setting not in again]
    records += found.records
    kept = [o for o in earlier.omissions if not _measured_since(o, found)]
    return replace(
        found,
        took_s=earlier.took_s + found.took_s,
        records=tuple(records),
        growth=growth(records),
        pipelines=max(found.pipelines, earlier.pipelines, key=len),
        omissions=tuple(dict.fromkeys([*kept, *found.omissions])),
    )


def check_addable(earlier: Throughput, plan: Plan) -> None:
    """Refuse before anything is timed what `add` would refuse afterwards, as far as is known.

    Raises:
        ReportError: the earlier results are of another machine, or of other threads or rounds.
    """
    settings = earlier.settings
    asked = machine.describe(), plan.threads, plan.rounds
    if (earlier.machine, settings.threads, settings.rounds) != asked:
        raise ReportError(_OTHERS)


_OTHERS = (
    "the earlier results come from another machine, or from other threads, rounds or counts; they "
    "cannot stand in one file with these: leave out --add, or give another --out"
)


def _measured_since(omission: Omission, found: Throughput) -> bool:
    """Whether what was left out, or the setting that it was left out of, was measured anew."""
    contender, _, setting = omission.what.partition(", ")
    anew = {f"{r.model} {r.mode} {r.batch} x {r.points} {r.precision}" for r in found.records}
    if setting:
        return setting.split(" with ")[0] in anew
    return contender in {record.contender for record in found.records}
