"""Sweeps: every job once, results as they arrive, an end where one is asked for."""

from __future__ import annotations

import operator
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from harness.jobs import ClusterUnavailable, Place, results

SQUARES = [partial(operator.pow, number, 2) for number in range(8)]


def write_late(path: Path) -> None:
    time.sleep(0.1)
    path.touch()


def test_every_job_is_done_once() -> None:
    assert sorted(results(SQUARES)) == sorted(job() for job in SQUARES)
    assert list(results([])) == []


def test_as_many_at_a_time_as_asked_for() -> None:
    together = threading.Barrier(3)  # breaks unless three wait for it at once
    assert len(list(results([partial(together.wait, 10)] * 3, Place(jobs=3)))) == 3


def test_a_result_arrives_while_others_still_run() -> None:
    held = threading.Event()
    found = results([partial(held.wait, 10), partial(str, "quick")], Place(jobs=2))
    assert next(found) == "quick"
    held.set()
    assert list(found) == [True]


def test_what_has_not_begun_when_the_sweep_is_stopped_is_never_run(tmp_path: Path) -> None:
    jobs = [partial(write_late, tmp_path / str(number)) for number in range(20)]
    found = results(jobs, Place(jobs=2))
    next(found)
    found.close()
    time.sleep(0.5)
    assert 1 <= len(list(tmp_path.iterdir())) <= 5


def test_what_a_job_raises_ends_the_sweep() -> None:
    with pytest.raises(ZeroDivisionError):
        list(results([*SQUARES, partial(operator.truediv, 1, 0)]))


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A scheduler and two workers, processes of their own, on the loopback interface."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running.scheduler_address


def test_a_cluster_does_the_same(cluster: str) -> None:
    assert sorted(results(SQUARES, Place(cluster=cluster))) == sorted(job() for job in SQUARES)


def test_a_cluster_is_stopped_too(cluster: str, tmp_path: Path) -> None:
    jobs = [partial(write_late, tmp_path / str(number)) for number in range(20)]
    found = results(jobs, Place(cluster=cluster))
    next(found)
    found.close()
    time.sleep(0.5)
    assert 1 <= len(list(tmp_path.iterdir())) <= 8


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense"])
def test_a_cluster_that_is_not_there_is_refused_in_one_line(address: str) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterUnavailable, match=f"^cluster {address}: no scheduler [^\n]*$"):
        list(results(SQUARES, Place(cluster=address)))
