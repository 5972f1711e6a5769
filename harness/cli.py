"""The command line: `python -m harness ...`.

Exit status 0 means done; 1 a verdict against; 2 a request that cannot be carried out, with one line
on standard error saying why.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from harness import accuracy as comparison
from harness import equivalence as matrix
from harness import traces
from harness.cases import BATCH, POINTS
from harness.checks import RUNGS
from harness.datasets import DatasetError
from harness.datasets.commands import app as data_app
from harness.exchange import ExchangeError
from harness.hazards import HAZARDS
from harness.models import MODELS
from harness.report import ReportError, render
from harness.report.measurements import MODES, Throughput
from harness.runtimes import (
    IMPLEMENTATIONS,
    PRECISIONS,
    RUNTIMES,
    RuntimeUnavailable,
    runtime_for,
)
from harness.scan import ScanError
from harness.throughput.baseline import SLACK
from harness.throughput.contenders import CONTENDERS
from harness.throughput.plan import BATCH as TIMED_BATCH
from harness.throughput.plan import BATCHES, DEVICES, Plan, PlanError
from harness.throughput.plan import MODEL as TIMED_MODEL
from harness.throughput.plan import NUM_POINTS as TIMED_POINTS
from harness.throughput.plan import POINTS as ALL_POINTS
from harness.throughput.plan import PRECISIONS as TIMED_PRECISIONS
from harness.upgrade import UpgradeError
from harness.worker import ROOT, WorkerError

app = typer.Typer(
    help="Proves that a TensorFlow 1.x model survived its migration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(data_app, name="data")


RESULTS = ROOT / "reports" / "results"


def _keys(kind: str, values: Iterable[str]) -> Any:
    """An option that takes one of some keys."""
    values = tuple(values)

    def check(value: str | list[str] | None) -> str | list[str] | None:
        for given in value if isinstance(value, list) else [value]:
            if given is not None and given not in values:
                raise Refusal(f"unknown {kind} {given!r}: one of {', '.join(values)}")
        return value

    return typer.Option(callback=check, metavar="KEY", help=f"One of {', '.join(values)}.")


class Refusal(ValueError):
    """A command line that asks for something there is not."""


REFUSALS: tuple[type[Exception], ...] = (
    Refusal,
    DatasetError,
    ExchangeError,
    PlanError,
    ReportError,
    RuntimeUnavailable,
    ScanError,
    UpgradeError,
    WorkerError,
    comparison.TrainingError,
    PermissionError,
    NotADirectoryError,
)

ImplementationKey = Annotated[str, _keys("implementation", IMPLEMENTATIONS)]
ModelKey = Annotated[str, _keys("model", MODELS)]
RuntimeKey = Annotated[str | None, _keys("runtime", RUNTIMES)]
PrecisionKey = Annotated[str, _keys("precision", PRECISIONS)]


@app.command()
def doctor() -> None:
    """Print what this machine has: runtimes, references, devices."""
    from harness import machine, recorded

    described = machine.describe()
    console = Console()
    console.print(f"{described.system}, {described.processor}, {described.cores} cores, ", end="")
    console.print(f"{described.memory_gib} GiB; GPU: {', '.join(machine.gpus()) or 'none'}")
    table = Table(title="Runtimes")
    for heading in ("runtime", "what", "runs", "here"):
        table.add_column(heading)
    for runtime in RUNTIMES.values():
        table.add_row(
            runtime.key, runtime.title, ", ".join(runtime.implementations), _state(runtime.key)
        )
    console.print(table)
    recordings = sorted(recorded.FOLDER.glob("*.h5"))
    console.print(
        f"Recordings of TensorFlow 1.15: {', '.join(p.stem for p in recordings) or 'none'}"
    )


def _state(key: str) -> str:
    """Whether a runtime is here, without making what is not."""
    from harness import tf1_environment

    try:
        if key != "tf1":
            RUNTIMES[key].interpreter()
            return "yes"
        found = tf1_environment.find_environment()
        return (
            f"yes, {found}" if found else f"not made yet; {tf1_environment.find_python()} will do"
        )
    except (RuntimeUnavailable, tf1_environment.Tf1Unavailable) as error:
        return f"no: {error}"


@app.command()
def trace(
    implementation: ImplementationKey,
    model: ModelKey,
    weights: Annotated[Path, typer.Option(help="Weights file.")],
    batch: Annotated[Path, typer.Option(help="Batch file.")],
    out: Annotated[Path, typer.Option(help="Trace file to write.")],
    runtime: RuntimeKey = None,
    precision: PrecisionKey = "float32",
    mode: Annotated[str, _keys("mode", ("inference", "training"))] = "inference",
    dropout: Annotated[str, _keys("dropout", ("off", "masks", "random"))] = "off",
    bn_decay: Annotated[float | None, typer.Option(help="0.9 if left out.")] = None,
    learning_rate: Annotated[float, typer.Option()] = 0.001,
    optimizer: Annotated[str, _keys("optimizer", ("adam", "momentum"))] = "adam",
    activations: Annotated[bool, typer.Option("--activations", help="Keep every layer's.")] = False,
) -> None:
    """Run one implementation on given weights and a batch; write outputs, gradients, state."""
    options = {
        "mode": mode,
        "dropout": dropout,
        "bn_decay": bn_decay,
        "learning_rate": learning_rate,
        "optimizer": optimizer,
        "activations": activations,
    }
    chosen = runtime_for(implementation, runtime)
    case = traces.load_case(model, weights, batch)
    traces.trace(case, implementation, chosen, precision, out, options)


@app.command()
def compare(
    reference: Annotated[Path, typer.Argument(help="Trace file with its noise.")],
    candidate: Annotated[Path, typer.Argument(help="Trace file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two traces tensor by tensor; exit status 1 if they differ."""
    comparison = traces.compare(reference, candidate)
    if as_json:
        print(json.dumps(comparison.to_json(), indent=1))
    else:
        _print_comparison(comparison)
    raise typer.Exit(0 if comparison.agree else 1)


def _print_comparison(comparison: traces.Comparison) -> None:
    table = Table()
    for heading in ("tensor", "distance", "noise", "ratio", "relative", ""):
        table.add_column(heading, justify="left" if heading in ("tensor", "") else "right")
    for m in comparison.measurements:
        figures = (f"{value:.2e}" for value in (m.distance, m.noise, m.ratio, m.relative))
        table.add_row(m.tensor, *figures, "agrees" if m.passed else "[red]departs")
    for name in comparison.missing:
        table.add_row(name, "", "", "", "", "[red]in one trace only")
    Console().print(table)


@app.command()
def equivalence(
    model: Annotated[list[str] | None, _keys("model", MODELS)] = None,
    precision: Annotated[list[str] | None, _keys("precision", PRECISIONS)] = None,
    rung: Annotated[list[str] | None, _keys("rung", RUNGS)] = None,
    data: Annotated[Path | None, typer.Option(help="ModelNet40-format folder.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Clouds.")] = BATCH,
    points: Annotated[int, typer.Option(min=1, help="Points of each.")] = POINTS,
    seed: Annotated[int, typer.Option(min=0, help="Of weights and batch.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = ROOT / "reports",
) -> None:
    """Climb the whole ladder with every implementation; write the report.

    --model, --precision and --rung may be given several times; all if left out.

    Exit status 1 when anything departs.
    """
    from harness.report.files import write_atomically

    results = out / "results" / "equivalence.json"
    _check_writable(results.parent)
    plan = matrix.Plan(
        models=model or list(MODELS),
        precisions=precision or PRECISIONS,
        rungs=rung or list(RUNGS),
        data=data,
        batch=batch,
        points=points,
        seed=seed,
    )
    with _progress() as start:
        found = matrix.run(plan, start)
    document = json.dumps(found.to_json(), indent=1, allow_nan=False) + "\n"
    write_atomically(results, document)
    render(results.parent, out)
    failed = [result for result in found.results if result.status == "fail"]
    _print_verdict(found, out)
    raise typer.Exit(1 if failed else 0)


def _check_writable(folder: Path) -> None:
    """Find out before the work whether its result can be kept."""
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ReportError(f"{folder}: cannot be written ({error.strerror}); use --out") from None


class _progress:
    """A progress bar for a run over the matrix."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", justify="left"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Callable[[int], Callable[[str], None]]:
        return self._start

    def _start(self, total: int) -> Callable[[str], None]:
        self._bar.start()
        task = self._bar.add_task("starting", total=total)

        def done(line: str) -> None:
            self._bar.update(task, advance=1, description=line)
            if not self._bar.console.is_terminal:
                print(line, file=sys.stderr, flush=True)

        return done

    def __exit__(self, *error: object) -> None:
        if self._bar.tasks:
            self._bar.stop()


def _print_verdict(found: Any, out: Path) -> None:
    counts = dict.fromkeys(("pass", "fail", "skipped"), 0)
    for result in found.results:
        counts[result.status] += 1
    console = Console(soft_wrap=True)
    for result in found.results:
        for finding in result.findings[:1]:
            console.print(
                f"[red]{result.model} {result.precision} {result.rung}[/]: "
                f"{result.candidate} departs at {finding.place}: {finding.message}"
            )
    console.print(f"{counts['pass']} pass, {counts['fail']} depart, {counts['skipped']} skipped")
    console.print(f"{out / 'index.html'}")


@app.command()
def accuracy(
    model: Annotated[str, _keys("model", comparison.TASK_OF)],
    data: Annotated[Path, typer.Option(help="Folder that all train on and are judged on.")],
    implementation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY[@RUNTIME]",
            help=f"Of {', '.join(IMPLEMENTATIONS)}, several times; the first is the measure.",
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="As published.")] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Clouds a step; as published.")] = None,
    points: Annotated[
        int | None, typer.Option(min=1, help="Of a cloud; as published, or as many as there are.")
    ] = None,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, help="Of a training; 0. May be given several times.")
    ] = None,
    test_area: Annotated[int, typer.Option(min=1, max=6, help="Of S3DIS, left out to test.")] = 6,
    runs: Annotated[
        Path, typer.Option(help="Keeps the trainings: what is finished is not repeated.")
    ] = ROOT / "log" / "accuracy",
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = ROOT / "reports",
) -> None:
    """Train every implementation by its own command on the same files; compare what they reach."""
    from harness.report.accuracy_schema import Accuracy
    from harness.report.files import read_json, write_atomically

    results = out / "results" / "accuracy.json"
    _check_writable(results.parent)
    earlier = Accuracy(())
    if results.exists():
        earlier = Accuracy.from_json(read_json(results), str(results))
    plan = comparison.Plan(
        model=model,
        data=data,
        settings=comparison.settings(model, data, epochs, batch, points, test_area),
        seeds=tuple(dict.fromkeys(seed or [0])),
        players=tuple(dict.fromkeys(implementation or IMPLEMENTATIONS)),
        runs=runs,
    )
    with _progress() as start:
        found = comparison.compare(plan, start)
    document = json.dumps(earlier.with_comparison(found).to_json(), indent=1, allow_nan=False)
    write_atomically(results, document + "\n")
    render(results.parent, out)
    _print_accuracy(found)


def _print_accuracy(found: Any) -> None:
    from harness.report.accuracy import heading, rows

    table = Table(title=heading(found))
    table.add_column("implementation")
    for name in found.entries[0].runs[0].scores:
        table.add_column(name, justify="right")
    table.add_column("training", justify="right")
    for row in rows(found):
        cells = (f"{cell.value} {cell.difference}".strip() for cell in row.cells)
        table.add_row(row.key, *cells, row.took)
    console = Console()
    console.print(table)
    for line in found.left_out:
        console.print(f"left out: {line}")


@app.command()
def throughput(
    model: Annotated[list[str] | None, _keys("model", MODELS)] = None,
    mode: Annotated[list[str] | None, _keys("mode", MODES)] = None,
    batch: Annotated[list[int] | None, typer.Option(min=1, help="Clouds a step.")] = None,
    points: Annotated[list[int] | None, typer.Option(min=1, help="Points a cloud.")] = None,
    precision: Annotated[list[str] | None, _keys("precision", TIMED_PRECISIONS)] = None,
    contender: Annotated[
        list[str] | None, _keys("contender", (contender.key for contender in CONTENDERS))
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = Plan.rounds,
    threads: Annotated[int | None, typer.Option(min=1, help="Cores; all if left out.")] = None,
    device: Annotated[str, _keys("device", DEVICES)] = "cpu",
    full: Annotated[
        bool, typer.Option("--full", help="Sweep batch and points, and fit the cost.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(help="An earlier throughput.json to compare with.")
    ] = None,
    slack: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the baseline's speed that may go.")
    ] = SLACK,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = ROOT / "reports",
) -> None:
    """Time training and inference of every implementation and runtime, in turn, in one run.

    --model, --mode, --batch, --points, --precision and --contender may be given several times.

    Exit status 1 when a baseline is given and something became slower.
    """
    from harness import machine
    from harness.report.files import read_json
    from harness.throughput import baseline as comparison
    from harness.throughput.printing import print_changes, print_records

    before = Throughput.from_json(read_json(baseline), str(baseline)) if baseline else None
    plan = Plan(
        models=model or (list(MODELS) if full else [TIMED_MODEL]),
        modes=[known for known in MODES if not mode or known in mode],
        batches=batch or (BATCHES if full else (TIMED_BATCH,)),
        points=points or (ALL_POINTS if full else (TIMED_POINTS,)),
        precisions=precision or ("float32",),
        device=device,
        rounds=rounds,
        contenders=contender or (),
        threads=threads or machine.describe().cores,
    )
    found = _timed(plan, out)
    if as_json:
        print(json.dumps(found.to_json(), indent=1, allow_nan=False))
    else:
        print_records(found)
    if before:
        changes = comparison.compare(before, found, slack)
        if not as_json:
            print_changes(changes, comparison.same_machine(before, found))
        raise typer.Exit(1 if any(change.regressed for change in changes) else 0)


def _timed(plan: Plan, out: Path) -> Throughput:
    """Carry out a plan; what is found is on disk after each setting."""
    from harness.report.files import write_atomically
    from harness.throughput.run import run

    results = out / "results" / "throughput.json"
    plan.check()
    _check_writable(results.parent)
    kept = 0

    def keep(found: Throughput) -> None:
        nonlocal kept
        if found.records:
            write_atomically(results, json.dumps(found.to_json(), indent=1, allow_nan=False) + "\n")
            kept = len(found.records)

    status = Console(stderr=True).status("starting")

    def progress(line: str) -> None:
        status.update(line)
        if not status.console.is_terminal:
            print(line, file=sys.stderr, flush=True)

    try:
        with status:
            found = run(plan, progress, keep)
    except KeyboardInterrupt:
        if not kept:
            raise
        print(f"harness: interrupted; {kept} records are in {results}", file=sys.stderr)
        raise typer.Exit(130) from None
    if not found.records:
        reasons = "; ".join(f"{o.what}: {o.reason}" for o in found.omissions)
        raise PlanError(f"nothing could be measured: {reasons}")
    render(results.parent, out)
    return found


@app.command()
def hazards(
    hazard: Annotated[list[str] | None, _keys("hazard", HAZARDS)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the reports.")] = ROOT / "reports",
) -> None:
    """Plant each known fault of migrations, and ask whether the ladder finds and names it.

    --hazard may be given several times; all if left out. Earlier trials of others are kept.

    Exit status 1 when one goes unnoticed, or something is found where nothing was planted.
    """
    from harness.hazards.suite import run
    from harness.report.files import read_json, write_atomically
    from harness.report.hazards_schema import Hazards

    results = out / "results" / "hazards.json"
    _check_writable(results.parent)
    earlier = Hazards.from_json(read_json(results), str(results)) if results.exists() else None

    def keep(found: Hazards) -> None:
        whole = found.after(earlier, HAZARDS) if earlier else found
        document = json.dumps(whole.to_json(), indent=1, allow_nan=False)
        write_atomically(results, document + "\n")

    with _progress() as start:
        found = run(hazard or list(HAZARDS), start, keep)
    render(results.parent, out)
    if as_json:
        print(json.dumps(found.to_json(), indent=1, allow_nan=False))
    else:
        _print_trials(found)
    unnoticed = [trial for trial in found.trials if not trial.detected]
    false_alarms = [clean for clean in found.clean if clean.findings]
    raise typer.Exit(1 if unnoticed or false_alarms else 0)


def _print_trials(found: Any) -> None:
    from harness.report.hazards import tally

    table = Table(title=f"Planted faults, against {found.reference} in {found.precision}")
    for heading in ("hazard", "detected", "localised", "named", "where"):
        table.add_column(heading)
    for trial in found.trials:
        answers = (trial.detected, trial.localised, trial.named)
        marks = ("yes" if answer else "[red]no" for answer in answers)
        table.add_row(trial.key, *marks, f"{trial.rung}: {trial.place}")
    console = Console()
    console.print(table)
    console.print(tally(found))


@app.command()
def upgrade(
    source: Annotated[
        Path | None, typer.Argument(help="TF1 tree; this project's own if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to make of SOURCE.")] = None,
) -> None:
    """Run tf_upgrade_v2 over a tree and read its report line by line.

    Without SOURCE, rebuild tf2_upgraded/ with its patches, and the page on its report.

    Exit status 1 when an error, or a file that was not converted, is open.
    """
    from harness.upgrade import Reading, own_reading, own_scan, read_conversion, rebuild
    from harness.upgrade.verdicts import is_serious

    if source is None:
        if out is not None:
            raise Refusal("--out goes with SOURCE; without, tf2_upgraded/ is rebuilt in place")
        rebuild(ROOT / "original_tf1", ROOT / "tf2_upgraded")
        reading: Reading = own_reading(ROOT)
        _keep("upgrade.json", reading.to_json())
        _keep("scan.json", own_scan(ROOT))
        render(RESULTS, RESULTS.parent)
    else:
        if out is None:
            raise Refusal(f"{source} is to be upgraded into which folder? --out DIR")
        reading = read_conversion(source, out)
    _print_records(reading)
    raise typer.Exit(1 if any(is_serious(record) for record in reading.records) else 0)


def _print_records(reading: Any) -> None:
    table = Table(title=f"{reading.converted} files converted")
    for heading in ("place", "kind", "API", "verdict", "why"):
        table.add_column(heading, overflow="fold")
    for record in reading.records:
        if record.kind not in ("rename", "keyword") or record.verdict == "open":
            place = f"{record.file}:{record.line}:{record.column}"
            table.add_row(place, record.kind, record.api, record.verdict, record.evidence)
    console = Console()
    console.print(table)
    counts = reading.counts()
    console.print(", ".join(f"{count} {kind}" for kind, count in counts.items()))


def _keep(name: str, document: Any) -> None:
    """Write a result file."""
    from harness.report.files import write_atomically

    write_atomically(RESULTS / name, json.dumps(document, indent=1, allow_nan=False) + "\n")


@app.command()
def scan(
    tree: Annotated[Path, typer.Argument(help="A converted tree, or a file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sarif: Annotated[Path | None, typer.Option(help="Write SARIF 2.1.0 there.")] = None,
    fix: Annotated[Path | None, typer.Option(help="Write the mechanical mends there.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; a core each.")] = None,
) -> None:
    """Find what fails or changes silently on TensorFlow 2 though the converter passed it.

    Nothing is executed, and nothing in the tree is written to.

    Exit status 1 when anything fatal is open.
    """
    from harness.report.files import write_atomically
    from harness.scan import scan as scan_tree
    from harness.scan.fixes import to_patch
    from harness.scan.sarif import to_sarif

    with _scan_progress() as done:
        found = scan_tree(tree, jobs, done)
    if sarif is not None:
        write_atomically(sarif, json.dumps(to_sarif(found), indent=1) + "\n")
    if fix is not None:
        patch = to_patch(tree, found)
        write_atomically(fix, patch.encode("utf-8", errors="surrogateescape"))
    if as_json:
        print(json.dumps(found.to_json(), indent=1))
    else:
        _print_findings(found)
    raise typer.Exit(1 if found.fatal else 0)


class _scan_progress(Progress):
    """A progress bar over the files of a tree, gone when they are done."""

    def __init__(self) -> None:
        columns = (TextColumn("scanning"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        super().__init__(*columns, console=Console(stderr=True), transient=True)
        self.disable = not self.console.is_terminal

    def __enter__(self) -> Any:
        super().__enter__()
        task = self.add_task("scanning", total=None)
        return lambda count, total: self.update(task, completed=count, total=total)


def _print_findings(found: Any) -> None:
    colours = {"fatal": "red", "silent": "yellow", "cosmetic": "dim"}
    console = Console()
    table = Table()
    for heading in ("place", "severity", "rule", "what", "fix"):
        table.add_column(heading, overflow="fold")
    for f in found.findings:
        severity = f"[{colours[f.severity]}]{f.severity}[/]"
        place, mend = f"{f.file}:{f.line}:{f.column}", "--fix" if f.edits else ""
        table.add_row(escape(place), severity, f.rule, escape(f.message), mend)
    if found.findings:
        console.print(table)
    counts = ", ".join(f"{found.count(s)} {s}" for s in ("fatal", "silent", "cosmetic"))
    console.print(f"{found.files} files, {counts}")


@app.command()
def record() -> None:
    """Record what the real TensorFlow 1.15 computes, for machines without one."""
    from harness import recorded

    cases = matrix.make_cases(matrix.Plan())
    for precision in PRECISIONS:
        for case in (case for case in cases if case.model.has_ancestor):
            print(recorded.record(case, precision))


@app.command()
def report(
    results: Annotated[Path, typer.Option(help="Folder of result files.")] = ROOT
    / "reports"
    / "results",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = ROOT / "reports",
) -> None:
    """Make the report again from result files alone."""
    _check_writable(out)
    for path in render(results, out):
        print(path)


def main() -> None:
    """Run a command; a refusal is one line and exit status 2."""
    try:
        app()
    except REFUSALS as error:
        print(f"harness: {_one_line(error)}", file=sys.stderr)
        detail = getattr(error, "detail", "")
        if detail and os.environ.get("HARNESS_DEBUG"):
            print(detail, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("harness: interrupted; nothing was left half-written", file=sys.stderr)
        sys.exit(130)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
