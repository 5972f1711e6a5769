"""Export: the network that is deployed, folded and in another format, still answers the same."""

from harness.cases import Case
from harness.checks.forward import INFERENCE
from harness.outcome import Finding, NotComparable, Outcome, figures, outcome
from harness.subject import Reference, Subject
from harness.tolerance import Measurement


def check(case: Case, reference: Reference, candidate: Subject) -> Outcome:
    if candidate.implementation != "tf2_native":
        raise NotComparable("only the native networks are exported")
    evidence = reference.evidence("trace", case, **INFERENCE)
    arrays = candidate.answer("export", case)

    def finding(measurement: Measurement) -> Finding:
        place = f"exported {measurement.tensor.split('/', 1)[1]}"
        return Finding(
            "export", place, f"the output departs: {figures(measurement)}", measurement.tensor
        )

    # The transform is on record for its penalty's sake; a network does not give it out.
    names = [f"outputs/{name}" for name in case.model.outputs if name != "transform"]
    return outcome(evidence.measure_all(arrays, names), finding)
