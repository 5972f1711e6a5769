"""Invariance: permuted, dropped and duplicated points; one cloud alone; another number of points.

None of these may change the answer. The candidate's answer to an altered batch is compared with
the reference's, and with its own to the unaltered one.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.cases import Case, repeated_points
from harness.checks.forward import INFERENCE
from harness.outcome import Finding, Outcome, figures, outcome, renamed
from harness.subject import Reference, Subject
from harness.tolerance import Arrays, Measurement

OUTPUTS: dict[str, Any] = {**INFERENCE, "activations": False}


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    measured = []
    base = reference.evidence("trace", case, **INFERENCE)
    ours = candidate.answer("trace", case, **INFERENCE)
    for name, index, altered in alterations(case, ours):
        evidence = reference.evidence("trace", altered, **OUTPUTS)
        arrays = candidate.answer("trace", altered, **OUTPUTS)
        for output in evidence.under("outputs"):
            pair = evidence.measure(output, arrays[output])
            measured.append(renamed(pair, f"{name}/pair/{output}"))
            own = ours[output][: len(index)]
            if case.model.per_point and output == f"outputs/{case.model.outputs[0]}":
                own = np.take_along_axis(own, index[..., None], axis=1)
            measured.append(base.between(f"{name}/self/{output}", output, own, arrays[output]))

    def finding(measurement: Measurement) -> Finding:
        alteration, kind, tensor = measurement.tensor.split("/", 2)
        what = "departs from the reference" if kind == "pair" else "changes its own answer"
        message = f"{tensor} {what}: {figures(measurement)}"
        return Finding("invariance", alteration, message, measurement.tensor)

    return outcome(measured, finding)


def alterations(case: Case, trace: Arrays) -> Iterator[tuple[str, np.ndarray, Case]]:
    """Altered cases, by name: the answer to each has to stay the same.

    Between name and case stands, B x N, which point of its cloud each point is.
    """
    size, count, _ = case.batch["points"].shape
    rng = np.random.default_rng(0)
    every = np.tile(np.arange(count), (size, 1))
    order, again = rng.permutation(count), rng.integers(count, size=repeated_points(count))
    indices = {
        "permuted points": every[:, order],
        "dropped points": _without_idle(case, trace),
        "one cloud alone, points duplicated": np.concatenate([every, every[:, again]], axis=1)[:1],
    }
    for name, index in indices.items():
        yield name, index, case.with_batch(name.split()[0], **_chosen(case, index))


def _chosen(case: Case, index: np.ndarray) -> dict[str, np.ndarray]:
    """As many of a batch's clouds as there are rows, made of these of their points."""
    given = ("points", "labels", "category")
    batch = {name: case.batch[name][: len(index)] for name in given if name in case.batch}
    batch["points"] = np.take_along_axis(batch["points"], index[..., None], axis=1)
    if case.model.per_point:
        batch["labels"] = np.take_along_axis(batch["labels"], index, axis=1)
    return batch


def _without_idle(case: Case, trace: Arrays) -> np.ndarray:
    """The points to keep, B x N: those that a maximum comes from, and copies of one of them.

    A point that attains no maximum in any of the layers that meet the max may go unnoticed (the
    critical point set of the PointNet paper, section 4.3).
    """
    size, count, _ = case.batch["points"].shape
    critical = np.zeros((size, count), bool)
    for layer in case.model.symmetric:
        winners = np.argmax(trace[f"activations/{layer}"], axis=1).reshape(size, -1)
        np.put_along_axis(critical, winners, True, axis=1)
    first = np.argmax(critical, axis=1)[:, None]
    return np.where(critical, np.arange(count), first)
