"""From seconds to records: medians, spreads, ratios, and shares of the roofline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.models import MODELS
from harness.report.measurements import Record, Roofline, StartUp
from harness.roofline import share, spread
from harness.throughput.contenders import REFERENCE
from harness.throughput.counts import step_bytes, step_flops
from harness.throughput.plan import Plan, Setting
from harness.throughput.timing import Entrant, ratios, versions_of


def records(
    setting: Setting, plan: Plan, entrants: Sequence[Entrant], roofline: Roofline, started: str
) -> list[Record]:
    """A record for each contender that came through a run that started at such a time."""
    reference = next((e for e in entrants if e.contender.key == REFERENCE), None)
    peers = [e for e in entrants if e.contender.is_peer]
    peer = min(peers, key=lambda e: float(np.median(e.seconds)), default=None)
    return [_record(setting, plan, e, roofline, reference, peer, started) for e in entrants]


def _record(
    setting: Setting,
    plan: Plan,
    entrant: Entrant,
    roofline: Roofline,
    reference: Entrant | None,
    peer: Entrant | None,
    started: str,
) -> Record:
    model = MODELS[setting.model]
    size = model, setting.mode, setting.batch, setting.points
    median = float(np.median(entrant.seconds))
    flops = step_flops(*size)
    found = entrant.found
    return Record(
        model=setting.model,
        implementation=entrant.contender.implementation,
        runtime=entrant.contender.runtime,
        device=plan.device,
        mode=setting.mode,
        batch=setting.batch,
        points=setting.points,
        precision=setting.precision,
        tf32=setting.tf32,
        threads=plan.threads,
        seconds=tuple(entrant.seconds),
        clouds_per_second=setting.batch / median,
        spread=spread(entrant.seconds),
        points_per_second=setting.batch * setting.points / median,
        latency_ms=_latency(setting, entrant),
        time_to_first_step=StartUp(
            import_s=found["versions"]["import_s"],
            build_s=found["build"]["seconds"],
            compile_s=max(0.0, found["first_step"]["seconds"] - median),
        ),
        peak_resident_bytes=found["build"]["idle_bytes"] + found["memory"]["added_bytes"],
        memory_added_bytes=found["memory"]["added_bytes"],
        device_memory_bytes=found["memory"]["device_bytes"],
        gflops=flops / median / 1e9,
        roofline_share=share(roofline, flops, step_bytes(*size), median),
        roofline=roofline,
        against_reference=ratios(entrant.seconds, reference.seconds) if reference else None,
        against_peer=ratios(entrant.seconds, peer.seconds) if peer else None,
        versions=versions_of(found),
        started=started,
    )


def _latency(setting: Setting, entrant: Entrant) -> float | None:
    if setting.mode != "inference":
        return None
    return 1000 * float(np.median(entrant.seconds if setting.batch == 1 else entrant.latency))
