"""The command line: statuses, one line for a refusal, and nothing left lying about."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness import exchange
from harness.cases import Case
from harness.worker import ROOT

Run = subprocess.CompletedProcess[str]
BASIC = "pointnet_cls_basic"


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "HARNESS_PYTHON37": "", **changes}


def harness(*arguments: str | Path) -> Run:
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60)


def assert_refused(run: Run, *mentioned: str) -> None:
    """Exit status 2 and one line that begins as it should and mentions what it should."""
    assert run.returncode == 2, run.stderr
    lines = run.stderr.splitlines()
    assert len(lines) == 1, run.stderr
    assert lines[0].startswith("harness: ")
    for text in mentioned:
        assert text in lines[0]
    assert run.stdout == ""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, tiny_case: Case) -> Path:
    """A folder with good weights and a good batch; not to be changed."""
    folder = tmp_path_factory.mktemp("files")
    exchange.write(folder / "weights.h5", tiny_case.weights, {"model": BASIC})
    exchange.write(folder / "batch.h5", tiny_case.batch)
    return folder


def trace(
    folder: Path,
    weights: Path,
    batch: Path,
    *options: str,
    implementation: str = "tf2_native",
    model: str = BASIC,
) -> Run:
    """Asks for a trace into an empty folder below."""
    out = folder / "out"
    out.mkdir()
    given = ["--implementation", implementation, "--model", model]
    paths = ["--weights", weights, "--batch", batch, "--out", out / "trace.h5"]
    return harness("trace", *given, *paths, *options)


def assert_refused_without_output(folder: Path, run: Run, *mentioned: str) -> None:
    assert_refused(run, *mentioned)
    assert list((folder / "out").iterdir()) == []


# -- what there is ---------------------------------------------------------------------------------


def test_help_names_the_commands() -> None:
    run = harness("--help")
    assert run.returncode == 0
    for command in (
        "doctor",
        "trace",
        "compare",
        "equivalence",
        "accuracy",
        "upgrade",
        "report",
        "data",
    ):
        assert command in run.stdout


def test_the_doctor_says_what_is_here_and_what_is_not() -> None:
    run = harness("doctor")
    assert run.returncode == 0, run.stderr
    for runtime in ("tf1", "compat", "tf2", "tensorflow", "jax", "torch"):
        assert runtime in run.stdout
    assert "HARNESS_PYTHON37" in run.stdout


def test_a_network_without_ancestor_cannot_be_recorded() -> None:
    assert_refused(harness("record", "--model", "shape_seg"), "shape_seg", "pointnet_cls")


# -- trace -----------------------------------------------------------------------------------------


def test_weights_that_lack_a_parameter(tmp_path: Path, files: Path, tiny_case: Case) -> None:
    weights = {name: a for name, a in tiny_case.weights.items() if name != "fc2/biases"}
    exchange.write(tmp_path / "w.h5", weights)
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "w.h5", "fc2/biases", "missing")


def test_weights_with_a_parameter_too_many(tmp_path: Path, files: Path, tiny_case: Case) -> None:
    exchange.write(tmp_path / "w.h5", {**tiny_case.weights, "fc9/biases": np.zeros(2)})
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "w.h5", "fc9/biases")


def test_weights_of_a_wrong_shape(tmp_path: Path, files: Path, tiny_case: Case) -> None:
    exchange.write(tmp_path / "w.h5", {**tiny_case.weights, "fc2/biases": np.zeros(255)})
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "w.h5", "fc2/biases", "[255]", "[256]")


def test_weights_of_another_network(tmp_path: Path, files: Path, tiny_case: Case) -> None:
    exchange.write(tmp_path / "w.h5", tiny_case.weights, {"model": "pointnet_cls"})
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "w.h5", "pointnet_cls")


def test_truncated_weights(tmp_path: Path, files: Path) -> None:
    content = (files / "weights.h5").read_bytes()
    (tmp_path / "w.h5").write_bytes(content[: len(content) // 2])
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "w.h5", "truncated")


def test_missing_weights(tmp_path: Path, files: Path) -> None:
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "w.h5", "no such file")


def test_a_batch_with_a_nan(tmp_path: Path, files: Path, tiny_case: Case) -> None:
    points = tiny_case.batch["points"].copy()
    points[0, 0, 0] = np.nan
    exchange.write(tmp_path / "b.h5", {**tiny_case.batch, "points": points})
    run = trace(tmp_path, files / "weights.h5", tmp_path / "b.h5")
    assert_refused_without_output(tmp_path, run, "b.h5", "NaN")


def test_numbers_that_the_precision_has_no_room_for(
    tmp_path: Path, files: Path, tiny_case: Case
) -> None:
    weights = {**tiny_case.weights, "fc2/biases": np.full(256, -1e39)}
    exchange.write(tmp_path / "w.h5", weights, {"model": BASIC})
    run = trace(tmp_path, tmp_path / "w.h5", files / "batch.h5")
    assert_refused_without_output(tmp_path, run, "fc2/biases", "float32")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--bn-decay", "nan"), ("--bn-decay", "1.5"), ("--learning-rate", "-1")],
)
def test_a_step_that_cannot_be_taken(tmp_path: Path, files: Path, option: str, value: str) -> None:
    given = ("--mode", "training", option, value)
    run = trace(tmp_path, files / "weights.h5", files / "batch.h5", *given)
    assert_refused_without_output(tmp_path, run, option, value)


def test_a_model_there_is_not(tmp_path: Path, files: Path) -> None:
    run = trace(tmp_path, files / "weights.h5", files / "batch.h5", model="pointnet_seg")
    assert_refused_without_output(tmp_path, run, "pointnet_seg", "pointnet_cls_basic")


def test_an_implementation_in_a_runtime_that_is_not_its_own(tmp_path: Path, files: Path) -> None:
    run = trace(tmp_path, files / "weights.h5", files / "batch.h5", "--runtime", "compat")
    assert_refused_without_output(tmp_path, run, "tf2_native", "compat")


def test_the_original_without_a_python_for_it(tmp_path: Path, files: Path) -> None:
    good = files / "weights.h5", files / "batch.h5"
    run = trace(tmp_path, *good, implementation="original_tf1")
    assert_refused_without_output(tmp_path, run, "tf1", "HARNESS_PYTHON37")


def children(pid: int) -> list[int]:
    """Processes started by a process, by its every thread."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


@pytest.mark.skipif(
    not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists(),
    reason="finds the worker in /proc",
)
def test_a_killed_worker_leaves_one_line_and_no_file(tmp_path: Path, files: Path) -> None:
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    out.mkdir()
    scratch.mkdir()
    command = [sys.executable, "-m", "harness", "trace", "--implementation", "tf2_native"]
    command += ["--model", BASIC, "--weights", str(files / "weights.h5")]
    command += ["--batch", str(files / "batch.h5"), "--out", str(out / "trace.h5")]
    command += ["--mode", "training", "--dropout", "masks"]
    parent = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(TMPDIR=str(scratch)),
    )
    try:
        deadline = time.monotonic() + 60
        # The first exchanged file says that the worker has started and is about to be asked.
        while not list(scratch.glob("harness-*/*.h5")):
            assert parent.poll() is None, "it ended before it asked for anything"
            assert time.monotonic() < deadline, "it asked for nothing"
            time.sleep(0.02)
        (worker,) = children(parent.pid)
        os.kill(worker, signal.SIGKILL)
        stdout, stderr = parent.communicate(timeout=60)
    finally:
        parent.kill()
        parent.wait()
    run = Run(command, parent.returncode, stdout, stderr)
    assert_refused(run, "tf2_native@tensorflow float32", "SIGKILL", "'trace'")
    assert list(out.iterdir()) == []
    assert list(scratch.iterdir()) == []


# -- compare ---------------------------------------------------------------------------------------

ATTRIBUTES = {
    "model": BASIC,
    "implementation": "original_tf1",
    "runtime": "tf1",
    "versions": "{}",
    "precision": "float64",
    "mode": "inference",
}
TRACE = {
    "outputs/logits": np.arange(6.0).reshape(2, 3),
    "gradients/fc1/weights": np.array([[0.5, -0.25]]),
}
NOISE = {"outputs/logits": 1e-14, "gradients/fc1/weights": 1e-15}


def trace_file(
    path: Path,
    arrays: Mapping[str, np.ndarray] = TRACE,
    noise: Mapping[str, float] = NOISE,
    **other,
) -> Path:
    exchange.write(path, arrays, {**ATTRIBUTES, **other}, noise)
    return path


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return trace_file(tmp_path / "reference.h5")


def test_a_trace_agrees_with_itself(reference: Path) -> None:
    run = harness("compare", reference, reference)
    assert run.returncode == 0, run.stderr
    assert "outputs/logits" in run.stdout
    assert "departs" not in run.stdout


def test_a_difference_within_the_noise_agrees(tmp_path: Path, reference: Path) -> None:
    moved = {**TRACE, "outputs/logits": TRACE["outputs/logits"] + 1e-13}
    candidate = trace_file(tmp_path / "candidate.h5", moved, noise={}, runtime="compat")
    assert harness("compare", reference, candidate).returncode == 0


def test_a_changed_entry_departs_and_is_named(tmp_path: Path, reference: Path) -> None:
    moved = {**TRACE, "outputs/logits": TRACE["outputs/logits"].copy()}
    moved["outputs/logits"][1, 2] += 1e-9
    candidate = trace_file(tmp_path / "candidate.h5", moved)
    run = harness("compare", reference, candidate, "--json")
    assert run.returncode == 1
    found = json.loads(run.stdout)
    assert found["agree"] is False
    assert found["missing"] == []
    passed = {t["tensor"]: t["passed"] for t in found["tensors"]}
    assert passed == {"outputs/logits": False, "gradients/fc1/weights": True}
    (departing,) = (t for t in found["tensors"] if not t["passed"])
    assert departing["distance"] == pytest.approx(1e-9)
    assert departing["noise"] == 1e-14


def test_a_tensor_in_one_trace_only_departs(tmp_path: Path, reference: Path) -> None:
    arrays = {"outputs/logits": TRACE["outputs/logits"]}
    candidate = trace_file(tmp_path / "candidate.h5", arrays)
    run = harness("compare", reference, candidate, "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout)["missing"] == ["gradients/fc1/weights"]


def test_the_table_says_which_tensor_departs(tmp_path: Path, reference: Path) -> None:
    moved = {**TRACE, "gradients/fc1/weights": np.array([[0.5, 0.25]])}
    run = harness("compare", reference, trace_file(tmp_path / "candidate.h5", moved))
    assert run.returncode == 1
    (line,) = (line for line in run.stdout.splitlines() if "departs" in line)
    assert "gradients/fc1" in line


def test_what_is_not_a_trace_is_not_compared(reference: Path, files: Path) -> None:
    assert_refused(harness("compare", reference, files / "batch.h5"), "batch.h5", "not a trace")
    assert_refused(harness("compare", files / "none.h5", reference), "none.h5", "no such file")


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("model", "pointnet_cls"), ("precision", "float32"), ("mode", "training")],
)
def test_traces_of_different_things_are_not_compared(
    tmp_path: Path, reference: Path, attribute: str, value: str
) -> None:
    candidate = trace_file(tmp_path / "candidate.h5", **{attribute: value})
    assert_refused(harness("compare", reference, candidate), attribute, value)


def test_a_reference_without_noise_is_not_compared(tmp_path: Path, reference: Path) -> None:
    bare = trace_file(tmp_path / "bare.h5", noise={})
    assert_refused(harness("compare", bare, reference), "bare.h5", "noise")


# -- equivalence and report ------------------------------------------------------------------------


def test_reports_that_cannot_be_written_are_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    run = harness("equivalence", "--out", tmp_path / "file" / "reports")
    assert_refused(run, "file/reports", "cannot be written")
    assert (tmp_path / "file").read_text() == "mine"


def test_data_that_are_not_there_are_refused(tmp_path: Path) -> None:
    run = harness("equivalence", "--data", tmp_path / "none", "--out", tmp_path / "reports")
    assert_refused(run, "none", "no such folder")
    assert not [path for path in (tmp_path / "reports").rglob("*") if path.is_file()]


def test_a_rung_there_is_not_is_refused(tmp_path: Path) -> None:
    run = harness("equivalence", "--rung", "vibes", "--out", tmp_path / "reports")
    assert_refused(run, "vibes", "gradients")
    assert not (tmp_path / "reports").exists()


def test_a_report_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    run = harness("report", "--results", tmp_path / "results", "--out", tmp_path / "reports")
    assert_refused(run, "results")
    assert not [path for path in (tmp_path / "reports").rglob("*") if path.is_file()]


# -- accuracy --------------------------------------------------------------------------------------


def accuracy(folder: Path, *options: str | Path, model: str = "part_seg") -> Run:
    places = ["--runs", folder / "runs", "--out", folder / "reports"]
    return harness("accuracy", "--model", model, "--data", folder / "data", *places, *options)


def test_accuracy_on_data_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert_refused(accuracy(tmp_path), "train_hdf5_file_list.txt", "part_seg")
    assert not (tmp_path / "runs").exists()
    assert not [path for path in (tmp_path / "reports").rglob("*") if path.is_file()]


def test_accuracy_of_what_there_is_not_is_refused(tmp_path: Path) -> None:
    assert_refused(accuracy(tmp_path, model="alexnet"), "alexnet", "sem_seg")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["data"] = np.zeros((1, 4, 3))
    (tmp_path / "data").mkdir()
    (tmp_path / "a.h5").rename(tmp_path / "data/a.h5")
    (tmp_path / "data/train_hdf5_file_list.txt").write_text("a.h5")
    assert_refused(accuracy(tmp_path, "--implementation", "tf3"), "tf3", "tf2_native")


def test_accuracy_does_not_write_over_results_it_cannot_read(tmp_path: Path) -> None:
    results = tmp_path / "reports/results/accuracy.json"
    results.parent.mkdir(parents=True)
    results.write_text('{"schema": 99}')
    assert_refused(accuracy(tmp_path), "accuracy.json", "schema")
    assert results.read_text() == '{"schema": 99}'


# -- data ------------------------------------------------------------------------------------------


def test_the_digits_are_built_once_and_never_over_something(tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    run = harness("data", "build", "digits", "--out", folder)
    assert run.returncode == 0, run.stderr
    assert "1" in run.stdout
    names = {path.name for path in folder.iterdir()}
    assert {"shape_names.txt", "train_files.txt", "test_files.txt"} < names
    with h5py.File(folder / "ply_data_test0.h5") as file:
        assert file["data"].shape[1:] == (64, 3)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert_refused(harness("data", "build", "digits", "--out", folder), "digits", "not empty")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_data_set_there_is_not_is_refused(tmp_path: Path) -> None:
    run = harness("data", "build", "shapenet", "--out", tmp_path / "out")
    assert_refused(run, "shapenet", "digits")
    assert list(tmp_path.iterdir()) == []


def test_the_data_sets_are_listed_with_their_licences() -> None:
    run = harness("data", "list")
    assert run.returncode == 0
    for text in ("digits", "primitives", "modelnet40", "licence"):
        assert text in run.stdout


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")
def test_a_run_that_is_terminated_leaves_no_worker(tmp_path: Path) -> None:
    mark = f"HARNESS_TEST_MARK={tmp_path}"
    command = [sys.executable, "-m", "harness", "equivalence", "--model", BASIC, "--out"]
    process = subprocess.Popen(
        [*command, str(tmp_path)],
        env=environment(HARNESS_TEST_MARK=str(tmp_path)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: len(marked(mark)) > 1)
    process.terminate()
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    wait_until(lambda: not marked(mark))


def wait_until(true) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def marked(mark: str) -> list[int]:
    """The processes that have this in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found
