"""The section on throughput: everything told, and nothing claimed that was not measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report import ReportError, render
from harness.report.measurements import Throughput, by_setting
from harness.report.throughput import headline, largest, section


def rendered(found: Throughput, folder: Path) -> Path:
    (folder / "results").mkdir()
    (folder / "results" / "throughput.json").write_text(json.dumps(found.to_json()))
    render(folder / "results", folder)
    return folder


def test_page_markdown_and_figures_are_written(swept: Throughput, tmp_path: Path) -> None:
    out = rendered(swept, tmp_path)
    files = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    names = ("throughput", "throughput_by_size")
    figures = {f"figures/{name}.{kind}" for name in names for kind in ("png", "svg")}
    assert files == {"index.html", "throughput.md", "results/throughput.json"} | figures


@pytest.mark.parametrize("name", ["index.html", "throughput.md"])
def test_it_tells_what_was_measured_and_what_was_not(
    found: Throughput, tmp_path: Path, name: str
) -> None:
    text = (rendered(found, tmp_path) / name).read_text()
    assert "not measured on a GPU" in text
    assert "torch is not installed" in text
    assert "Native trains 5.0× and infers 5.0× as fast as the original" in text
    assert "180 GFLOP/s" in text
    assert "1,024 MiB" in text
    assert "12.5 ms" in text
    assert "2,027" in text or "2027" in text or "2.0×10³" in text


def test_the_headline_claims_nothing_without_a_reference(found: Throughput) -> None:
    alone = [replace(record, against_reference=None) for record in found.records]
    assert headline(largest(by_setting(alone))) == "How fast each implementation is"


def test_the_figure_shows_the_largest_of_the_settings(swept: Throughput) -> None:
    assert {group[0].batch for group in largest(by_setting(swept.records))} == {32}


def test_without_measurements_there_is_still_a_page(found: Throughput) -> None:
    told = section(replace(found, records=(), growth=(), pipelines=()).to_json(), "here")
    assert told.files == {}
    assert "<figure" not in told.html


def test_hostile_names_stay_text(found: Throughput) -> None:
    hostile = replace(found.records[0], implementation="<script>x|y")
    told = section(replace(found, records=(hostile,)).to_json(), "here")
    assert "<script" not in told.html
    assert r"&lt;script>x\|y" in told.markdown


def test_a_measurement_twice_is_refused(found: Throughput) -> None:
    document = replace(found, records=(found.records[0], found.records[0])).to_json()
    with pytest.raises(ReportError, match=r"records\[1\]: a second measurement"):
        Throughput.from_json(document)


def test_another_format_is_refused(found: Throughput) -> None:
    with pytest.raises(ReportError, match="expected schema 2, found 3"):
        Throughput.from_json({**found.to_json(), "schema": 3})
