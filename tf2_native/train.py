"""Trains a network: `python -m tf2_native.train --model part_seg --data FOLDER`."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import keras
import numpy as np
import typer

from tf2_native.backup import Backup, Progress, read_progress
from tf2_native.data import Batches, Split
from tf2_native.distribution import Distribution, Strategy
from tf2_native.errors import InputError, one_line_errors
from tf2_native.interruption import Interrupted, stop_requests
from tf2_native.models import build_model
from tf2_native.models.part_segmenter import NUM_CATEGORIES
from tf2_native.recipes import RECIPES, Recipe, compile_model
from tf2_native.run_record import RunRecord
from tf2_native.tasks import TASKS, Selection, Task

HISTORY = "history.csv"
BACKUP = "backup.h5"


@dataclass(frozen=True)
class Run:
    """How a recipe is carried out; nothing here changes what is learnt but seed and precision.

    Attributes:
        seed: makes the run repeatable; None for a new one each time.
        mixed_precision: half precision to multiply in; None for Keras' own dtype throughout.
        patience: epochs without improvement after which to stop; None for never.
        backup_every: steps between backups; there is one after each epoch in any case.
        resume: whether to go on from the backup in the folder of results.
        distribution: over which devices and processes it is spread; of several processes only the
            first leaves files, and none can be resumed.
    """

    seed: int | None = None
    mixed_precision: Literal["bfloat16", "float16"] | None = None
    patience: int | None = None
    backup_every: int = 500
    resume: bool = False
    distribution: Distribution = field(default=Distribution())


def train(
    recipe: Recipe,
    folder: Path,
    log_dir: Path,
    run: Run | None = None,
    selection: Selection | None = None,
) -> keras.Model:
    """Trains one network and leaves what happened in `log_dir`.

    That is `run.json`, `history.csv`, TensorBoard's event files, `last.keras` and, by the task's
    `monitor` on the data looked at after each epoch, `best.keras`. Like the TF1 script it looks at
    the test files: the best of many looks is no estimate of accuracy on clouds never seen.

    Arguments:
        recipe: the settings.
        folder: in the format that the network's task reads.
        log_dir: is created.
        run: how to carry it out; the defaults where left out.
        selection: which part of the data.

    Returns:
        The trained model.

    Raises:
        InputError: something in the folder is missing or unusable, or there is no such run to
            resume, or one that would be lost.
        Interrupted: a signal came; the state is in `log_dir`.
    """
    run, selection = run or Run(), selection or Selection()
    task = TASKS[recipe.model]
    progress = _progress(recipe, run, selection, log_dir)
    _check_distribution(run, task)
    with run.distribution.scope(recipe.batch_size), run.distribution.folder(log_dir) as log_dir:
        return _train(recipe, task, folder, log_dir, run, selection, progress)


def _check_distribution(run: Run, task: Task) -> None:
    distribution = run.distribution
    distribution.check()
    if distribution.strategy == "jax" and not task.drop_remainder:
        raise InputError("--distribute jax: this network learns from batches of unequal sizes")
    if distribution.several_processes and run.seed is None:
        raise InputError("several processes need the same --seed, to draw the same batches")
    if distribution.several_processes and run.resume:
        raise InputError("several processes leave no backup; start without --resume")


def _train(
    recipe: Recipe,
    task: Task,
    folder: Path,
    log_dir: Path,
    run: Run,
    selection: Selection,
    progress: Progress | None,
) -> keras.Model:
    if run.seed is not None:
        keras.utils.set_random_seed(run.seed)
    split = task.read(folder, "train", recipe.num_points, selection)
    distribution = run.distribution
    batches = _batches(task, split, recipe, distribution, np.random.default_rng(run.seed))
    looked_at = task.read(folder, task.validation, recipe.num_points, selection)
    data = {"training": split.identity(), "validation": looked_at.identity()}
    if progress and progress.data:
        _check_same(progress.data, data, log_dir / BACKUP)
    validation = _batches(task, looked_at, recipe, distribution, None)
    with _dtype_policy(run.mixed_precision):
        model = _model(recipe, split)
    log_dir.mkdir(parents=True, exist_ok=True)
    RunRecord.of(recipe, split, len(batches)).write(log_dir)
    _keep_epochs(log_dir / HISTORY, progress.epoch if progress else 0)
    callbacks = _callbacks(log_dir, recipe, task, run)
    if distribution.several_processes:
        _fit(model, batches, validation, recipe.epochs, callbacks, progress)
        return model
    with stop_requests() as request:
        backup = Backup(
            log_dir / BACKUP,
            batches,
            callbacks,
            settings=_settings(recipe, run, selection),
            data=data,
            every=run.backup_every,
            request=request,
            progress=progress,
        )
        _fit(model, batches, validation, recipe.epochs, [*callbacks, backup], progress)
    (log_dir / BACKUP).unlink(missing_ok=True)
    return model


def _fit(
    model: keras.Model,
    batches: Batches,
    validation: Batches,
    epochs: int,
    callbacks: list[keras.callbacks.Callback],
    progress: Progress | None,
) -> None:
    """Fits from where the run has come to: the rest of an epoch, then whole ones."""
    first = progress.epoch if progress else 0
    borders = [first, epochs]
    if progress:
        batches.resume(progress.epoch_state, progress.batches)
        _create_variables(model, batches)
        borders = [first, first + 1, epochs] if progress.batches else borders
    try:
        for start, stop in (pair for pair in pairwise(borders) if pair[0] < pair[1]):
            model.stop_training = False
            model.fit(
                batches,
                validation_data=validation,
                initial_epoch=start,
                epochs=stop,
                callbacks=callbacks,
            )
            if model.stop_training:
                return
    except Exception:
        if failure := batches.failure or validation.failure:
            raise failure from None
        raise


def _create_variables(model: keras.Model, batches: Batches) -> None:
    """Creates what Keras would only in the first step, so that a backup can be put back before."""
    model.optimizer.build(model.trainable_variables)
    model.test_on_batch(*batches[0])


def _progress(recipe: Recipe, run: Run, selection: Selection, log_dir: Path) -> Progress | None:
    """Where to start: None for the beginning."""
    path = log_dir / BACKUP
    if not run.resume:
        if path.exists():
            raise InputError(
                f"{log_dir}: holds an interrupted run; go on with --resume, or choose another "
                "--log-dir"
            )
        return None
    progress = read_progress(path)
    before, now = progress.settings or {}, _settings(recipe, run, selection)
    changed = sorted(key for key in now if before.get(key) != now[key])
    if changed:
        told = ", ".join(f"{key} {before.get(key)}, not {now[key]}" for key in changed)
        raise InputError(f"{path}: is of a run with {told}; give the same to resume it")
    return progress


def _settings(recipe: Recipe, run: Run, selection: Selection) -> dict[str, Any]:
    """What has to be the same before and after an interruption."""
    settings = {**asdict(recipe), **asdict(selection)}
    del settings["epochs"]
    settings = {k: list(v) if isinstance(v, tuple) else v for k, v in settings.items()}
    return {
        **settings,
        "seed": run.seed,
        "mixed_precision": run.mixed_precision,
        "early_stopping": run.patience,
    }


def _check_same(
    before: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]], backup: Path
) -> None:
    """Looks whether data are those of a backup, wherever they are by now."""
    for use, identity in now.items():
        if identity != before[use]:
            raise InputError(
                f"{backup}: is of a run whose {use} data {_difference(before[use], identity)}; "
                "give the same to resume it"
            )


def _difference(before: dict[str, Any], now: dict[str, Any]) -> str:
    """The first thing in which two sets of clouds differ, the coarsest first."""
    for counted in ("classes", "files", "clouds"):
        old, new = (
            len(each[counted]) if counted == "classes" else each[counted] for each in (before, now)
        )
        if old != new:
            return f"had {old} {counted}, not {new}"
    for old, new in zip(before["classes"], now["classes"], strict=True):
        if old != new:
            return f"had the class {old!r}, not {new!r}"
    return "held other clouds"


def _batches(
    task: Task,
    split: Split,
    recipe: Recipe,
    distribution: Distribution,
    rng: np.random.Generator | None,
) -> Batches:
    return Batches(
        split,
        batch_size=recipe.batch_size,
        form=lambda clouds: task.form(distribution.share(clouds)),
        rng=rng,
        augmentation=task.augmentation,
        drop_remainder=task.drop_remainder,
    )


def _model(recipe: Recipe, split: Split) -> keras.Model:
    if recipe.model == "part_seg" and len(split.categories) > NUM_CATEGORIES:
        raise InputError(
            f"{split.folder}: has {len(split.categories)} categories; part_seg is told one of "
            f"{NUM_CATEGORIES}"
        )
    model = build_model(
        recipe.model,
        num_classes=len(split.class_names),
        num_points=recipe.num_points,
        bn_momentum=recipe.bn_momentum_schedule(),
    )
    compile_model(model, recipe)
    return model


@contextmanager
def _dtype_policy(half: str | None) -> Iterator[None]:
    before = keras.config.dtype_policy()
    if half:
        keras.config.set_dtype_policy(f"mixed_{half}")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


class ScheduleLog(keras.callbacks.Callback):
    """Adds the learning rate and the batch-norm momentum to what the later callbacks log.

    Arguments:
        recipe: whose schedules they are.
    """

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the values that hold for the next step."""
        if logs is not None:
            momentum = self.recipe.bn_momentum_schedule()
            if callable(momentum):
                momentum = momentum(self.model.optimizer.iterations)
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
            logs["bn_momentum"] = float(momentum)


def _callbacks(
    log_dir: Path, recipe: Recipe, task: Task, run: Run
) -> list[keras.callbacks.Callback]:
    best: dict[str, Any] = {
        "monitor": task.monitor,
        "mode": "min" if task.monitor.endswith("loss") else "max",
    }
    callbacks = [
        ScheduleLog(recipe),
        keras.callbacks.TensorBoard(log_dir),
        keras.callbacks.CSVLogger(log_dir / HISTORY, append=True),
        keras.callbacks.ModelCheckpoint(log_dir / "last.keras"),
        keras.callbacks.ModelCheckpoint(log_dir / "best.keras", save_best_only=True, **best),
    ]
    if run.patience:
        callbacks.append(keras.callbacks.EarlyStopping(patience=run.patience, **best))
    return callbacks


def _keep_epochs(history: Path, epochs: int) -> None:
    """Drops the rows of epochs that are yet to come, which the run's last breath may have left."""
    if not epochs:
        history.unlink(missing_ok=True)
        return
    if not history.is_file():
        return
    with history.open(newline="") as file:
        header, *rows = csv.reader(file)
    with history.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [header, *(row for row in rows if int(row[0]) < epochs)]
        )


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_DATA, _RECIPE, _RUN = "Data", "Recipe (by default as published for the network)", "Run"
_SCALE_OUT = "Several devices (docs/scale_out.md)"


@app.command()
def main(
    data: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER",
            help="Data set in the published layout: modelnet40_ply_hdf5_2048 for classifiers, "
            "hdf5_data for parts, indoor3d_sem_seg_hdf5_data for scenes, PartAnnotation for "
            "shape_seg.",
            rich_help_panel=_DATA,
        ),
    ],
    model: Annotated[
        str, typer.Option(metavar="NAME", help=f"One of {', '.join(RECIPES)}.")
    ] = "pointnet_cls",
    log_dir: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where checkpoints, curves and logs go.")
    ] = Path("log"),
    test_area: Annotated[
        int,
        typer.Option(min=1, max=6, help="Area of S3DIS left out.", rich_help_panel=_DATA),
    ] = 6,
    category: Annotated[
        str, typer.Option(help="Category of PartAnnotation.", rich_help_panel=_DATA)
    ] = "Airplane",
    num_point: Annotated[
        int | None, typer.Option(min=1, help="Points per cloud.", rich_help_panel=_RECIPE)
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Clouds per step.", rich_help_panel=_RECIPE)
    ] = None,
    max_epoch: Annotated[
        int | None,
        typer.Option(min=1, help="Passes over the training data.", rich_help_panel=_RECIPE),
    ] = None,
    optimizer: Annotated[
        Literal["adam", "momentum"] | None,
        typer.Option(help="TF1's own form of either.", rich_help_panel=_RECIPE),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=0, help="At the start.", rich_help_panel=_RECIPE)
    ] = None,
    momentum: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Of the momentum optimiser.", rich_help_panel=_RECIPE),
    ] = None,
    decay_step: Annotated[
        int | None,
        typer.Option(min=1, help="Clouds per stair of the learning rate.", rich_help_panel=_RECIPE),
    ] = None,
    decay_rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Factor per stair.", rich_help_panel=_RECIPE)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Makes the run repeatable.", rich_help_panel=_RUN)
    ] = None,
    mixed_precision: Annotated[
        Literal["bfloat16", "float16"] | None,
        typer.Option(
            help="Multiply in half precision; weights, statistics and losses stay float32.",
            rich_help_panel=_RUN,
        ),
    ] = None,
    early_stopping: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="EPOCHS",
            help="Stop after so many without improvement.",
            rich_help_panel=_RUN,
        ),
    ] = None,
    backup_every: Annotated[
        int,
        typer.Option(
            min=1, metavar="STEPS", help="How much a power cut may cost.", rich_help_panel=_RUN
        ),
    ] = Run.backup_every,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on from the backup in --log-dir, at the very batch where the run ended.",
            rich_help_panel=_RUN,
        ),
    ] = False,
    distribute: Annotated[
        Strategy | None,
        typer.Option(
            help="Share every batch out: among the devices of this process on TensorFlow, or of "
            "all processes on JAX.",
            rich_help_panel=_SCALE_OUT,
        ),
    ] = None,
    coordinator: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Where process 0 listens.", rich_help_panel=_SCALE_OUT
        ),
    ] = None,
    num_processes: Annotated[
        int, typer.Option(min=1, help="How many were started.", rich_help_panel=_SCALE_OUT)
    ] = 1,
    process_id: Annotated[
        int, typer.Option(min=0, help="Which one this is.", rich_help_panel=_SCALE_OUT)
    ] = 0,
) -> None:
    """Trains a PointNet, by default as published.

    Interrupt it (Ctrl-C) whenever you like: the same command with --resume goes on, bit for bit.
    Watch it with: tensorboard --logdir FOLDER
    """
    with one_line_errors():
        if model not in RECIPES:
            raise InputError(f"no network is called {model!r}; there are {', '.join(RECIPES)}")
        changes: dict[str, Any] = {
            "num_points": num_point,
            "batch_size": batch_size,
            "epochs": max_epoch,
            "optimizer": optimizer,
            "learning_rate": learning_rate,
            "momentum": momentum,
            "decay_clouds": decay_step,
            "decay_rate": decay_rate,
        }
        given = {name: value for name, value in changes.items() if value is not None}
        distribution = Distribution(distribute, coordinator, num_processes, process_id)
        run = Run(seed, mixed_precision, early_stopping, backup_every, resume, distribution)
        try:
            train(
                replace(RECIPES[model], **given), data, log_dir, run, Selection(test_area, category)
            )
        except Interrupted:
            print(f"\ninterrupted; the same command with --resume goes on from {log_dir / BACKUP}")
            raise typer.Exit(130) from None


if __name__ == "__main__":
    app()
