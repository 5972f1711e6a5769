"""Who takes part: implementations on runtimes, those that this machine has."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from harness import runtimes
from harness.accuracy.programs import PROGRAMS
from harness.accuracy.studies import Study
from harness.runtimes import RUNTIMES, Runtime, RuntimeUnavailable, runtime_for
from harness.worker import ROOT


@dataclass(frozen=True)
class Player:
    """An implementation on a runtime."""

    implementation: str
    runtime: Runtime

    @property
    def key(self) -> str:
        return f"{self.implementation}@{self.runtime.key}"


def cast(study: Study, names: Sequence[str]) -> tuple[list[Player], list[str]]:
    """Who takes part on this machine, and a sentence on each who does not.

    Without a TensorFlow 1.15 the original runs, unmodified, on TensorFlow 2's compat.v1.

    Arguments:
        study: what is to be trained.
        names: `implementation` or `implementation@runtime`.

    Raises:
        RuntimeUnavailable: a player there is not, or none that can take part.
    """
    players: dict[str, Player] = {}
    left_out: list[str] = []
    for name in names:
        implementation, _, runtime_key = name.partition("@")
        player = Player(implementation, runtime_for(implementation, runtime_key or None))
        if (implementation, study.task.key) not in PROGRAMS:
            left_out.append(f"{implementation} has no command that trains {study.model}")
            continue
        try:
            player.runtime.interpreter()
        except RuntimeUnavailable as error:
            left_out.append(f"{player.key}: {error}")
            if player.runtime.key != "tf1":
                continue
            player = Player(implementation, RUNTIMES["compat"])
        players[player.key] = player
    if not players:
        raise RuntimeUnavailable(f"nobody can train {study.model}: {'; '.join(left_out)}")
    return list(players.values()), left_out


def sources(player: Player) -> str:
    """A hash of the implementation's sources."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / player.implementation).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def versions(player: Player) -> dict[str, str]:
    """Of what the implementation runs on here, by package."""
    with runtimes.start(player.implementation, player.runtime, "float32") as worker:
        found: dict[str, str] = worker.ask("versions")["versions"]
        return found
