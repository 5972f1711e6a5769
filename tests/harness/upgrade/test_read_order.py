"""Order of a read and an assignment: none in TensorFlow 1, that of the lines in TensorFlow 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness import tf1_environment
from harness.worker import ROOT


def pairs(interpreter: Path) -> set[tuple[int, int]]:
    """What two reads around an assignment of 2 to a variable of 1 saw."""
    inherited = {k: v for k, v in os.environ.items() if k != "TF2_BEHAVIOR"}
    settings = {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    run = subprocess.run(
        [interpreter, "-m", "harness.workers.read_order", "3"],
        capture_output=True,
        text=True,
        env={**inherited, **settings},
        check=True,
    )
    return {tuple(pair) for pair in json.loads(run.stdout.splitlines()[-1])["pairs"]}


@pytest.mark.tf1
def test_tensorflow_1_may_see_either_value_in_either_place() -> None:
    try:
        interpreter = tf1_environment.ensure_environment()
    except tf1_environment.Tf1Unavailable as error:
        pytest.skip(str(error))
    assert pairs(interpreter) >= {(1, 1), (1, 2), (2, 1)}


def test_tensorflow_2_always_sees_the_lines_in_order() -> None:
    assert pairs(Path(sys.executable)) == {(1, 2)}
