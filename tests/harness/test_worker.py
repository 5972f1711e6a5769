"""Workers: they answer, refuse, fail or die, and the parent says which."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.worker import Worker, WorkerError

SCRIPT = """
import os, signal, sys
from harness.workers.protocol import RequestError, serve

def add(one, other):
    return {"sum": one + other}

def chatter():
    print("a framework prints this")
    os.write(1, b"and this, past Python\\n")
    os.system("echo and a child this")
    return {"said": True}

def refuse():
    raise RequestError("that cannot be done")

def fail():
    print("just before it", file=sys.stderr)
    raise ZeroDivisionError("by zero")

def die(signal_name):
    print("last words", file=sys.stderr, flush=True)
    os.kill(os.getpid(), getattr(signal, signal_name))

def leave():
    os._exit(7)

def environment(name):
    return {"value": os.environ.get(name)}

names = "add chatter refuse fail die leave environment"
serve({name: globals()[name] for name in names.split()})
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers from source text; closes them all in the end."""
    started: list[Worker] = []

    def make(source: str = SCRIPT, **environment: str) -> Worker:
        path = tmp_path / "fake.py"
        path.write_text(source)
        started.append(Worker("fake@here", [sys.executable, str(path)], environment))
        return started[-1]

    yield make
    for worker in started:
        worker.close()


@pytest.fixture
def worker(start: Callable[..., Worker]) -> Worker:
    return start()


def test_a_worker_answers_request_after_request(worker: Worker) -> None:
    assert worker.ask("add", one=2, other=3) == {"sum": 5}
    assert worker.ask("add", one="a", other="ä\n") == {"sum": "aä\n"}


def test_printing_does_not_disturb_the_answers(worker: Worker) -> None:
    assert worker.ask("chatter") == {"said": True}
    assert worker.ask("add", one=1, other=1) == {"sum": 2}


def test_a_refusal_is_one_line_and_the_worker_lives_on(worker: Worker) -> None:
    with pytest.raises(WorkerError) as caught:
        worker.ask("refuse")
    assert str(caught.value) == "fake@here: refuse: that cannot be done"
    assert worker.ask("add", one=1, other=1) == {"sum": 2}


def test_a_failure_comes_with_its_traceback_and_the_worker_lives_on(worker: Worker) -> None:
    with pytest.raises(WorkerError) as caught:
        worker.ask("fail")
    assert str(caught.value) == "fake@here: fail: ZeroDivisionError: by zero"
    assert "just before it" in caught.value.detail
    assert "Traceback" in caught.value.detail
    assert worker.ask("add", one=1, other=1) == {"sum": 2}


def test_wrong_arguments_and_unknown_requests_are_failures(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="add: TypeError"):
        worker.ask("add", one=1)
    with pytest.raises(WorkerError, match="subtract: KeyError"):
        worker.ask("subtract")
    assert worker.ask("add", one=1, other=1) == {"sum": 2}


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV"])
def test_a_worker_killed_in_the_middle_is_mourned(worker: Worker, name: str) -> None:
    with pytest.raises(WorkerError) as caught:
        worker.ask("die", signal_name=name)
    message = str(caught.value)
    assert message.startswith(f"fake@here: the worker died (signal {name}) during request 'die'")
    assert message.endswith("it last said: last words")
    assert "\n" not in message
    assert "last words" in caught.value.detail


def test_a_worker_that_leaves_is_said_to_have_left(worker: Worker) -> None:
    with pytest.raises(WorkerError, match=r"died \(exit status 7\) during request 'leave'$"):
        worker.ask("leave")


def test_a_dead_worker_stays_dead(worker: Worker) -> None:
    with pytest.raises(WorkerError):
        worker.ask("leave")
    with pytest.raises(WorkerError, match=r"exit status 7.*'add'"):
        worker.ask("add", one=1, other=1)


def test_a_worker_that_exits_at_the_start_says_why(start: Callable[..., Worker]) -> None:
    with pytest.raises(WorkerError) as caught:
        start("import sys\nsys.exit('no framework here')")
    message = str(caught.value)
    assert message.startswith("fake@here: the worker died (exit status 1) during request 'start'")
    assert message.endswith("no framework here")


def test_close_ends_the_process_and_may_be_repeated(worker: Worker) -> None:
    process = Path(f"/proc/{worker.pid}")
    assert not Path("/proc").is_dir() or process.exists()
    worker.close()
    assert not process.exists()
    worker.close()


def test_close_is_harmless_after_a_death(worker: Worker) -> None:
    with pytest.raises(WorkerError):
        worker.ask("die", signal_name="SIGKILL")
    worker.close()
    worker.close()


def test_a_worker_is_closed_at_the_end_of_its_block(start: Callable[..., Worker]) -> None:
    with start() as worker:
        assert worker.ask("add", one=1, other=1) == {"sum": 2}
    assert worker._process.poll() is not None


def test_settings_reach_the_worker_and_the_parents_python_home_does_not(
    start: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    worker = start(SETTING_OF_ITS_OWN="yes")
    assert worker.ask("environment", name="SETTING_OF_ITS_OWN") == {"value": "yes"}
    assert worker.ask("environment", name="PYTHONHOME") == {"value": None}


def test_the_end_of_the_input_ends_a_worker(worker: Worker) -> None:
    assert worker._process.stdin is not None
    worker._process.stdin.close()
    assert worker._process.wait(timeout=10) == 0


def test_what_tensorflow_2_leaves_in_the_environment_is_not_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TF2_BEHAVIOR", "1")
    tells = (
        "import os; from harness.workers import protocol; "
        "protocol.serve({'tell': lambda: {'found': os.environ.get('TF2_BEHAVIOR')}})"
    )
    with Worker("teller", [sys.executable, "-c", tells], {}) as worker:
        assert worker.ask("tell") == {"found": None}
