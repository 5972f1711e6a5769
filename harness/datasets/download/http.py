"""Downloads a file over HTTP, and goes on where an interrupted download stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.datasets.errors import DatasetError
from harness.datasets.progress import progress

if TYPE_CHECKING:
    import requests

# What is lost, at most, of what had come when a connection breaks.
_CHUNK = 1 << 16

# Seconds to a connection, and between two pieces of an answer.
_TIMEOUT = (15, 60)

_ELSEWHERE = "get the file elsewhere and give its path or a mirror's address with --from"


def download(url: str, path: Path) -> None:
    """Puts the file at `url` to `path`, once it is there to the last byte.

    What has come lies in `<name>.part` beside `path` and outlives an interruption. Beside it lie
    the address and the server's validator (its ETag, else the date of the file), with which the
    rest is asked for: `Range` and `If-Range` (RFC 9110, 13.1.5 and 14.2). A server that does not do
    ranges, or whose file has changed, answers with the whole file, and the part is begun anew; so
    it is where there is no validator to tell by.

    Raises:
        DatasetError: the address cannot be reached, refuses, or stops before the end.
    """
    # Slow to import, and only a download needs it.
    import requests

    part = _Part(path.with_name(f"{path.name}.part"))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with requests.Session() as session:
            _complete(part, session, url)
    except (requests.RequestException, ConnectionError) as error:
        if part.size(url):
            raise DatasetError(
                f"{url}: the connection broke; {part.size(url):,} bytes are kept: give the same "
                f"command again to go on, or {_ELSEWHERE}"
            ) from error
        raise DatasetError(f"{url}: cannot be reached ({_reason(error)}); {_ELSEWHERE}") from error
    part.become(path)


@dataclass(frozen=True)
class _Part:
    """The beginning of a file, and what it is the beginning of.

    Attributes:
        path: of the beginning; the origin lies beside it.
    """

    path: Path

    @property
    def _origin(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def validator(self, url: str) -> str:
        """What the server told the version of the file at `url` by; empty if it is not that."""
        try:
            origin = json.loads(self._origin.read_text())
            return str(origin["validator"]) if origin["url"] == url else ""
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""

    def size(self, url: str) -> int:
        """Bytes that can be gone on from."""
        return self.path.stat().st_size if self.validator(url) and self.path.is_file() else 0

    def begin(self, url: str, validator: str) -> None:
        """Forgets what there was."""
        self.discard()
        if validator:
            self._origin.write_text(json.dumps({"url": url, "validator": validator}))

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self._origin.unlink(missing_ok=True)

    def become(self, path: Path) -> None:
        self.path.replace(path)
        self._origin.unlink(missing_ok=True)


def _complete(part: _Part, session: requests.Session, url: str) -> None:
    """Asks for what is missing of the part, and appends it."""
    offset = part.size(url)
    # Compressed on the way, a file has other offsets.
    headers = {"Accept-Encoding": "identity"}
    if offset:
        headers |= {"Range": f"bytes={offset}-", "If-Range": part.validator(url)}
    with session.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
        content_range = response.headers.get("Content-Range", "")
        if response.status_code == 416 and content_range == f"bytes */{offset}":
            return  # Nothing was missing but the renaming.
        if response.status_code == 416:
            part.discard()
        if not response.ok:
            answer = f"{response.status_code} {response.reason}".strip()
            raise DatasetError(f"{url}: answered {answer}; {_ELSEWHERE}")
        if response.status_code != 206:
            offset = 0
            part.begin(url, _validator(response))
        elif not content_range.startswith(f"bytes {offset}-"):
            raise DatasetError(f"{url}: sent another range than asked for; {_ELSEWHERE}")
        _receive(part, response, offset)


def _receive(part: _Part, response: requests.Response, offset: int) -> None:
    length = response.headers.get("Content-Length")
    total = offset + int(length) if length else None
    name = part.path.name.strip(".").removesuffix(".part")
    with part.path.open("ab") as file, progress(total, "bytes") as advance:
        advance(name, offset)
        for chunk in response.iter_content(_CHUNK):
            file.write(chunk)
            # What has come must be there whenever the process ends.
            file.flush()
            advance(name, len(chunk))
    if total is not None and part.path.stat().st_size != total:
        raise ConnectionError("the answer was cut short")


def _validator(response: requests.Response) -> str:
    """What tells this version of the file from another; a weak ETag does not (RFC 9110, 8.8.1)."""
    tag = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return response.headers.get("Last-Modified", "")


def _reason(error: Exception) -> str:
    """The innermost cause in the system's words; requests wraps it several times."""
    cause: BaseException | None = error
    reason = type(error).__name__
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            reason = cause.strerror
        inner = [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]
        cause = next((c for c in inner if isinstance(c, BaseException)), None)
    return reason
