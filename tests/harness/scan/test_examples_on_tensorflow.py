"""What a rule calls fatal raises on the installed TensorFlow, and its good example does not."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.scan.rules import RULES

HERE = Path(__file__).parent
FATAL = sorted(
    rule.key for rule in RULES.values() if rule.severity == "fatal" and rule.key != "not-parsed"
)


@pytest.fixture(scope="module")
def raised() -> dict[str, dict[int, str]]:
    """By rule and kind of example: lines of statements that raised, and with what."""
    files = [HERE / "fixtures" / rule / f"{kind}.py" for rule in FATAL for kind in ("bad", "good")]
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    run = subprocess.run(
        [sys.executable, HERE / "run_examples.py", *files],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"file"')]
    return {
        "/".join(Path(answer["file"]).parts[-2:]): {
            int(line): name for line, name in answer["raised"].items()
        }
        for answer in answers
    }


def marked(rule: str) -> set[int]:
    """First lines of top-level statements that are to raise."""
    source = (HERE / "fixtures" / rule / "bad.py").read_text()
    lines = [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if re.search(r"# FINDING$|# RAISES$", line)
    ]
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return set(lines)
    return {
        statement.lineno
        for statement in body
        if any(statement.lineno <= line <= (statement.end_lineno or 0) for line in lines)
    }


@pytest.mark.parametrize("rule", FATAL)
def test_every_line_that_is_called_fatal_raises(rule: str, raised) -> None:
    assert set(raised[f"{rule}/bad.py"]) == marked(rule)


@pytest.mark.parametrize("rule", FATAL)
def test_the_good_example_runs(rule: str, raised) -> None:
    assert raised[f"{rule}/good.py"] == {}
