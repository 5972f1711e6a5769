"""Finding a Python 3.7: only what runs counts, and what is missing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import tf1_environment
from harness.runtimes import RUNTIMES, RuntimeUnavailable
from harness.tf1_environment import OVERRIDE, Tf1Unavailable


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nothing_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose PATH, home and caches are empty."""
    monkeypatch.delenv(OVERRIDE, raising=False)
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setenv(tf1_environment.CACHE, str(tmp_path / "cache"))


def test_an_empty_override_pretends_that_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin/python3.7", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv(OVERRIDE, "")
    assert list(tf1_environment.candidates()) == []
    with pytest.raises(Tf1Unavailable, match="HARNESS_PYTHON37"):
        tf1_environment.find_python()


def test_the_runtime_is_unavailable_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERRIDE, "")
    with pytest.raises(RuntimeUnavailable, match=r"runtime tf1: .*HARNESS_PYTHON37"):
        RUNTIMES["tf1"].interpreter()


def test_an_override_is_the_only_candidate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin/python3.7", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    chosen = script(tmp_path / "mine/python", "exit 0")
    monkeypatch.setenv(OVERRIDE, str(chosen))
    assert tf1_environment.find_python() == chosen


@pytest.mark.parametrize("refusal", ["exit 1", "echo 'command not found' >&2; exit 127", "kill $$"])
def test_a_candidate_that_does_not_run_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    script(tmp_path / "shims/python3.7", refusal)
    good = script(tmp_path / "bin/python3.7", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{good.parent}")
    assert tf1_environment.find_python() == good


def test_a_file_that_cannot_be_executed_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_a_program = script(tmp_path / "one/python3.7", "exit 0")
    not_a_program.write_bytes(b"\x00\x01\x02")
    good = script(tmp_path / "two/python3.7", "exit 0")
    monkeypatch.setenv("PATH", f"{not_a_program.parent}:{good.parent}")
    assert tf1_environment.find_python() == good


def test_an_override_that_does_not_run_is_no_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, str(script(tmp_path / "python", "exit 1")))
    with pytest.raises(Tf1Unavailable):
        tf1_environment.find_python()


@pytest.mark.parametrize(
    "place",
    [
        ".pyenv/versions/3.7.17/bin",
        ".local/share/uv/python/cpython-3.7.9-linux-x86_64-gnu/bin",
        ".asdf/installs/python/3.7.4/bin",
    ],
)
def test_a_managed_python_is_found_at_home(tmp_path: Path, place: str) -> None:
    python = script(tmp_path / "home" / place / "python3.7", "exit 0")
    assert tf1_environment.find_python() == python


def test_the_probe_turns_this_newer_python_down(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setenv(OVERRIDE, sys.executable)
    with pytest.raises(Tf1Unavailable):
        tf1_environment.find_python()


def test_the_folder_changes_with_the_pins_and_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = tmp_path / "pins.txt"
    monkeypatch.setattr(tf1_environment, "REQUIREMENTS", pins)
    pins.write_text("tensorflow==1.15.5\n")
    first = tf1_environment.environment_folder(Path("/a/python3.7"))
    assert first.parent == tmp_path / "cache"
    assert tf1_environment.environment_folder(Path("/a/python3.7")) == first
    assert tf1_environment.environment_folder(Path("/b/python3.7")) != first
    pins.write_text("tensorflow==1.15.4\n")
    assert tf1_environment.environment_folder(Path("/a/python3.7")) != first


def test_an_environment_that_was_not_made_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = script(tmp_path / "python", "exit 0")
    monkeypatch.setenv(OVERRIDE, str(python))
    assert tf1_environment.find_environment() is None
    made = script(tf1_environment.environment_folder(python) / "bin/python", "exit 0")
    assert tf1_environment.find_environment() == made
    assert tf1_environment.ensure_environment() == made


def test_an_environment_that_cannot_be_made_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = 'test "$1" = -c && exit 0; echo "no disk space" >&2; exit 1'
    python = script(tmp_path / "python", body)
    monkeypatch.setenv(OVERRIDE, str(python))
    with pytest.raises(Tf1Unavailable, match=r"could not be installed: no disk space$"):
        tf1_environment.ensure_environment()
    assert not [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
