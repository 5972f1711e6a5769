"""Runs in one file: which measurement of what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness import machine
from harness.report.errors import ReportError
from harness.report.measurements import Omission, Throughput
from harness.throughput.adding import add, check_addable
from harness.throughput.plan import Plan

LATER = "2026-02-02T10:00:00Z"


def later(found: Throughput, **changes: object) -> Throughput:
    records = tuple(
        replace(record, started=LATER, **changes)  # type: ignore[arg-type]
        for record in found.records
        if record.mode == "training"
    )
    return replace(found, started=LATER, records=records, omissions=(), pipelines=())


def test_other_networks_stand_beside_each_other_with_their_own_dates(found: Throughput) -> None:
    both = add(found, later(found, model="sem_seg"))
    assert [r.started == LATER for r in both.records] == [
        r.model == "sem_seg" for r in both.records
    ]
    assert len(both.records) == len(found.records) + len(later(found).records)
    assert (both.started, both.took_s) == (LATER, 2 * found.took_s)
    assert both.pipelines == found.pipelines
    assert Throughput.from_json(both.to_json()) == both


def test_a_setting_measured_again_is_replaced_as_a_whole(found: Throughput) -> None:
    again = later(found)
    fewer = replace(again, records=again.records[:1])
    both = add(found, fewer)
    assert [r for r in both.records if r.mode == "training"] == list(fewer.records)
    assert [r for r in both.records if r.mode == "inference"] == [
        r for r in found.records if r.mode == "inference"
    ]


def test_what_was_left_out_and_is_measured_now_is_no_longer_left_out(found: Throughput) -> None:
    setting = "pointnet_cls training 32 x 1024 float32"
    gone = (Omission("tf2_native@jax", "absent"), Omission(f"tf2_native@torch, {setting}", "died"))
    stays = Omission("tf2_native@torch", "torch is not installed")
    both = add(replace(found, omissions=(*gone, stays)), later(found))
    assert both.omissions == (stays,)


def test_another_machine_is_refused(found: Throughput) -> None:
    elsewhere = replace(found.machine, processor="Another processor")
    with pytest.raises(ReportError, match="another machine"):
        add(found, replace(later(found), machine=elsewhere))
    with pytest.raises(ReportError, match="rounds"):
        add(found, replace(later(found), settings=replace(found.settings, rounds=3)))


def test_what_cannot_be_added_is_refused_before_anything_is_timed(found: Throughput) -> None:
    here = machine.describe()
    alike = replace(found, machine=here)
    settings = found.settings
    plan = Plan(["pointnet_cls"], threads=settings.threads, rounds=settings.rounds)
    check_addable(alike, plan)
    with pytest.raises(ReportError, match="another machine"):
        check_addable(replace(alike, machine=replace(here, processor="Another processor")), plan)
    with pytest.raises(ReportError, match="rounds"):
        check_addable(alike, replace(plan, rounds=settings.rounds + 1))
