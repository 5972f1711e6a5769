"""A scan as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from harness.scan.findings import Finding, Rule
from harness.scan.rules import RULES
from harness.scan.trees import Scan

_LEVELS = {"fatal": "error", "silent": "warning", "cosmetic": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(scan: Scan) -> dict[str, Any]:
    """The log of one run; `json.dumps` can write it."""
    rules = list(RULES.values())
    places = {rule.key: i for i, rule in enumerate(rules)}
    driver = {
        "name": "harness scan",
        "version": scan.versions["tensorflow"],
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(finding, places[finding.rule]) for finding in scan.findings]
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"TREE": {"description": {"text": "the scanned tree"}}},
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.key,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _said(finding: Finding) -> str:
    """The message; a place in a notebook is one in its code, which a line of the file is not."""
    return f"cell {finding.cell}: {finding.message}" if finding.cell else finding.message


def _result(finding: Finding, index: int) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(finding.file), "uriBaseId": "TREE"},
        "region": {"startLine": finding.line, "startColumn": finding.column},
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _said(finding)},
        "locations": [{"physicalLocation": place}],
    }
