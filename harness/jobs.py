"""Sweeps: many jobs that do not depend on each other, on this machine or on a Dask cluster.

A job is a callable without arguments, most often a `functools.partial`, that can be pickled and
drives processes of its own: a worker, or an implementation's command. So on this machine a thread
is enough for it, and costs no second import of anything.
"""

from __future__ import annotations

import contextlib
import socket
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

Result = TypeVar("Result")
_PATIENCE = 10  # seconds that a cluster is given to answer


class ClusterUnavailable(RuntimeError):
    """A cluster that does not answer, or Dask is not installed; the message says which."""


@dataclass(frozen=True)
class Place:
    """Where jobs run.

    Attributes:
        jobs: how many at a time; 0 for as many as there are cores or, on a cluster, threads.
        cluster: address of a Dask scheduler, `tcp://host:port`; empty for this machine. Its
            workers need the same version of this project.
    """

    jobs: int = 0
    cluster: str = ""


HERE = Place()


def results(jobs: Sequence[Callable[[], Result]], place: Place = HERE) -> Iterator[Result]:
    """Run all jobs, and give the result of each as it arrives, in no order.

    Whoever closes the iterator stops the sweep: what has not begun by then is never run.

    Arguments:
        jobs: in the order in which they are begun.
        place: where they run.

    Raises:
        ClusterUnavailable: there is no such cluster.
        Exception: whatever a job has raised; the others are abandoned.
    """
    import joblib  # not before it is needed: the command line knows this module

    with _backend(place):
        parallel = joblib.Parallel(
            n_jobs=place.jobs or -1,
            prefer="threads",
            return_as="generator_unordered",
            pre_dispatch="n_jobs",  # what waits in a queue cannot be called off
            batch_size=1,
        )
        found = parallel(joblib.delayed(job)() for job in jobs)
        try:
            for result in found:  # noqa: UP028 - `yield from` would close it itself
                yield result
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that not all of it was wanted
                found.close()


@contextlib.contextmanager
def _backend(place: Place) -> Iterator[None]:
    if not place.cluster:
        yield
        return
    import joblib

    with _client(place.cluster) as client, joblib.parallel_config("dask", client=client):
        yield


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterUnavailable(
            f"cluster {address}: Dask is not installed; pip install -e '.[cluster]'"
        ) from None
    try:
        # Asked first: a client of a scheduler that is not there goes on trying in the background.
        parts = urlsplit(address)
        socket.create_connection((parts.hostname or "", parts.port or 0), _PATIENCE).close()
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterUnavailable(
            f"cluster {address}: no scheduler answers there ({error}); it is tcp://host:port"
        ) from None
