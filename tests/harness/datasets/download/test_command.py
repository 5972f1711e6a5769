"""`data fetch` as a user meets it: one line for a refusal, and Ctrl-C costs nothing."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from harness.worker import ROOT

PIECE = 6 << 16


def command(*arguments: str | Path) -> tuple[list[str], dict[str, str]]:
    return (
        [sys.executable, "-m", "harness", "data", *map(str, arguments)],
        {**os.environ, "PYTHONPATH": str(ROOT)},
    )


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    line, environment = command(*arguments)
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("hdf5_data/noise", np.random.default_rng(0).bytes(1_000_000))
    return buffer.getvalue()


@pytest.fixture
def stalling() -> Iterator[tuple[str, list[str | None]]]:
    """A server that sends a part of the file and then nothing, until it is asked for the rest."""
    content, asked, over = archive(), [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Range"))
            start = int(re.fullmatch(r"bytes=(\d+)-", asked[-1])[1]) if asked[-1] else 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", '"v1"')
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            self.wfile.write(content[start:] if start else content[:PIECE])
            self.wfile.flush()
            if not start:
                over.wait(60)

        def log_message(self, *arguments: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{http.server_address[1]}/shapes.zip", asked
    over.set()
    http.shutdown()
    http.server_close()
    thread.join()


def test_ctrl_c_and_again(stalling: tuple[str, list[str | None]], tmp_path: Path) -> None:
    url, asked = stalling
    line, environment = command("fetch", "shapenet_part", "--out", tmp_path, "--from", url)
    process = subprocess.Popen(line, env=environment, stderr=subprocess.PIPE, text=True)
    part = tmp_path / ".shapenet_part_seg_hdf5_data.zip.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size == PIECE):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    again = run("fetch", "shapenet_part", "--out", tmp_path, "--from", url)
    assert again.returncode == 0, again.stderr
    assert asked == [None, f"bytes={PIECE}-"]
    assert [path.name for path in tmp_path.iterdir()] == ["hdf5_data"]
    assert len((tmp_path / "hdf5_data" / "noise").read_bytes()) == 1_000_000


def test_a_copy_is_unpacked_and_its_checksum_told(tmp_path: Path) -> None:
    (tmp_path / "copy.zip").write_bytes(archive())
    found = run("fetch", "shapenet_part", "--out", tmp_path / "d", "--from", tmp_path / "copy.zip")
    assert found.returncode == 0, found.stderr
    folder, checksum = found.stdout.splitlines()
    assert folder == str(tmp_path / "d" / "hdf5_data")
    assert re.search(r"[0-9a-f]{64} \(not compared", checksum)


@pytest.mark.parametrize(
    ("arguments", "mentioned"),
    [
        (("fetch", "s3dis"), "for a form"),
        (("fetch", "nothing"), "one of modelnet40"),
        (("fetch", "modelnet40", "--from", "http://127.0.0.1:1/"), "cannot be reached"),
        (("fetch", "modelnet40", "--from", "absent.zip"), "no such file"),
        (("build", "rooms", "--size", "huge"), "one of tiny, small, large"),
        (("build", "digits", "--source", "x"), "--source is for kicad"),
        (("build", "s3dis"), "for a form"),
    ],
)
def test_a_refusal_is_one_line(arguments: tuple[str, ...], mentioned: str, tmp_path: Path) -> None:
    found = run(*arguments, "--out", tmp_path / "out")
    assert found.returncode == 2
    (line,) = found.stderr.splitlines()
    assert line.startswith("harness: ")
    assert mentioned in line
    assert not any((tmp_path / "out").glob("*"))
