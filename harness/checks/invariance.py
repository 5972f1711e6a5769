"""Invariance: permuted, dropped and duplicated points; one cloud alone; another number of points.

None of these may change the answer. The candidate's answer to an altered batch is compared with
the reference's, and with its own to the unaltered one.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.cases import Case
from harness.checks.forward import INFERENCE
from harness.outcome import Finding, Outcome, figures, outcome, renamed
from harness.subject import Reference, Subject
from harness.tolerance import Arrays, Measurement

OUTPUTS: dict[str, Any] = {"mode": "inference"}


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    measured = []
    base = reference.evidence("trace", case, **INFERENCE)
    ours = candidate.answer("trace", case, **INFERENCE)
    for name, altered in alterations(case, ours):
        evidence = reference.evidence("trace", altered, **OUTPUTS)
        arrays = candidate.answer("trace", altered, **OUTPUTS)
        for output in evidence.under("outputs"):
            pair = evidence.measure(output, arrays[output])
            measured.append(renamed(pair, f"{name}/pair/{output}"))
            own = ours[output][: len(arrays[output])]
            measured.append(base.between(f"{name}/self/{output}", output, own, arrays[output]))

    def finding(measurement: Measurement) -> Finding:
        alteration, kind, tensor = measurement.tensor.split("/", 2)
        what = "departs from the reference" if kind == "pair" else "changes its own answer"
        message = f"{tensor} {what}: {figures(measurement)}"
        return Finding("invariance", alteration, message, measurement.tensor)

    return outcome(measured, finding)


def alterations(case: Case, trace: Arrays) -> Iterator[tuple[str, Case]]:
    """Altered cases, by name; the answer to each has to stay the same."""
    points, labels = case.batch["points"], case.batch["labels"]
    rng = np.random.default_rng(0)
    count = points.shape[1]

    order = rng.permutation(count)
    yield "permuted points", case.with_batch("permuted", points=points[:, order])
    yield "dropped points", case.with_batch("dropped", points=_without_idle(case, trace))
    doubled = np.concatenate([points, points[:, rng.integers(count, size=count // 4)]], axis=1)
    yield (
        "one cloud alone, points duplicated",
        case.with_batch("alone", points=doubled[:1], labels=labels[:1]),
    )


def _without_idle(case: Case, trace: Arrays) -> np.ndarray:
    """The clouds without the points that no maximum comes from, their number kept by copies.

    A point that attains no maximum in any of the layers that meet the max may go unnoticed (the
    critical point set of the PointNet paper, section 4.3). Copies of one that stays take its place.
    """
    points = case.batch["points"].copy()
    critical = np.zeros(points.shape[:2], bool)
    for layer in case.model.symmetric:
        winners = np.argmax(trace[f"activations/{layer}"], axis=1).reshape(len(points), -1)
        np.put_along_axis(critical, winners, True, axis=1)
    for cloud, keep in zip(points, critical, strict=True):
        cloud[~keep] = cloud[np.flatnonzero(keep)[0]]
    return points
