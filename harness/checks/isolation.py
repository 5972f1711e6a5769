"""Isolation: each layer alone, fed the reference's own input. Does the difference arise here?

Of layers that meet the max over points, the maxima too: a layer may take them its own way.
"""

from harness import exchange
from harness.cases import Case
from harness.checks.forward import INFERENCE
from harness.outcome import Finding, Outcome, figures, outcome
from harness.subject import Reference, Subject
from harness.tolerance import Measurement


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    trace = reference.evidence("trace", case, **INFERENCE)
    entries = exchange.grouped("entries", exchange.under(trace.arrays, "entries"))
    evidence = reference.evidence("isolate", case, entries=entries)
    arrays = candidate.answer("isolate", case, entries=entries)

    def finding(measurement: Measurement) -> Finding:
        layer = measurement.tensor.split("/", 1)[1]
        message = f"departs on the reference's own input: {figures(measurement)}"
        return Finding("isolation", layer, message, measurement.tensor, isolated=True)

    names = [f"activations/{layer.name}" for layer in case.model.layers]
    names += [f"maxima/{layer}" for layer in case.model.symmetric]
    return outcome(evidence.measure_all(arrays, names), finding)
