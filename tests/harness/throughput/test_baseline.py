"""Regressions on planted numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.report import ReportError
from harness.report.measurements import Record, Throughput
from harness.throughput.baseline import compare, same_machine


def changed(found: Throughput, contender: str, **fields: float) -> Throughput:
    def change(record: Record) -> Record:
        return replace(record, **fields) if record.contender == contender else record

    return replace(found, records=tuple(map(change, found.records)))


def regressed(before: Throughput, now: Throughput, **options: float) -> set[str]:
    return {c.record.contender for c in compare(before, now, **options) if c.regressed}


def test_a_run_has_not_regressed_against_itself(found: Throughput) -> None:
    assert regressed(found, found) == set()
    assert all(change.ratio == 1 for change in compare(found, found))


def test_what_lost_a_fifth_is_flagged_and_comes_first(found: Throughput) -> None:
    slower = changed(found, "tf2_native@jax", clouds_per_second=0.8 * 35)
    changes = compare(found, slower)
    assert regressed(found, slower) == {"tf2_native@jax"}
    assert changes[0].record.contender == "tf2_native@jax"


def test_what_lost_less_than_the_slack_is_not(found: Throughput) -> None:
    slower = replace(found, records=tuple(map(slightly_slower, found.records)))
    assert regressed(found, slower) == set()
    assert regressed(found, slower, slack=0.02) == {r.contender for r in found.records}


def slightly_slower(record: Record) -> Record:
    return replace(record, clouds_per_second=0.95 * record.clouds_per_second)


def test_a_wide_spread_excuses(found: Throughput) -> None:
    slower = changed(found, "pointnet@torch", clouds_per_second=0.8 * 14, spread=0.9)
    assert "pointnet@torch" not in regressed(found, slower)


def test_what_became_faster_is_not_flagged(found: Throughput) -> None:
    assert regressed(found, changed(found, "tf2_native@jax", clouds_per_second=1e3)) == set()


def test_runs_without_anything_in_common_are_refused(found: Throughput) -> None:
    other = replace(found, records=tuple(replace(r, batch=2) for r in found.records))
    with pytest.raises(ReportError, match="in common"):
        compare(found, other)


def test_another_machine_is_told(found: Throughput) -> None:
    elsewhere = replace(found, machine=replace(found.machine, processor="another"))
    assert same_machine(found, found)
    assert not same_machine(elsewhere, found)
