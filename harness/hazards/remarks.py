"""What `tf_upgrade_v2` said of the symbols that hazards are about."""

from __future__ import annotations

import re
from pathlib import Path


def upgrade_remarks(report: Path) -> dict[str, str]:
    """What the tool said of each symbol of the original, plain renamings left out.

    Arguments:
        report: of the conversion.
    """
    remarks: dict[str, str] = {}
    line = re.compile(r"^(?:\S+:)?\d+:\d+: (?:WARNING|ERROR|INFO): (.*)$")
    for match in filter(None, map(line.match, report.read_text().splitlines())):
        said = match[1]
        if not said.startswith("Renamed '"):
            for symbol in re.findall(r"\btf\.[\w.]*\w", said):
                remarks.setdefault(symbol, said)
    return remarks
