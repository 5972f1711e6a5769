"""What this machine has."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from harness.runtimes import RUNTIMES, RuntimeUnavailable


def doctor() -> None:
    """Print what this machine has: runtimes, references, devices."""
    from harness import machine, recorded

    described = machine.describe()
    console = Console()
    console.print(f"{described.system}, {described.processor}, {described.cores} cores, ", end="")
    console.print(f"{described.memory_gib} GiB; GPU: {', '.join(machine.gpus()) or 'none'}")
    table = Table(title="Runtimes")
    for heading in ("runtime", "what", "runs", "here"):
        table.add_column(heading)
    for runtime in RUNTIMES.values():
        table.add_row(
            runtime.key, runtime.title, ", ".join(runtime.implementations), _state(runtime.key)
        )
    console.print(table)
    recordings = sorted(recorded.FOLDER.glob("*.h5"))
    console.print(
        f"Recordings of TensorFlow 1.15: {', '.join(p.stem for p in recordings) or 'none'}"
    )


def _state(key: str) -> str:
    """Whether a runtime is here, without making what is not."""
    from harness import tf1_environment

    try:
        if key != "tf1":
            RUNTIMES[key].interpreter()
            return "yes"
        found = tf1_environment.find_environment()
        return (
            f"yes, {found}" if found else f"not made yet; {tf1_environment.find_python()} will do"
        )
    except (RuntimeUnavailable, tf1_environment.Tf1Unavailable) as error:
        return f"no: {error}"
