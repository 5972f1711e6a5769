"""Trains a classifier: `python -m tf2_native.train --data FOLDER`."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import keras
import numpy as np
import typer

from tf2_native.data import PointCloudFiles
from tf2_native.errors import InputError, one_line_errors
from tf2_native.models import build_model
from tf2_native.recipes import RECIPES, Recipe, compile_model

PUBLISHED = asdict(RECIPES["pointnet_cls"])


def train(recipe: Recipe, folder: Path, log_dir: Path, seed: int | None = None) -> keras.Model:
    """Trains one network and leaves what happened in `log_dir`.

    That is `history.csv`, TensorBoard's event files, `last.keras` and, by overall accuracy on the
    test files, `best.keras`. Like the TF1 script it looks at the test files after each epoch: the
    best of many looks is no estimate of accuracy on clouds never seen.

    Arguments:
        recipe: the settings.
        folder: in the format of ModelNet40.
        log_dir: is created.
        seed: makes the run repeatable; None for a new one each time.

    Returns:
        The trained model.

    Raises:
        InputError: something in the folder is missing or unusable.
    """
    if seed is not None:
        keras.utils.set_random_seed(seed)
    open_split = partial(
        PointCloudFiles, folder, batch_size=recipe.batch_size, num_points=recipe.num_points
    )
    clouds = open_split(split="train", rng=np.random.default_rng(seed))
    test_clouds = open_split(split="test")
    model = build_model(
        recipe.model,
        num_classes=len(clouds.class_names),
        num_points=recipe.num_points,
        bn_momentum=recipe.bn_momentum_schedule(),
    )
    compile_model(model, recipe)
    log_dir.mkdir(parents=True, exist_ok=True)
    model.fit(
        clouds, validation_data=test_clouds, epochs=recipe.epochs, callbacks=_callbacks(log_dir)
    )
    return model


def _callbacks(log_dir: Path) -> list[keras.callbacks.Callback]:
    return [
        keras.callbacks.TensorBoard(log_dir),
        keras.callbacks.CSVLogger(log_dir / "history.csv"),
        keras.callbacks.ModelCheckpoint(log_dir / "last.keras"),
        keras.callbacks.ModelCheckpoint(
            log_dir / "best.keras", monitor="val_accuracy", mode="max", save_best_only=True
        ),
    ]


app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def main(
    data: Annotated[Path, typer.Option(help="Folder like modelnet40_ply_hdf5_2048.")],
    model: Annotated[str, typer.Option(help=f"One of {', '.join(RECIPES)}.")] = "pointnet_cls",
    log_dir: Annotated[Path, typer.Option(help="Where results go.")] = Path("log"),
    num_point: Annotated[int, typer.Option(min=1)] = PUBLISHED["num_points"],
    max_epoch: Annotated[int, typer.Option(min=1)] = PUBLISHED["epochs"],
    batch_size: Annotated[int, typer.Option(min=1)] = PUBLISHED["batch_size"],
    learning_rate: Annotated[float, typer.Option(min=0)] = PUBLISHED["learning_rate"],
    momentum: Annotated[float, typer.Option(min=0, max=1)] = PUBLISHED["momentum"],
    optimizer: Literal["adam", "momentum"] = PUBLISHED["optimizer"],
    decay_step: Annotated[int, typer.Option(min=1, help="Clouds per stair.")] = PUBLISHED[
        "decay_clouds"
    ],
    decay_rate: Annotated[float, typer.Option(min=0, max=1)] = PUBLISHED["decay_rate"],
    seed: Annotated[int | None, typer.Option(min=0, help="Makes the run repeatable.")] = None,
) -> None:
    """Trains a PointNet classifier, by default as published."""
    with one_line_errors():
        if model not in RECIPES:
            raise InputError(f"no network is called {model!r}; there are {', '.join(RECIPES)}")
        recipe = Recipe(
            model=model,
            batch_size=batch_size,
            num_points=num_point,
            epochs=max_epoch,
            optimizer=optimizer,
            learning_rate=learning_rate,
            momentum=momentum,
            decay_clouds=decay_step,
            decay_rate=decay_rate,
        )
        train(recipe, data, log_dir, seed)


if __name__ == "__main__":
    app()
