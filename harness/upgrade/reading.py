"""A report of tf_upgrade_v2 that was read: its records, with a verdict on each."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.upgrade.build import REPORT, UNREAD, convert
from harness.upgrade.records import Record, converted, parse
from harness.upgrade.verdicts import TOPICS, judge_by_scan, judge_own

SCHEMA = 1


@dataclass(frozen=True)
class Reading:
    """What a report says, and what it amounts to.

    Attributes:
        source: the tree that was converted.
        converted: files that the tool says it converted.
        records: every line of the report.
    """

    source: str
    converted: int
    records: tuple[Record, ...]

    def counts(self) -> dict[str, int]:
        """Records by verdict."""
        verdicts = [record.verdict for record in self.records]
        return {v: verdicts.count(v) for v in ("harmless", "needs a change", "open")}

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` can write."""
        return {
            "schema": SCHEMA,
            "source": self.source,
            "converted": self.converted,
            "records": [asdict(record) for record in self.records],
            "topics": [asdict(topic) for topic in TOPICS],
        }


def own_reading(root: Path) -> Reading:
    """The report of this project's own tree.

    Arguments:
        root: folder of `original_tf1` and `tf2_upgraded`.
    """
    report = (root / "tf2_upgraded" / REPORT).read_text()
    records = judge_own(parse(report, "original_tf1"))
    return Reading("original_tf1", converted(report), records)


def own_scan(root: Path) -> dict[str, Any]:
    """What the scan finds in this project's own tree, as converted and as patched, for the report.

    Arguments:
        root: folder of `original_tf1` and `tf2_upgraded`.
    """
    from harness.scan import scan
    from harness.scan.rules import RULES

    with tempfile.TemporaryDirectory() as scratch:
        convert(root / "original_tf1", Path(scratch, "converted"))
        before = scan(Path(scratch, "converted"))
    after = scan(root / "tf2_upgraded")
    return {
        "schema": SCHEMA,
        "versions": {name: before.versions[name] for name in ("tensorflow", "keras", "numpy")},
        "rules": [asdict(rule) for rule in RULES.values()],
        "converted": [finding.to_json() for finding in before.findings],
        "mended": [finding.to_json() for finding in after.findings],
    }


def read_conversion(source: Path, out: Path) -> Reading:
    """Convert anybody's tree into `out`, read the report, and judge it by a scan of the result.

    Raises:
        UpgradeError: there is no such tree, `out` is there already, or the tool failed.
    """
    from harness.scan import scan

    unreadable = convert(source, out, UNREAD)
    report = (out / REPORT).read_text()
    records = parse(report, source.resolve().name)
    for file, reason in unreadable:
        records += (Record(file, 1, 0, "not parsed", "", f"{reason}; copied as it is"),)
    return Reading(str(source), converted(report), judge_by_scan(records, scan(out)))
