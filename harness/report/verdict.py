"""The headline: one sentence, and the numbers behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from harness.report.schema import Result
from harness.report.wording import count


@dataclass(frozen=True)
class Verdict:
    """How many checks ended how, and how many a run that ended early did not come to."""

    passed: int
    failed: int
    skipped: int
    missing: int = 0

    @property
    def status(self) -> str:
        """The colour of the whole; without a single check there is nothing to be glad of."""
        if self.failed:
            return "fail"
        return "pass" if self.passed and not self.missing else "skipped"

    @property
    def sentence(self) -> str:
        """The headline."""
        missing = f"; {self.missing:,} missing" if self.missing else ""
        return f"{self._told}{missing}"

    @property
    def _told(self) -> str:
        """Of the checks that were made."""
        ran = self.passed + self.failed
        if not ran:
            return "No check ran"
        if self.failed:
            verb = "departs" if self.failed == 1 else "depart"
            return f"{self.failed:,} of {count(ran, 'check')} {verb}"
        return "The only check passes" if ran == 1 else f"All {ran:,} checks pass"


def verdict(results: Iterable[Result], missing: int = 0) -> Verdict:
    """Counts the results.

    Arguments:
        missing: checks that there are no results of.
    """
    found = Counter(result.status for result in results)
    return Verdict(found["pass"], found["fail"], found["skipped"], missing)
