"""Stopping a long run where nothing is lost: after the step under way, not in the middle of it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """The run was asked to stop, and did so with its state saved."""


class StopRequest:
    """Whether the person at the keyboard, or the machine's scheduler, wants the run to end."""

    def __init__(self) -> None:
        self.received = False

    def receive(self, number: int, frame: FrameType | None) -> None:
        """Notes the first signal; after it, the same signal ends the process as ever."""
        self.received = True
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _default)


_default = signal.SIG_DFL


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Turns interrupt and termination signals into requests, while it lasts.

    Outside the main thread, where Python handles no signals, none will come.
    """
    request = StopRequest()
    before = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, request.receive)
    except ValueError:
        pass
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
