"""What this machine is: the part of a result that a reader elsewhere cannot guess."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from harness.report.schema import Machine

NO_GPU = "not measured on a GPU"


def describe() -> Machine:
    """This machine, as result files record it."""
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
        memory_gib=round(_memory_gib(), 1),
        gpu=NO_GPU,
    )


def gpus() -> list[str]:
    """Names of NVIDIA GPUs, as their driver's tool tells them; empty without one."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    run = subprocess.run(command, capture_output=True, text=True)
    return run.stdout.split("\n")[:-1] if run.returncode == 0 else []


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _memory_gib() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return 0.0
