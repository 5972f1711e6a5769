"""tf_upgrade_v2 over a tree, then a patch series over the result; the same bytes every time."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import patch_ng

REPORT = "report.txt"
PATCHES = "patches"
# What runs leave behind in this project's own tree, and in anybody's.
_LEFTOVERS = ("__pycache__", "*.pyc", "log", "dump", "data")
UNREAD = ("__pycache__", "*.pyc", ".git", ".ipynb_checkpoints")


class UpgradeError(RuntimeError):
    """The tool failed, or a patch does not apply; one line says which and why."""


def convert(
    source: Path, out: Path, leftovers: tuple[str, ...] = _LEFTOVERS
) -> tuple[tuple[str, str], ...]:
    """Run tf_upgrade_v2 over a tree, untouched by us; its report lands in `out/report.txt`.

    Arguments:
        source: folder of TF1 code; notebooks are converted too.
        out: folder to make; must not exist.
        leftovers: patterns of names that are left out.

    Returns:
        Files that are not text, on which the tool would fail as a whole, and why; they are copied.

    Raises:
        UpgradeError: there is no such tree, `out` is there already, or the tool failed.
    """
    if not source.is_dir():
        raise UpgradeError(f"{source}: no such folder to upgrade")
    if out.exists():
        raise UpgradeError(f"{out}: is there already; name a folder to make")
    name = source.resolve().name
    with tempfile.TemporaryDirectory() as scratch:
        # Run where both trees have short relative names: the report quotes them.
        tree, upgraded = Path(scratch, name), Path(scratch, "tf2_upgraded")
        shutil.copytree(source, tree, ignore=shutil.ignore_patterns(*leftovers))
        unreadable = _not_text(tree)
        for file, _ in unreadable:
            (tree / file).unlink()
        _run_tool(Path(scratch), name, source)
        for file, _ in unreadable:
            (upgraded / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / file, upgraded / file)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(scratch, REPORT), upgraded / REPORT)
        shutil.move(upgraded, out)
    return unreadable


def _not_text(tree: Path) -> tuple[tuple[str, str], ...]:
    """Python files that are not UTF-8, the only encoding in which the tool reads."""
    found = []
    for path in sorted(tree.rglob("*.py")):
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            found.append((path.relative_to(tree).as_posix(), f"not UTF-8: byte {error.start}"))
        except OSError as error:
            found.append((path.relative_to(tree).as_posix(), f"cannot be read: {error.strerror}"))
    return tuple(found)


def _run_tool(scratch: Path, name: str, source: Path) -> None:
    command = [sys.executable, "-m", "harness.workers.upgrade_tool"]
    command += ["--intree", name, "--outtree", "tf2_upgraded", "--reportfile", REPORT]
    search = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        command,
        cwd=scratch,
        capture_output=True,
        text=True,
        env=dict(os.environ, PYTHONPATH=search, TF_CPP_MIN_LOG_LEVEL="3"),
    )
    if run.returncode or not (scratch / REPORT).is_file():
        last = (run.stderr.strip() or "no message").splitlines()[-1]
        raise UpgradeError(f"tf_upgrade_v2 failed on {source}: {last}")


def apply(patch: Path, tree: Path) -> None:
    """Apply one unified diff to a tree, exactly: no fuzz, all of it or an error.

    Raises:
        UpgradeError: it is not a patch, or it does not fit the tree.
    """
    patch_set = patch_ng.fromfile(str(patch))
    touched = [tree / item.target.decode().removeprefix("b/") for item in patch_set or ()]
    before = [path.read_bytes() if path.is_file() else None for path in touched]
    applied = patch_set and patch_set.apply(strip=1, root=str(tree), fuzz=False)
    # The library counts a file that looks patched already as a success.
    unchanged = any(
        path.is_file() and path.read_bytes() == old
        for path, old in zip(touched, before, strict=True)
    )
    if not applied or unchanged:
        raise UpgradeError(f"{patch}: does not apply to {tree}; was the source changed?")


def build(source: Path, patches: Path, out: Path) -> None:
    """Convert a tree and apply a patch series to the result.

    Arguments:
        source: folder of TF1 code.
        patches: folder of `NNNN-*.patch`, applied in order; kept beside the result.
        out: folder to make; must not exist.
    """
    convert(source, out)
    for patch in sorted(patches.glob("*.patch")):
        apply(patch, out)
    shutil.copytree(patches, out / PATCHES)


def rebuild(source: Path, upgraded: Path) -> None:
    """Build `upgraded` again from `source` and its own patches, and put it in place whole.

    Raises:
        UpgradeError: it cannot be built; the old folder stays.
    """
    if not (upgraded / PATCHES).is_dir():
        raise UpgradeError(f"{upgraded / PATCHES}: no such folder of patches")
    with tempfile.TemporaryDirectory(dir=upgraded.parent) as scratch:
        fresh, old = Path(scratch, "new"), Path(scratch, "old")
        build(source, upgraded / PATCHES, fresh)
        os.rename(upgraded, old)
        os.rename(fresh, upgraded)
