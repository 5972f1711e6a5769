"""Evaluates a network: `python -m tf2_native.evaluate --checkpoint best.keras --data FOLDER`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import keras
import typer

from tf2_native.checkpoint import load_keras_model
from tf2_native.data import Split
from tf2_native.errors import InputError, one_line_errors
from tf2_native.inference import answers, check_fits, fixed_points, task_of
from tf2_native.judges import JUDGES, Row, as_text
from tf2_native.predictions import PredictionsFile
from tf2_native.progress import tracked
from tf2_native.recipes import RECIPES
from tf2_native.tasks import Selection, Task


def evaluate(
    model: keras.Model,
    task: Task,
    split: Split,
    *,
    batch_size: int,
    num_votes: int = 1,
    dump_dir: Path | None = None,
) -> list[Row]:
    """Judges a network by the metrics of its task.

    Like the TF1 scripts it leaves out the batch that a file cannot fill.

    Arguments:
        model: the network.
        task: what it is for.
        split: the clouds.
        batch_size: clouds per batch.
        num_votes: of a classifier: angles to sum logits over.
        dump_dir: where to write `predictions.h5`: `logits`, `labels` and, of shapes with parts,
            `category`.

    Returns:
        Name and value of each metric.

    Raises:
        InputError: there is no whole batch, or something in the files is unusable.
    """
    judge = JUDGES[task.judged_as](split)
    batches = answers(
        model, task, split, batch_size, num_votes=num_votes, drop_remainder=task.drop_remainder
    )
    with ExitStack() as stack:
        file = stack.enter_context(PredictionsFile(dump_dir)) if dump_dir else None
        for clouds, logits in tracked(batches, len(split), "evaluating"):
            judge.add(clouds, logits)
            if file:
                file.append(logits=logits, labels=clouds.labels, category=clouds.category)
    return judge.table()


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    checkpoint: Annotated[Path, typer.Option(metavar="FILE", help="A .keras file.")],
    data: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Data set of the kind it was trained on.")
    ],
    split: Annotated[
        str | None,
        typer.Option(help="Which list or part of the data.", show_default="as published"),
    ] = None,
    num_votes: Annotated[
        int, typer.Option(min=1, help="Of a classifier: angles to sum logits over.")
    ] = 1,
    num_point: Annotated[
        int | None,
        typer.Option(min=1, help="Points per cloud.", show_default="as trained"),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(min=1, help="Clouds per batch.", show_default="as published"),
    ] = None,
    test_area: Annotated[int, typer.Option(min=1, max=6, help="Area of S3DIS.")] = 6,
    category: Annotated[str, typer.Option(help="Category of PartAnnotation.")] = "Airplane",
    dump_dir: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write logits and labels, as predictions.h5."),
    ] = None,
) -> None:
    """Evaluates a trained network on the data kept for it, by the published metrics."""
    with one_line_errors():
        model = load_keras_model(checkpoint)
        task = task_of(model, checkpoint)
        if num_votes > 1 and task.judged_as != "classes":
            raise InputError(f"--num-votes: {model.name} labels points; only classifiers vote")
        num_points = num_point or fixed_points(model) or RECIPES[model.name].num_points
        clouds = task.read(data, split or task.test, num_points, Selection(test_area, category))
        check_fits(model, checkpoint, clouds, num_points)
        table = evaluate(
            model,
            task,
            clouds,
            batch_size=batch_size or task.evaluation_batch_size,
            num_votes=num_votes,
            dump_dir=dump_dir,
        )
        print(as_text(table))


if __name__ == "__main__":
    app()
