"""Regressions on planted numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.report import ReportError
from harness.report.measurements import Record, Throughput
from harness.throughput.baseline import compare, same_machine


def slowed(found: Throughput, contender: str, factor: float, **fields: float) -> Throughput:
    """A run in which one contender, or "all", keeps this share of its speed."""

    def change(record: Record) -> Record:
        if contender not in (record.contender, "all"):
            return record
        return replace(record, clouds_per_second=factor * record.clouds_per_second, **fields)

    return replace(found, records=tuple(map(change, found.records)))


def regressed(before: Throughput, now: Throughput, **options: float) -> set[str]:
    return {c.record.contender for c in compare(before, now, **options) if c.regressed}


def test_a_run_has_not_regressed_against_itself(found: Throughput) -> None:
    assert regressed(found, found) == set()
    assert all(change.ratio == 1 for change in compare(found, found))


def test_what_lost_a_fifth_is_flagged_and_comes_first(found: Throughput) -> None:
    slower = slowed(found, "tf2_native@jax", 0.8)
    assert regressed(found, slower) == {"tf2_native@jax"}
    assert compare(found, slower)[0].record.contender == "tf2_native@jax"


def test_what_lost_less_than_the_slack_is_not(found: Throughput) -> None:
    slower = slowed(found, "all", 0.95)
    assert regressed(found, slower) == set()
    assert regressed(found, slower, slack=0.02) == {r.contender for r in found.records}


def test_a_wide_spread_excuses(found: Throughput) -> None:
    assert regressed(found, slowed(found, "pointnet@torch", 0.8, spread=0.3)) == set()


def test_what_became_faster_is_not_flagged(found: Throughput) -> None:
    assert regressed(found, slowed(found, "tf2_native@jax", 1.5)) == set()


def test_runs_without_anything_in_common_are_refused(found: Throughput) -> None:
    other = replace(found, records=tuple(replace(r, batch=2) for r in found.records))
    with pytest.raises(ReportError, match="in common"):
        compare(found, other)


def test_another_machine_is_told(found: Throughput) -> None:
    elsewhere = replace(found, machine=replace(found.machine, processor="another"))
    assert same_machine(found, found)
    assert not same_machine(elsewhere, found)
