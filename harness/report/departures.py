"""What departs and what was left out, told once each however many checks saw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.report.ladder import rungs
from harness.report.schema import Finding, Result
from harness.report.wording import ratio


@dataclass(frozen=True)
class Evidence:
    """A message, and the rungs and precisions that gave it."""

    message: str
    tensor: str
    rungs: tuple[str, ...]
    precisions: tuple[str, ...]


@dataclass(frozen=True)
class Departure:
    """A place where a pair departs, with everything said of it.

    Attributes:
        model, reference, candidate: whose.
        place: the layer or parameter.
        isolated: whether it departs fed the reference's own input; None where not tried.
        evidence: in the order of the results.
    """

    model: str
    reference: str
    candidate: str
    place: str
    isolated: bool | None
    evidence: tuple[Evidence, ...]

    @property
    def origin(self) -> str:
        """Where the difference comes from, as far as is known."""
        if self.isolated is None:
            return "not tried in isolation"
        return "arises here" if self.isolated else "arrives from upstream"


@dataclass(frozen=True)
class Omission:
    """A reason for which checks were skipped, and how many."""

    reason: str
    checks: int


_CAUSES_FIRST = {True: 0, None: 1, False: 2}


def departures(results: Iterable[Result]) -> tuple[Departure, ...]:
    """Findings by place, those that depart in isolation first, those that do not last."""
    places: dict[tuple[str, str, str, str], list[tuple[Result, Finding]]] = {}
    for result in results:
        if result.status == "fail":
            for finding in result.findings or (_unplaced(result),):
                key = (result.model, result.reference, result.candidate, finding.place)
                places.setdefault(key, []).append((result, finding))
    found = [Departure(*key, _isolated(said), _evidence(said)) for key, said in places.items()]
    return tuple(sorted(found, key=lambda departure: _CAUSES_FIRST[departure.isolated]))


def omissions(results: Iterable[Result]) -> tuple[Omission, ...]:
    """Why checks were skipped, the commonest reason first."""
    reasons: dict[str, int] = {}
    for result in results:
        if result.status == "skipped":
            reason = result.reason or "no reason given"
            reasons[reason] = reasons.get(reason, 0) + 1
    return tuple(Omission(*item) for item in sorted(reasons.items(), key=lambda item: -item[1]))


def _unplaced(result: Result) -> Finding:
    """A failure that names no place must not vanish from the page."""
    worst = result.worst
    if worst is None:
        return Finding(result.rung, None, result.reason or "The check failed.", "")
    message = f"Departs by {ratio(worst.ratio)} times the rounding noise."
    return Finding(worst.tensor, None, result.reason or message, worst.tensor)


def _isolated(said: list[tuple[Result, Finding]]) -> bool | None:
    """One rung that tried it in isolation answers for the others."""
    tried = [finding.isolated for _, finding in said if finding.isolated is not None]
    return any(tried) if tried else None


def _evidence(said: list[tuple[Result, Finding]]) -> tuple[Evidence, ...]:
    messages: dict[tuple[str, str], list[Result]] = {}
    for result, finding in said:
        messages.setdefault((finding.message, finding.tensor), []).append(result)
    return tuple(
        Evidence(
            message=message,
            tensor=tensor,
            rungs=tuple(rung.title for rung in rungs({result.rung for result in seen_in})),
            precisions=tuple(sorted({result.precision for result in seen_in})),
        )
        for (message, tensor), seen_in in messages.items()
    )
