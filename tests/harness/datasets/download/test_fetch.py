"""Fetching, against a real server on the loopback interface: resumed, verified, refused."""

from __future__ import annotations

import hashlib
import io
import re
import socket
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from harness.datasets import DatasetError
from harness.datasets.download import ARCHIVES, fetch

# Some whole pieces, as the downloader reads them; of one that is not whole nothing is kept.
PIECE = 6 << 16
FILE = ARCHIVES["s3dis_blocks"].file
FOLDER = ARCHIVES["s3dis_blocks"].folder


def archive(seed: int = 0) -> bytes:
    """An archive of about a megabyte that does not compress."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(f"{FOLDER}/all_files.txt", "x\n")
        file.writestr(f"{FOLDER}/noise", np.random.default_rng(seed).bytes(1_000_000))
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Server:
    """What the server holds, how it behaves, and what it was asked."""

    content: bytes = field(default_factory=archive)
    tag: str | None = '"v1"'
    ranges: bool = True
    break_after: int | None = None
    status: int | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    sent: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{FILE}"


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append((self.path, asked))
            if state.status:
                self.send_error(state.status)
                return
            start = 0
            total = len(state.content)
            same = self.headers.get("If-Range") in (None, state.tag)
            if asked and state.ranges and same:
                start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])
                if start >= total:
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{total}")
                    self.end_headers()
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(total - start))
            if state.tag:
                self.send_header("ETag", state.tag)
            self.end_headers()
            body = state.content[start:]
            body = body[: state.break_after] if state.break_after is not None else body
            state.sent += len(body)
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


def message(*arguments: object, **options: object) -> str:
    with pytest.raises(DatasetError) as caught:
        fetch(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def interrupt(server: Server, out: Path, after: int = PIECE) -> None:
    """A first attempt that breaks off."""
    server.break_after = after
    found = message("s3dis_blocks", out, server.url)
    assert "the connection broke" in found
    assert f"{after:,} bytes are kept" in found
    assert names(out) == [f".{FILE}.part", f".{FILE}.part.json"]
    server.break_after = None
    server.sent = 0
    server.asked.clear()


def test_fetched_unpacked_and_tidied(server: Server, tmp_path: Path) -> None:
    found = fetch("s3dis_blocks", tmp_path / "data", server.url)
    assert found.folder == tmp_path / "data" / FOLDER
    assert (found.sha256, found.verified) == (sha256(server.content), False)
    assert "none was published" in str(found)
    assert names(tmp_path / "data") == [FOLDER]
    assert names(found.folder) == ["all_files.txt", "noise"]
    assert server.asked == [(f"/{FILE}", None)]


def test_a_mirror_may_be_a_folder(server: Server, tmp_path: Path) -> None:
    fetch("s3dis_blocks", tmp_path, server.url.removesuffix(FILE))
    assert server.asked == [(f"/{FILE}", None)]


@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_the_right_checksum(server: Server, tmp_path: Path, case: object) -> None:
    found = fetch("s3dis_blocks", tmp_path, server.url, case(sha256(server.content)))
    assert found.verified
    assert "as expected" in str(found)


def test_the_wrong_checksum(server: Server, tmp_path: Path) -> None:
    found = message("s3dis_blocks", tmp_path, server.url, "0" * 64)
    assert f"its SHA-256 is {sha256(server.content)}, expected {'0' * 64}" in found
    assert names(tmp_path) == []


@pytest.mark.parametrize("given", ["abc", "g" * 64, "0" * 63])
def test_what_is_no_checksum(tmp_path: Path, given: str) -> None:
    assert "64 hexadecimal digits" in message("s3dis_blocks", tmp_path, sha256=given)


def test_resumed_where_it_stopped(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))
    assert server.asked == [(f"/{FILE}", f"bytes={PIECE}-")]
    assert server.sent == len(server.content) - PIECE
    assert names(tmp_path) == [FOLDER]


def test_resumed_twice(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    server.break_after = PIECE
    assert f"{2 * PIECE:,} bytes are kept" in message("s3dis_blocks", tmp_path, server.url)
    server.break_after = None
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    interrupt(server, tmp_path)
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))
    assert server.sent == len(server.content)


def test_a_file_that_changed_is_begun_anew(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    server.content, server.tag = archive(seed=1), '"v2"'
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))
    assert server.sent == len(server.content)


def test_the_part_of_another_address_is_not_gone_on_from(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    other = server.url.replace("127.0.0.1", "localhost")
    fetch("s3dis_blocks", tmp_path, other, sha256(server.content))
    assert server.asked == [(f"/{FILE}", None)]


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
def test_without_a_validator_nothing_is_resumed(
    server: Server, tmp_path: Path, tag: str | None
) -> None:
    server.tag, server.break_after = tag, PIECE
    message("s3dis_blocks", tmp_path, server.url)
    server.break_after = None
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))
    assert server.asked[1] == (f"/{FILE}", None)


def test_a_part_with_a_damaged_origin_is_not_gone_on_from(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    (tmp_path / f".{FILE}.part.json").write_text("[" * 100_000)
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))
    assert server.asked == [(f"/{FILE}", None)]


def test_whole_but_for_the_renaming(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    with (tmp_path / f".{FILE}.part").open("ab") as file:
        file.write(server.content[PIECE:])
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))
    assert server.sent == 0


def test_a_part_longer_than_the_file_is_discarded(server: Server, tmp_path: Path) -> None:
    interrupt(server, tmp_path)
    with (tmp_path / f".{FILE}.part").open("ab") as file:
        file.write(bytes(2_000_000))
    assert "answered 416" in message("s3dis_blocks", tmp_path, server.url)
    fetch("s3dis_blocks", tmp_path, server.url, sha256(server.content))


@pytest.mark.parametrize("status", [404, 503])
def test_a_server_that_refuses(server: Server, tmp_path: Path, status: int) -> None:
    server.status = status
    found = message("s3dis_blocks", tmp_path, server.url)
    assert f"{server.url}: answered {status} " in found
    assert "--from" in found
    assert names(tmp_path) == []


def test_a_page_in_place_of_the_archive(server: Server, tmp_path: Path) -> None:
    good, server.content = server.content, b"<html>Please log in</html>"
    assert "neither a zip nor a tar" in message("s3dis_blocks", tmp_path, server.url)
    assert names(tmp_path) == []
    server.content = good
    fetch("s3dis_blocks", tmp_path, server.url)


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = message("modelnet40", tmp_path, f"http://127.0.0.1:{port}/x.zip")
    assert f"http://127.0.0.1:{port}/x.zip: cannot be reached (Connection refused)" in found
    assert "--from" in found


def test_an_archive_that_was_not_unpacked_is_not_downloaded_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[fetch.__module__], "unpack", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch("s3dis_blocks", tmp_path, server.url)
    fetch("s3dis_blocks", tmp_path, server.url)
    assert len(server.asked) == 1
    assert names(tmp_path) == [FOLDER]


@pytest.mark.parametrize("given", ["file", "folder"])
def test_a_local_copy_is_unpacked_and_left(tmp_path: Path, given: str) -> None:
    path = tmp_path / "mirror" / FILE
    path.parent.mkdir()
    path.write_bytes(archive())
    source = str(path if given == "file" else path.parent)
    assert "expected" in message("s3dis_blocks", tmp_path / "data", source, "0" * 64)
    fetch("s3dis_blocks", tmp_path / "data", source, sha256(archive()))
    assert names(tmp_path / "data") == [FOLDER]
    assert path.read_bytes() == archive()


def test_requests_that_cannot_be_carried_out(tmp_path: Path) -> None:
    assert "no such file" in message("modelnet40", tmp_path, str(tmp_path / "absent.zip"))
    assert "one of modelnet40, " in message("digits", tmp_path)
    assert "for a form, at http" in message("s3dis", tmp_path)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "mine").touch()
    assert "exists and is not empty" in message("s3dis_blocks", tmp_path)
