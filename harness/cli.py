"""The command line: `python -m harness ...`.

Exit status 0 means done; 1 a verdict against; 2 a request that cannot be carried out, with one line
on standard error saying why.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import typer

from harness.accuracy import TrainingError
from harness.audit.spec import SpecError
from harness.commands.accuracy import accuracy
from harness.commands.audit import audit
from harness.commands.data import app as data
from harness.commands.doctor import doctor
from harness.commands.equivalence import equivalence
from harness.commands.hazards import hazards
from harness.commands.options import Refusal
from harness.commands.record import record
from harness.commands.report import report
from harness.commands.scan import scan
from harness.commands.throughput import throughput
from harness.commands.traces import compare, trace
from harness.commands.upgrade import upgrade
from harness.datasets import DatasetError
from harness.exchange import ExchangeError
from harness.jobs import ClusterUnavailable
from harness.report import ReportError
from harness.runtimes import RuntimeUnavailable
from harness.scan import ScanError
from harness.throughput.plan import PlanError
from harness.upgrade import UpgradeError
from harness.worker import WorkerError

INTERRUPTED = 130  # what Typer makes of Ctrl-C, without a word
REFUSALS: tuple[type[Exception], ...] = (
    Refusal,
    ClusterUnavailable,
    DatasetError,
    ExchangeError,
    PlanError,
    ReportError,
    RuntimeUnavailable,
    ScanError,
    SpecError,
    TrainingError,
    UpgradeError,
    WorkerError,
    PermissionError,
    NotADirectoryError,
)

app = typer.Typer(
    help="Proves that a TensorFlow 1.x model survived its migration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    doctor,
    equivalence,
    hazards,
    upgrade,
    scan,
    audit,
    accuracy,
    throughput,
    trace,
    compare,
    record,
    report,
):
    app.command()(command)
app.add_typer(data, name="data")


def main() -> None:
    """Run a command; a refusal is one line and exit status 2."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except REFUSALS as error:
        print(f"harness: {_one_line(error)}", file=sys.stderr)
        detail = getattr(error, "detail", "")
        if detail and os.environ.get("HARNESS_DEBUG"):
            print(detail, file=sys.stderr)
        sys.exit(2)
    except SystemExit as status:
        if status.code == INTERRUPTED:
            print("harness: interrupted; nothing was left half-written", file=sys.stderr)
        raise


def _terminated(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl-C, workers and temporary files included, with the signal's own status."""
    sys.exit(128 + number)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
