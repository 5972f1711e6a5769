"""Finds a Python 3.7 and makes it an environment with a real TensorFlow 1.15, once."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import filelock
import platformdirs

OVERRIDE = "HARNESS_PYTHON37"  # an interpreter to use; empty: pretend that there is none
CACHE = "HARNESS_CACHE"  # where environments are kept, instead of the user's cache folder
REQUIREMENTS = Path(__file__).with_name("tf1_requirements.txt")
_PROBE = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 7))"


class Tf1Unavailable(RuntimeError):
    """No TensorFlow 1.15 can be had on this machine; the message is the reason."""


def candidates() -> Iterator[Path]:
    """Places where a Python 3.7 may be, likeliest first; not all of them exist or run."""
    if OVERRIDE in os.environ:
        if os.environ[OVERRIDE]:
            yield Path(os.environ[OVERRIDE])
        return
    home = Path.home()
    for entry in os.get_exec_path():
        yield Path(entry, "python3.7")
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv"))
    managed = (
        (pyenv / "versions", "3.7*/bin/python3.7"),
        (home / ".local/share/uv/python", "cpython-3.7*/bin/python3.7"),
        (home / ".asdf/installs/python", "3.7*/bin/python3.7"),
        (Path("/opt"), "*/bin/python3.7"),
    )
    for folder, pattern in managed:
        yield from sorted(folder.glob(pattern), reverse=True)


def find_python() -> Path:
    """The first candidate that runs and is a Python 3.7 able to make environments.

    Being there is not enough: a shim on the PATH may refuse to run.

    Raises:
        Tf1Unavailable: there is none.
    """
    for candidate in candidates():
        if candidate.is_file() and _runs(candidate, "-c", _PROBE):
            return candidate
    raise Tf1Unavailable(
        f"no Python 3.7 found: install one (pyenv install 3.7) or name one in {OVERRIDE}"
    )


def cache_folder() -> Path:
    """Where the harness keeps what takes long to make."""
    return Path(os.environ.get(CACHE) or platformdirs.user_cache_dir("pointnet-migration-harness"))


def environment_folder(python: Path) -> Path:
    """Where the environment for this interpreter belongs: its name carries the pinned versions."""
    pins = hashlib.sha256(REQUIREMENTS.read_bytes() + bytes(python)).hexdigest()[:12]
    return cache_folder() / f"tf1-{pins}"


def find_environment() -> Path | None:
    """The interpreter of the environment made earlier, if there is one that still runs."""
    interpreter = environment_folder(find_python()) / "bin/python"
    return interpreter if _runs(interpreter, "-c", "pass") else None


def ensure_environment() -> Path:
    """The interpreter of the TensorFlow 1.15 environment, made now if it was not yet.

    Takes half a minute and 600 MB the first time. Safe when several processes ask at once.

    Raises:
        Tf1Unavailable: no Python 3.7, or the packages cannot be installed.
    """
    python = find_python()
    folder = environment_folder(python)
    interpreter = folder / "bin/python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if not _runs(interpreter, "-c", "pass"):
            shutil.rmtree(folder, ignore_errors=True)
            _make(python, folder)
    return interpreter


def _make(python: Path, folder: Path) -> None:
    """Make the environment under a temporary name, so that it is never seen half-made."""
    scratch = Path(tempfile.mkdtemp(prefix=folder.name, dir=folder.parent))
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        [str(python), "-m", "venv", str(scratch)],
        [str(scratch / "bin/python"), *install, "--requirement", str(REQUIREMENTS)],
    )
    try:
        for step in steps:
            run = subprocess.run(step, capture_output=True, text=True)
            if run.returncode:
                said = (run.stderr.strip() or "no message").splitlines()[-1]
                raise Tf1Unavailable(f"TensorFlow 1.15 could not be installed: {said}")
        os.rename(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _runs(python: Path, *arguments: str) -> bool:
    try:
        return subprocess.run([python, *arguments], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
