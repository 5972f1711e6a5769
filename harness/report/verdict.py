"""The headline: one sentence, and the numbers behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harness.report.schema import Result
from harness.report.wording import count


@dataclass(frozen=True)
class Verdict:
    """How many checks ended how."""

    passed: int
    failed: int
    skipped: int

    @property
    def status(self) -> str:
        """The colour of the whole; without a single check there is nothing to be glad of."""
        if self.failed:
            return "fail"
        return "pass" if self.passed else "skipped"

    @property
    def sentence(self) -> str:
        """The headline."""
        ran = self.passed + self.failed
        if not ran:
            return "No check ran"
        if self.failed:
            verb = "departs" if self.failed == 1 else "depart"
            return f"{self.failed:,} of {count(ran, 'check')} {verb}"
        return "The only check passes" if ran == 1 else f"All {ran:,} checks pass"


def verdict(results: Iterable[Result]) -> Verdict:
    """Counts the results."""
    found = Counter(result.status for result in results)
    return Verdict(passed=found["pass"], failed=found["fail"], skipped=found["skipped"])
