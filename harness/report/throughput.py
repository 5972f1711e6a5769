"""The section on throughput, made from `throughput.json`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from harness.report.figures import files_of, speed, speed_by_size
from harness.report.measurements import Mode, Record, Throughput, by_setting
from harness.report.section import Section
from harness.report.templating import fill
from harness.report.wording import number

NATIVE = "tf2_native"
_VERBS: dict[Mode, str] = {"training": "trains", "inference": "infers"}


def section(document: Any, where: str) -> Section:
    """Tells a run of the throughput suite.

    Arguments:
        document: parsed JSON.
        where: the file, to name in messages.

    Raises:
        ReportError: the document is not in the format of `measurements.py`.
    """
    found = Throughput.from_json(document, where)
    groups = by_setting(found.records)
    shown = largest(groups)
    bars, lines = speed(shown), speed_by_size(found.records)
    values = {
        "found": found,
        "headline": headline(shown),
        "groups": groups,
        "starts": starts(found.records),
        "bars": bars,
        "lines": lines,
    }
    return Section(
        name="throughput",
        title="Throughput",
        html=fill("throughput.html.j2", **values),
        markdown=fill("throughput.md.j2", **values),
        files={**files_of(bars), **files_of(lines)},
    )


def largest(groups: Iterable[Sequence[Record]]) -> list[Sequence[Record]]:
    """For each network, mode and precision the setting that most contenders came through.

    Of several, the one with the most points a step.
    """
    best: dict[object, Sequence[Record]] = {}
    for group in groups:
        first = group[0]
        key = first.model, first.mode, first.device, first.precision, first.tf32
        if key not in best or _weight(group) > _weight(best[key]):
            best[key] = group
    return list(best.values())


def _weight(group: Sequence[Record]) -> tuple[int, int]:
    return len(group), group[0].batch * group[0].points


def headline(groups: Iterable[Sequence[Record]]) -> str:
    """What the native implementation gains over the original, on the first network measured."""
    said: dict[Mode, str] = {}
    model = ""
    for group in groups:
        first = group[0]
        ratios = [
            record.against_reference
            for record in group
            if record.implementation == NATIVE and record.against_reference is not None
        ]
        model = model or first.model
        if ratios and first.model == model and first.mode not in said:
            said[first.mode] = f"{_VERBS[first.mode]} {number(max(ratios))}×"
    if not said:
        return "How fast each implementation is"
    return f"Native {' and '.join(said.values())} as fast as the original"


def starts(records: Iterable[Record]) -> list[Record]:
    """A record for each contender, network and mode: starting costs much the same at any size."""
    found: dict[object, Record] = {}
    for record in records:
        found.setdefault((record.model, record.mode, record.contender, record.device), record)
    return list(found.values())
