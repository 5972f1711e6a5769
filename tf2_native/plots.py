"""Draws a training run: `python -m tf2_native.plots --log-dir log`."""

import csv
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from tf2_native.errors import InputError, one_line_errors
from tf2_native.pictures.curves import draw_curves, draw_schedules
from tf2_native.recipes import Recipe, ShapeSegRecipe
from tf2_native.run_record import read_record
from tf2_native.train import HISTORY

# Drawn from the schedules themselves, step by step.
_SCHEDULED = ("learning_rate", "bn_momentum")
_STEPS_DRAWN = 500


def read_history(path: Path) -> dict[str, NDArray[np.float64]]:
    """The columns of a `history.csv`, without the number of the epoch.

    Raises:
        InputError: there is no such file, or it holds no epoch.
    """
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        columns = [name for name in rows[0] if name != "epoch"]
        return {name: np.array([float(row[name]) for row in rows]) for name in columns}
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); it is written by tf2_native.train"
        ) from error
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: holds no whole epoch; train for longer") from error


def plot(log_dir: Path) -> list[Path]:
    """Draws `curves.png` and `schedules.png` beside the checkpoints.

    Arguments:
        log_dir: of a run.

    Returns:
        The files.

    Raises:
        InputError: the run left no history, or no record of its settings.
    """
    history = read_history(log_dir / HISTORY)
    record = read_record(log_dir)
    curves, schedules = log_dir / "curves.png", log_dir / "schedules.png"
    draw_curves(curves, {k: v for k, v in history.items() if k not in _SCHEDULED})
    steps_done = len(history["loss"]) * (record.steps_per_epoch or 0)
    _draw_schedules(schedules, record.recipe, steps_done)
    return [curves, schedules]


def _draw_schedules(path: Path, recipe: Recipe, steps_done: int) -> None:
    """Both schedules, over as many steps as take them to their ends, and how far the run came."""
    end = (_last_stair(recipe) + 1) * recipe.decay_clouds // recipe.batch_size
    last = max(end, steps_done, 1)
    steps = np.unique(np.linspace(0, last, _STEPS_DRAWN).astype(int)).tolist()
    rate, momentum = recipe.learning_rate_schedule(), recipe.bn_momentum_schedule()
    draw_schedules(
        path,
        steps,
        {
            "learning rate": [float(rate(step)) for step in steps],
            "batch-norm momentum": [
                float(momentum(step)) if callable(momentum) else momentum for step in steps
            ],
        },
        steps_done,
    )


def _last_stair(recipe: Recipe) -> int:
    """The one from which the learning rate falls no further; the first where it always does."""
    if isinstance(recipe, ShapeSegRecipe):
        return max(recipe.boundaries, default=1)
    rate, floor = recipe.learning_rate, recipe.learning_rate_floor
    if not (0 < floor < rate and 0 < recipe.decay_rate < 1):
        return 1
    return 1 + int(np.log(floor / rate) / np.log(recipe.decay_rate))


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    log_dir: Annotated[Path, typer.Option(metavar="FOLDER", help="What training left.")],
) -> None:
    """Draws learning curves and schedules; confusion matrices come from tf2_native.predict."""
    with one_line_errors():
        for path in plot(log_dir):
            print(path)


if __name__ == "__main__":
    app()
