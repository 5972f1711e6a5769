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
_LEFTOVERS = shutil.ignore_patterns("__pycache__", "*.pyc", "log", "dump", "data")


class UpgradeError(RuntimeError):
    """The tool failed, or a patch does not apply; one line says which and why."""


def convert(source: Path, out: Path) -> None:
    """Run tf_upgrade_v2 over a tree, untouched by us; its report lands in `out/report.txt`.

    Arguments:
        source: folder of TF1 code.
        out: folder to make; must not exist.

    Raises:
        UpgradeError: there is no such tree, or the tool failed.
    """
    if not source.is_dir():
        raise UpgradeError(f"{source}: no such folder to upgrade")
    with tempfile.TemporaryDirectory() as scratch:
        # Run where both trees have short relative names: the report quotes them.
        shutil.copytree(source, Path(scratch, source.name), ignore=_LEFTOVERS)
        command = [sys.executable, "-m", "harness.workers.upgrade_tool"]
        command += ["--intree", source.name, "--outtree", "tf2_upgraded", "--reportfile", REPORT]
        search = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
        run = subprocess.run(
            command,
            cwd=scratch,
            capture_output=True,
            text=True,
            env=dict(os.environ, PYTHONPATH=search, TF_CPP_MIN_LOG_LEVEL="3"),
        )
        if run.returncode:
            last = (run.stderr.strip() or "no message").splitlines()[-1]
            raise UpgradeError(f"tf_upgrade_v2 failed on {source}: {last}")
        shutil.move(Path(scratch, "tf2_upgraded"), out)
        shutil.move(Path(scratch, REPORT), out / REPORT)


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
