"""Every rule finds its bad example, line by line, and says nothing about the good one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.scan import scan
from harness.scan.rules import RULES

FIXTURES = Path(__file__).with_name("fixtures")
# Of files, not of lines of code: test_trees.py has their examples.
OF_FILES = {"not-parsed", "not-scanned"}
MARK = re.compile(r"# FINDING(?: ([a-z][\w-]*))?")


def expected(path: Path) -> set[tuple[int, str]]:
    """(line, rule) as marked: `# FINDING`, or of another rule `# FINDING other-rule`."""
    lines = enumerate(path.read_text().splitlines(), 1)
    return {
        (number, found[1] or path.parent.name)
        for number, line in lines
        if (found := MARK.search(line))
    }


def found(path: Path) -> set[tuple[int, str]]:
    return {(finding.line, finding.rule) for finding in scan(path, jobs=1).findings}


def test_every_rule_has_examples() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == set(RULES) - OF_FILES


@pytest.mark.parametrize("rule", sorted(set(RULES) - OF_FILES))
def test_the_bad_example_is_found_line_by_line(rule: str) -> None:
    path = FIXTURES / rule / "bad.py"
    assert any(name == rule for _, name in expected(path))
    assert found(path) == expected(path)


@pytest.mark.parametrize("rule", sorted(set(RULES) - OF_FILES))
def test_the_good_example_is_passed(rule: str) -> None:
    assert found(FIXTURES / rule / "good.py") == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.key)
def test_a_rule_says_what_why_and_what_to_do(rule) -> None:
    assert rule.severity in ("fatal", "silent", "cosmetic")
    assert rule.title
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
