"""The report of tf_upgrade_v2: every line becomes a record, or is known to say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["rename", "keyword", "change", "manual check", "error", "not parsed", "not read"]
Verdict = Literal["harmless", "needs a change", "open"]


@dataclass(frozen=True)
class Record:
    """A line of the tool's report.

    Attributes:
        file: relative to the tree.
        line, column: in the source, line from 1 and column from 0, as the tool counts.
        kind: rename; keyword, added, renamed or reordered; change, of a call as a whole; manual
            check; error; not parsed, which the tool copies as it is; not read, which no pattern
            knows.
        api: the name of TensorFlow that the line is about; empty where it names none.
        message: the line itself.
        verdict: harmless here, needs a change, or open.
        evidence: what proves it: a rung of the ladder, a patch, a rule of the scan.
    """

    file: str
    line: int
    column: int
    kind: Kind
    api: str
    message: str
    verdict: Verdict = "open"
    evidence: str = ""

    def judged(self, verdict: Verdict, evidence: str) -> Record:
        """The record with its verdict."""
        return replace(self, verdict=verdict, evidence=evidence)


_START = "Detailed log follows:"
_FILE = re.compile(r"Processing file '(?P<file>.*)'$")
_PLACE = re.compile(r"(?P<line>\d+):(?P<column>\d+): (?P<level>INFO|WARNING|ERROR): (?P<text>.*)")
_SILENT = re.compile(r"-+$|=+$| outputting to '.*'$|Input tree: '.*'$|\s*$")
_CONVERTED = re.compile(r"^Converted (\d+) files$", re.M)
_UNPARSED_LINE = re.compile(r'File "<unknown>", line (\d+)')

# The first pattern that fits gives the kind, and its group the API.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("error", re.compile(r"Using member (?P<api>[\w.]+) in deprecated module")),
    ("manual check", re.compile(r"(?P<api>[\w.*]+) requires manual check")),
    ("manual check", re.compile(r"(?P<api>[\w.*]+) called with .*requires manual check")),
    ("manual check", re.compile(r"\(Manual edit required\) `(?P<api>[\w.]+)`")),
    ("manual check", re.compile(r"`name` passed to `(?P<api>name_scope)`")),
    ("manual check", re.compile(r"(?P<api>name_scope) call with neither")),
    ("manual check", re.compile(r"(?P<api>tf\.[\w.]+) called without arguments")),
    ("change", re.compile(r"Using default_name as name in call to (?P<api>name_scope)")),
    ("keyword", re.compile(r"Renaming scale arg of (?P<api>regularizer)")),
    ("rename", re.compile(r"Renamed '(?P<api>[\w.]+)' to ")),
    ("keyword", re.compile(r"Renamed keyword argument for (?P<api>[\w.]+) from ")),
    ("keyword", re.compile(r"Added keywords to args of function '(?P<api>[\w.]+)'")),
    ("keyword", re.compile(r"Added keyword .*(?P<api>tf\.[\w.]+)")),
    ("change", re.compile(r"Changing (?:\w+ arg of )?(?P<api>(?:tf|dataset)\.[\w.]+)")),
    ("change", re.compile(r"Changed (?P<api>tf\.[\w.]+) call")),
    (
        "change",
        re.compile(
            r"(?:Chang|Convert|Dropp|Add|Multiply|Import|Replac|Remov)\w+ .*?(?P<api>tf\.[\w.]+)"
        ),
    ),
    ("change", re.compile(r"removed argument \w+ for (?P<api>tf(?:\.\w+)+)")),
    ("change", re.compile(r"(?:Chang|Convert|Dropp|Add|Multiply|Import|Replac|Remov)\w+(?P<api>)")),
)


def parse(report: str, root: str = "") -> tuple[Record, ...]:
    """Every record of a report.

    Arguments:
        report: the text, from its first line.
        root: what file names begin with, to leave out.
    """
    records: list[Record] = []
    for file, lines in _by_file(report[report.find(_START) + len(_START) :]):
        records += _of_file(file.removeprefix(f"{root}/"), lines)
    return tuple(records)


def converted(report: str) -> int:
    """How many files the tool says it converted."""
    return sum(int(count) for count in _CONVERTED.findall(report))


def _by_file(log: str) -> Iterator[tuple[str, list[str]]]:
    file, lines = "", list[str]()
    for line in log.splitlines():
        found = _FILE.match(line)
        if found:
            yield file, lines
            file, lines = found["file"], []
        else:
            lines.append(line)
    yield file, lines


def _of_file(file: str, lines: list[str]) -> Iterator[Record]:
    record: Record | None = None
    for i, line in enumerate(lines):
        found = _PLACE.match(line)
        if found:
            if record:
                yield record
            record = _record(file, found)
        elif line.startswith("ERROR: Failed to parse"):
            if record:
                yield record
            yield _unparsed(file, lines[i:])
            return
        elif record and line.strip() and not _SILENT.match(line):
            record = replace(record, message=f"{record.message} {line.strip()}")
        elif not _SILENT.match(line):
            yield Record(file, 1, 0, "not read", "", line)
    if record:
        yield record


def _record(file: str, found: re.Match[str]) -> Record:
    text = found["text"]
    for kind, pattern in _KINDS:
        said = pattern.search(text)
        if said:
            return Record(file, int(found["line"]), int(found["column"]), kind, said["api"], text)
    kind = (
        "error"
        if found["level"] == "ERROR"
        else "manual check"
        if found["level"] == "WARNING"
        else "not read"
    )
    return Record(file, int(found["line"]), int(found["column"]), kind, "", text)


def _unparsed(file: str, lines: list[str]) -> Record:
    text = "\n".join(lines)
    places = _UNPARSED_LINE.findall(text)
    said = [line.strip() for line in lines if re.match(r"\w*Error\b", line.strip())]
    message = f"Failed to parse: {said[-1] if said else 'no reason given'}"
    return Record(file, int(places[-1]) if places else 1, 0, "not parsed", "", message)
