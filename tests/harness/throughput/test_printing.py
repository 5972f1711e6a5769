"""What a terminal shows, and a pipe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.report.measurements import Throughput
from harness.throughput.baseline import compare
from harness.throughput.printing import print_changes, print_records


def test_a_table_names_everybody_and_what_was_left_out(
    found: Throughput, capsys: pytest.CaptureFixture[str]
) -> None:
    print_records(found)
    printed = capsys.readouterr().out
    for text in ("original_tf1@tf1", "tf2_native@jax", "pointnet@torch", "5.00", "12.5 ms"):
        assert text in printed
    assert "left out: tf2_native@torch: torch is not installed" in printed
    assert "…" not in printed


def test_changes_say_who_became_slower(
    found: Throughput, capsys: pytest.CaptureFixture[str]
) -> None:
    one, *others = found.records
    slower = replace(one, clouds_per_second=one.clouds_per_second / 2)
    print_changes(compare(found, replace(found, records=(slower, *others))), same_machine=False)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("original_tf1@tf1, pointnet_cls training 32 x 1024 float32: 0.50 of")
    assert first.endswith("slower (limit 0.90)")
    assert not [line for line in rest if "slower" in line]
    assert "another machine" in rest[-1]
