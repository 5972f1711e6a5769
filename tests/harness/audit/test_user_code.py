"""Code that is not ours: where it failed, in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.workers.protocol import RequestError
from harness.workers.user_code import blamed, load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest"])
    return tmp_path


@pytest.mark.parametrize(
    ("source", "name", "mentioned"),
    [
        ("x = 1", "nowhere:build", "no module nowhere in"),
        ("x = 1", "{module}:build", "has no function build"),
        ("build = 3", "{module}:build", "has no function build"),
        (
            "import notinstalled",
            "{module}:build",
            "{module}.py:1, in <module>: ModuleNotFoundError",
        ),
        ("x = = 1", "{module}:build", "{module}.py:1: SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)", "{module}:build", "ends the process (exit 3); guard its main"),
        ("x = []\nx[1]", "{module}:build", "{module}.py:2, in <module>: IndexError: list index"),
        ("raise ValueError('a\\nb')", "{module}:build", "ValueError: a"),
        ("raise ValueError", "{module}:build", "ValueError: no message"),
    ],
)
def test_a_module_that_cannot_be_used_is_refused_in_one_line(
    folder: Path, request: pytest.FixtureRequest, source: str, name: str, mentioned: str
) -> None:
    module = f"network_{abs(hash(request.node.name))}"
    (folder / f"{module}.py").write_text(source)
    with pytest.raises(RequestError) as refusal:
        load(name.format(module=module), str(folder))
    message = str(refusal.value)
    assert mentioned.format(module=module) in message
    assert "\n" not in message


def test_the_innermost_line_of_the_user_is_blamed(folder: Path) -> None:
    (folder / "layers_of_mine.py").write_text("def half(x):\n    return x.shape[5]\n")
    (folder / "net_of_mine.py").write_text(
        "import numpy\nimport layers_of_mine\n\ndef build():\n"
        "    return layers_of_mine.half(numpy.zeros(3))\n"
    )
    function = load("net_of_mine:build", str(folder))
    with (
        pytest.raises(RequestError, match=r"layers_of_mine.py:2, in half: IndexError"),
        blamed(str(folder), "calling net_of_mine:build"),
    ):
        function()
