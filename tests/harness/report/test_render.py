"""The report as a whole: complete, self-contained, reproducible, and never half-written."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from harness.report import ReportError, equivalence, page, render
from harness.report.files import write_atomically

Document = dict[str, Any]
Store = Callable[[Document], Path]

VOID = {"meta", "br", "wbr"}


class Structure(HTMLParser):
    """Collects ids, links and texts, and checks that every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.targets: list[str] = []
        self.headings_without_scope = 0
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids.update(found[key] or "" for key in ("id",) if key in found)
        self.targets += [v for k, v in attrs if k in ("href", "src", "xlink:href") and v]
        self.headings_without_scope += tag == "th" and "scope" not in found
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "report"


def test_everything_is_written(rendered: Path) -> None:
    written = {p.relative_to(rendered).as_posix() for p in rendered.rglob("*") if p.is_file()}
    assert written == {
        "index.html",
        "equivalence.md",
        "figures/error_by_depth.png",
        "figures/error_by_depth.svg",
        "figures/trajectory.png",
        "figures/trajectory.svg",
    }


def test_the_same_results_give_the_same_bytes(
    departure: Document, rendered: Path, store: Store, out: Path
) -> None:
    written = render(store({**departure, "started": "2027-12-31T23:59:59Z"}), out)
    assert len(written) == 6
    for path in written:
        assert path.read_bytes() == (rendered / path.relative_to(out)).read_bytes(), path.name


def test_the_page_is_sound(rendered: Path) -> None:
    html = (rendered / "index.html").read_text()
    structure = Structure(html)
    assert structure.open == []
    assert [key for key, n in structure.ids.items() if n > 1] == []
    assert structure.headings_without_scope == 0
    # Nothing is asked of any other file or machine, and every link has its end.
    assert structure.targets
    assert all(target.startswith("#") for target in structure.targets)
    assert {target[1:] for target in structure.targets} <= set(structure.ids)
    assert "<script" not in html
    assert not re.search(r"https?://|@import|url\((?!#)", html)


@pytest.mark.parametrize("name", ["index.html", "equivalence.md"])
def test_it_says_what_departs_and_what_was_left_out(rendered: Path, name: str) -> None:
    text = (rendered / name).read_text()
    assert "20 of 220 checks depart" in text
    assert "variance plus 1e-5" in text
    assert "arises here" in text
    assert "arrives from upstream" in text
    assert "56 checks: PyTorch is not installed" in text
    assert "TensorFlow 1.15.5 on Python 3.7.16" in text
    assert "a living TensorFlow 1.15 took part instead" in text
    assert "not measured on a GPU" in text
    assert "tox -e equivalence" in text


def test_agreement_is_not_cluttered(agreement: Document, store: Store, out: Path) -> None:
    render(store({**agreement, "depth": [], "trajectory": []}), out)
    for name in ("index.html", "equivalence.md"):
        text = (out / name).read_text()
        assert "All 280 checks pass" in text
        assert "What departs" not in text
        assert "Left out" not in text


def test_what_is_missing_is_told(agreement: Document, store: Store, out: Path) -> None:
    left = {"model": "sem_seg", "precision": "float32", "candidate": "tf2_native@jax", "checks": 14}
    render(store({**agreement, "stopped": "interrupted", "missing": [left]}), out)
    for name in ("index.html", "equivalence.md"):
        text = (out / name).read_text()
        assert "All 280 checks pass; 14 missing" in text
        assert "The run ended early: interrupted" in text
        assert "sem_seg" in text


def test_without_figures_there_are_no_empty_sections(
    agreement: Document, store: Store, out: Path
) -> None:
    written = render(store({**agreement, "depth": [], "trajectory": []}), out)
    assert [path.name for path in written] == ["equivalence.md", "index.html"]
    assert "Error by depth" not in (out / "index.html").read_text()


def test_nothing_checked_is_not_a_pass(agreement: Document, store: Store, out: Path) -> None:
    render(store({**agreement, "results": [], "depth": [], "trajectory": []}), out)
    html = (out / "index.html").read_text()
    assert "No check ran" in html
    assert 'class="symbol pass"' not in html


def test_results_cannot_inject_markup(departure: Document, store: Store, out: Path) -> None:
    hostile = "<script>alert('x')</script> | a_b@c"
    document = {**departure, "depth": [], "trajectory": [], "data": hostile}
    document["references"][0]["detail"] = hostile
    for found in document["results"]:
        for finding in found["findings"]:
            finding.update(message=hostile, place=hostile)
        found["reason"] = hostile
    render(store(document), out)
    assert "<script" not in (out / "index.html").read_text()
    rows = [row for row in (out / "equivalence.md").read_text().splitlines() if "| tf1 |" in row]
    assert rows == [r"| tf1 | ✓ yes | &lt;script>alert('x')&lt;/script> \| a_b@c |"]


def test_markdown_tables_are_rectangular(rendered: Path) -> None:
    widths: list[int] = []
    for line in [*(rendered / "equivalence.md").read_text().splitlines(), ""]:
        if line.startswith("|"):
            widths.append(len(re.findall(r"(?<!\\)\|", line)))
        elif widths:
            assert len(set(widths)) == 1
            assert len(widths) > 2
            widths = []


def test_markdown_shows_figures_that_are_there(rendered: Path) -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (rendered / "equivalence.md").read_text())
    assert shown == ["figures/error_by_depth.png", "figures/trajectory.png"]
    assert all((rendered / path).is_file() for path in shown)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "not JSON"),
        (b'{"schema": 1, "results"', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"schema": 99}', "expected schema 1, found 99"),
        (b'{"schema": 1}', "no 'started'"),
    ],
)
def test_a_bad_file_is_one_line_and_no_report(
    tmp_path: Path, out: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "equivalence.json").write_bytes(content)
    with pytest.raises(ReportError, match=expected) as caught:
        render(tmp_path, out)
    assert str(caught.value).startswith(str(tmp_path / "equivalence.json"))
    assert "\n" not in str(caught.value)
    assert not out.exists()


def test_no_results(tmp_path: Path, out: Path) -> None:
    with pytest.raises(ReportError, match=r"none of equivalence\.json, .*is there"):
        render(tmp_path / "absent", out)


def test_unreadable_results(tmp_path: Path, out: Path) -> None:
    (tmp_path / "equivalence.json").mkdir()
    with pytest.raises(ReportError, match="Is a directory"):
        render(tmp_path, out)


def test_another_result_file_is_another_section(
    agreement: Document, store: Store, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throughput(document: Any, where: str) -> page.Section:
        assert where.endswith("throughput.json")
        return page.Section("throughput", "Throughput", f"<p>{document['fps']}</p>", "# fps\n")

    sections = {"equivalence.json": equivalence.section, "throughput.json": throughput}
    monkeypatch.setattr(page, "SECTIONS", sections)
    results = store({**agreement, "depth": [], "trajectory": []})
    (results / "throughput.json").write_text('{"fps": 123}')
    render(results, out)
    assert (out / "throughput.md").read_text() == "# fps\n"
    html = (out / "index.html").read_text()
    assert "<p>123</p>" in html
    assert 'href="#throughput"' in html


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_atomically(tmp_path / "page.html", "old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_matplotlib_is_loaded_only_to_draw() -> None:
    code = "import sys, harness.report; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
