"""The section on hazards, made from `hazards.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from harness.report.hazards_schema import Hazards, Trial
from harness.report.ladder import rungs
from harness.report.section import Section
from harness.report.templating import fill
from harness.report.wording import count


def section(document: Any, where: str) -> Section:
    """Tells what became of every planted fault.

    Arguments:
        document: parsed JSON.
        where: the file, to name in messages.

    Raises:
        ReportError: the document is not in the format of `hazards_schema.py`.
    """
    found = Hazards.from_json(document, where)
    titles = {rung.key: rung.title for rung in rungs({trial.rung for trial in found.trials})}
    values = {
        "found": found,
        "tally": tally(found),
        "others": others(found.trials),
        "alarms": alarms(found),
        "titles": titles,
        "noticed": noticed,
        "curves": curves(found),
        "verdict": verdict,
    }
    return Section(
        name="hazards",
        title="Planted faults",
        html=fill("hazards.html.j2", **values),
        markdown=fill("hazards.md.j2", **values),
    )


def tally(found: Hazards) -> str:
    """One line: how many were planted, found, placed and named."""
    trials = found.trials
    said = {
        "detected": sum(trial.detected for trial in trials),
        "localised": sum(trial.localised for trial in trials),
        "named": sum(trial.named for trial in trials),
    }
    shares = (f"{number} {what}{_share(number, len(trials))}" for what, number in said.items())
    return f"{count(found.written, 'hazard')} known, {len(trials)} planted: {', '.join(shares)}"


def others(trials: Sequence[Trial]) -> str:
    """One line: what the usual ways would have noticed."""
    return (
        f"Of the same, a look at the loss curve after {_steps(trials)} steps notices "
        f"{_of([trial.loss_curve for trial in trials])}, numpy.allclose(rtol=1e-3) on the outputs "
        f"{_of([trial.allclose for trial in trials])}, and tf_upgrade_v2 has a remark on the "
        f"symbol at stake, whatever it says of it, in "
        f"{_of([bool(trial.upgrade_tool) for trial in trials])}"
    )


def curves(found: Hazards) -> str:
    """What the column of the loss curve means."""
    seeds = Counter(curve.model for curve in found.curves)
    if not seeds:
        return "How the loss curve looks was not tried."
    return (
        f"Loss curve: {found.learner} trains for {_steps(found.trials)} steps from seed "
        f"{found.seed}, with the fault and without, on small clouds; the fault is noticed if its "
        f"loss is outside what {max(seeds.values())} clean seeds reach for a larger share of the "
        "steps than any of these is outside what the others reach."
    )


def alarms(found: Hazards) -> str:
    """One line: what was found where nothing was planted."""
    if not found.clean:
        return "Nothing was tried with nothing planted"
    findings = sum(len(clean.findings) for clean in found.clean)
    climbs = Counter(clean.model for clean in found.clean)
    models = ", ".join(f"{number} x {model}" for model, number in climbs.most_common())
    return (
        f"With nothing planted, {count(findings, 'finding')} in {count(len(found.clean), 'climb')} "
        f"with as many seeds of weights and batch, in "
        f"{' and '.join(sorted({clean.precision for clean in found.clean}))} ({models})"
    )


def noticed(answer: bool | None) -> str:
    """Whether one of the usual ways notices, in a word."""
    return "–" if answer is None else "notices" if answer else "silent"


def _share(number: int, total: int) -> str:
    return f" ({100 * number / total:.0f} %)" if total else ""


def _of(answers: Sequence[bool | None]) -> str:
    known = [answer for answer in answers if answer is not None]
    return f"{sum(known)} of {len(known)}"


def _steps(trials: Sequence[Trial]) -> int:
    return max((len(trial.losses) for trial in trials), default=0)


def verdict(trial: Trial) -> str:
    """What the diagnosis says, in words."""
    if trial.named:
        return "named"
    if trial.key in trial.diagnosis:
        rest = [key for key in trial.diagnosis if key != trial.key]
        return f"or {', '.join(rest)}"
    return f"takes it for {', '.join(trial.diagnosis)}" if trial.diagnosis else "not named"
