"""The section on hazards, made from `hazards.json`."""

from __future__ import annotations

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
    return (
        f"{count(found.written, 'hazard')} known, {len(trials)} planted: "
        f"{sum(trial.detected for trial in trials)} detected, "
        f"{sum(trial.localised for trial in trials)} localised, "
        f"{sum(trial.named for trial in trials)} named"
    )


def others(trials: Sequence[Trial]) -> str:
    """One line: what the usual ways would have noticed."""
    compared = [trial for trial in trials if trial.allclose is not None]
    return (
        f"Of the same, numpy.allclose(rtol=1e-3) on the outputs notices "
        f"{sum(trial.allclose is True for trial in compared)} of {len(compared)}, and "
        f"tf_upgrade_v2 has a remark on the symbol at stake, whatever it says of it, in "
        f"{sum(bool(trial.upgrade_tool) for trial in trials)} of {len(trials)}"
    )


def alarms(found: Hazards) -> str:
    """One line: what was found where nothing was planted."""
    if not found.clean:
        return "The networks with nothing planted were not tried"
    findings = sum(len(clean.findings) for clean in found.clean)
    models = ", ".join(clean.model for clean in found.clean)
    return f"With nothing planted, {count(findings, 'finding')} in {models}"


def verdict(trial: Trial) -> str:
    """What the diagnosis says, in words."""
    if trial.named:
        return "named"
    if trial.key in trial.diagnosis:
        rest = [key for key in trial.diagnosis if key != trial.key]
        return f"or {', '.join(rest)}"
    return f"takes it for {', '.join(trial.diagnosis)}" if trial.diagnosis else "not named"
