"""The ladder of equivalence as readers see it: each rung's name and the question it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rung:
    """A rung: its key in the results, its name, and one question."""

    key: str
    title: str
    question: str


LADDER = (
    Rung("structure", "Structure", "Do the parameters correspond one to one, name and shape?"),
    Rung("initialisation", "Initialisation", "Do they start from the same distributions?"),
    Rung("inference", "Inference", "Same output, and same activation after every layer?"),
    Rung("isolation", "Isolation", "Is each layer the same when fed the reference's own input?"),
    Rung("training_forward", "Training forward", "The same with batch statistics and dropout?"),
    Rung("loss", "Loss", "Is every term of the loss the same?"),
    Rung("gradients", "Gradients", "Does every parameter get the same gradient?"),
    Rung("state", "State", "Do the moving statistics move alike, over the whole schedule?"),
    Rung("optimiser", "Optimiser", "Same parameters and slots after a step, at every stair?"),
    Rung("trajectory", "Trajectory", "Do many training steps stay together?"),
    Rung("checkpoint", "Checkpoint", "Do trained weights load, and go back unchanged?"),
    Rung("pipeline", "Pipeline", "Same augmentation, same batches, same metrics?"),
    Rung("invariance", "Invariance", "Do reordered, repeated and dropped points change as little?"),
    Rung("export", "Export", "Is the answer the same once folded and exported?"),
)


def rungs(keys: set[str]) -> tuple[Rung, ...]:
    """The rungs present, in the order of the ladder; ones it does not know go last, by key."""
    known = [rung for rung in LADDER if rung.key in keys]
    unknown = sorted(keys - {rung.key for rung in LADDER})
    return (*known, *(Rung(key, key.replace("_", " ").capitalize(), "") for key in unknown))
