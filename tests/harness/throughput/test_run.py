"""Small runs through real workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.report.measurements import Omission, Throughput
from harness.runtimes import RuntimeUnavailable
from harness.throughput import contenders, pipelines, run, timing
from harness.throughput.plan import Plan, Setting
from harness.worker import WorkerError

MODEL = "pointnet_cls_basic"
NATIVE = "tf2_native@tensorflow"
UPGRADED = "tf2_upgraded@tf2"
PROBE = (128, 1 << 16)


def tiny(**changes: object) -> Plan:
    settings = {
        "models": (MODEL,),
        "batches": (2,),
        "points": (16,),
        "rounds": 2,
        "threads": 1,
        "slice_s": 0.01,
        "contenders": (NATIVE, UPGRADED),
        "pipelines": False,
    }
    return Plan(**{**settings, **changes})


@pytest.fixture(scope="module")
def found() -> Throughput:
    kept: list[Throughput] = []
    result = run.run(tiny(), keep=kept.append, probe_size=PROBE)
    assert [len(partial.records) for partial in kept] == [2, 4]
    return result


def test_every_contender_is_measured_in_both_modes(found: Throughput) -> None:
    assert [(r.contender, r.mode) for r in found.records] == [
        (UPGRADED, "training"),
        (NATIVE, "training"),
        (UPGRADED, "inference"),
        (NATIVE, "inference"),
    ]
    assert found.omissions == ()


def test_what_is_measured_is_plausible(found: Throughput) -> None:
    for record in found.records:
        assert len(record.seconds) == 2
        assert record.clouds_per_second == pytest.approx(
            2 / ((record.seconds[0] + record.seconds[1]) / 2)
        )
        assert record.points_per_second == pytest.approx(16 * record.clouds_per_second)
        assert 0 < record.gflops < 1e4
        assert record.roofline_share > 0
        assert 0 <= record.memory_added_bytes < 1 << 32
        assert record.time_to_first_step.import_s > 0.1
        assert record.time_to_first_step.build_s > 0
        assert (record.latency_ms is None) == (record.mode == "training")
        assert record.against_reference is record.against_peer is None
        assert "numpy" in record.versions


def test_the_first_training_step_compiles(found: Throughput) -> None:
    training = [record for record in found.records if record.mode == "training"]
    assert all(record.time_to_first_step.compile_s > 0.01 for record in training)


def test_the_document_survives_being_written(found: Throughput) -> None:
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert Throughput.from_json(document) == found
    wanted = "model implementation runtime device mode batch points precision clouds_per_second"
    assert set(f"{wanted} spread memory_added_bytes roofline_share".split()) <= set(
        document["records"][0]
    )


def test_who_is_not_installed_is_left_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(contender: contenders.Contender) -> Path:
        raise RuntimeUnavailable("is not installed")

    monkeypatch.setattr(contenders.Contender, "interpreter", missing)
    result = run.run(tiny(), probe_size=PROBE)
    assert result.records == ()
    assert result.omissions == (
        Omission(UPGRADED, "is not installed"),
        Omission(NATIVE, "is not installed"),
    )


def test_who_does_not_fit_into_memory_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "available_bytes", lambda: 1 << 20)
    going = run.Run(tiny(), lambda line: None, lambda found: None, PROBE)
    going._present = going._find()
    small, large = (Setting(MODEL, "training", b, 16) for b in (1, 64))
    assert len(going._fitting(small)) == 2, "nothing is known of what they need"
    for contender in going._present:
        going._footprints[contender.key, MODEL, "training", "float32"] = (16, 1 << 19, 1 << 18)
    assert going._fitting(large) == []
    reasons = {omission.reason for omission in going._found().omissions}
    assert all("GiB needed" in reason for reason in reasons)


class Dying:
    """Stands for a worker that dies in its third turn."""

    def __init__(self) -> None:
        self.turns = 0

    def ask(self, operation: str, **arguments: object) -> dict[str, float]:
        self.turns += 1
        if self.turns == 3:
            raise WorkerError("it: the worker died (signal SIGKILL) during request 'run'")
        return {"seconds": 1.0, "steps": 2}

    def close(self) -> None:
        pass


class NoProbe:
    def measure(self) -> None:
        pass


def test_who_dies_is_left_out_and_the_others_go_on(tmp_path: Path) -> None:
    left: list[str] = []
    plan = tiny(rounds=5)
    setting = Setting(MODEL, "training", 2, 16)
    race = timing.Race(setting, plan, tmp_path, lambda who, why: left.append(f"{who.key}: {why}"))
    one, other = contenders.CONTENDERS[:2]
    living = Dying()
    living.turns = 10
    race.entrants = [timing.Entrant(one, Dying()), timing.Entrant(other, living)]
    race.run(NoProbe(), lambda line: None)
    assert [entrant.contender for entrant in race.entrants] == [other]
    assert race.entrants[0].seconds == [0.5] * 5
    assert left == [f"{one.key}: it: the worker died (signal SIGKILL) during request 'run'"]


def test_ratios_are_of_rounds() -> None:
    # Twice as fast in every round, in a machine that slows down tenfold on the way.
    assert timing.ratios([1, 10, 2], over=[2, 20, 4]) == 2


def test_input_pipelines_are_timed_by_the_epoch(tmp_path: Path) -> None:
    plan = tiny(batches=(4,))
    setting = Setting(MODEL, "training", 4, 16)
    left: list[object] = []
    python = run.Run(plan, lambda line: None, lambda found: None, PROBE)._find()
    entrants = [timing.Entrant(c, c.start(p, setting, plan)) for c, p in python.items()]
    try:
        found = pipelines.measure(entrants, plan, tmp_path, lambda *a: left.append(a), clouds=10)
    finally:
        for entrant in entrants:
            entrant.worker.close()
    assert left == []
    assert [(p.implementation, p.clouds, len(p.seconds)) for p in found] == [
        ("tf2_upgraded", 16, pipelines.ROUNDS),  # two files of two full batches
        ("tf2_native", 16, pipelines.ROUNDS),
    ]
    assert all(p.clouds_per_second > 0 for p in found)
