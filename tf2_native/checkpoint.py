"""TF1 checkpoints, in and out: `python -m tf2_native.checkpoint {import,export}`.

Needs TensorFlow for the file format alone; the model may live on any backend.
"""

from pathlib import Path
from typing import Annotated

import keras
import numpy as np
import typer
from numpy.typing import NDArray

from tf2_native.errors import InputError, one_line_errors
from tf2_native.models import MODELS, build_model
from tf2_native.naming import (
    has_tf1_form,
    named_variables,
    older_tf1_variable_name,
    tf1_shape,
    tf1_variable_name,
)


def load_tf1_checkpoint(model: keras.Model, prefix: str | Path) -> None:
    """Fills a model from a TF1 checkpoint, whose slots and steps are ignored.

    Arguments:
        model: as `build_model` makes it.
        prefix: the checkpoint's path without `.index`, as `tf.train.Saver.save` returned it; of
            any TF1, under the names that moving statistics have had since 1.2 or those before it.

    Raises:
        InputError: there is no such checkpoint, or it lacks a variable or has it in another shape;
            the model is then unchanged. Or the network has no TF1 form.
    """
    _refuse_without_tf1_form(model)
    stored = _read(prefix)
    values = {
        canonical: _checked(stored, prefix, canonical, tf1_shape(canonical, variable))
        for canonical, variable in named_variables(model).items()
    }
    for canonical, variable in named_variables(model).items():
        variable.assign(np.reshape(values[canonical], variable.shape))


def save_tf1_checkpoint(model: keras.Model, prefix: str | Path) -> None:
    """Writes a model as a checkpoint that `tf.train.Saver.restore` of TF1 reads.

    Arguments:
        model: as `build_model` makes it.
        prefix: path without `.index`; its folder is created.

    Raises:
        InputError: the network has no TF1 form.
    """
    import tensorflow as tf

    _refuse_without_tf1_form(model)
    values = {
        tf1_variable_name(canonical): np.reshape(
            keras.ops.convert_to_numpy(variable), tf1_shape(canonical, variable)
        )
        for canonical, variable in named_variables(model).items()
    }
    Path(prefix).parent.mkdir(parents=True, exist_ok=True)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = {
            name: tf.compat.v1.Variable(value, use_resource=False) for name, value in values.items()
        }
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(variables).save(session, str(prefix), write_meta_graph=False)


def _refuse_without_tf1_form(model: keras.Model) -> None:
    if not has_tf1_form(model):
        raise InputError(
            f"{model.name} never was a TF1 network and has no TF1 checkpoints; use .keras files"
        )


def _read(prefix: str | Path) -> dict[str, NDArray[np.generic]]:
    import tensorflow as tf

    if not Path(f"{prefix}.index").exists():
        raise InputError(f"{prefix}: no TF1 checkpoint (there is no {prefix}.index)")
    try:
        reader = tf.train.load_checkpoint(str(prefix))
        return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}
    # What a data file cut short raises is an IndexError.
    except (tf.errors.OpError, RuntimeError, IndexError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{prefix}: cannot be read as a TF1 checkpoint: {reason}") from error


def _checked(
    stored: dict[str, NDArray[np.generic]],
    prefix: str | Path,
    canonical: str,
    shape: tuple[int, ...],
) -> NDArray[np.generic]:
    name = tf1_variable_name(canonical)
    older = older_tf1_variable_name(canonical)
    if name not in stored and older in stored:
        name = older
    if name not in stored:
        raise InputError(f"{prefix}: has no variable {name}; is it of another network?")
    if stored[name].shape != shape:
        raise InputError(f"{prefix}: {name} has shape {stored[name].shape}, expected {shape}")
    return stored[name]


app = typer.Typer(
    help="TF1 checkpoints, in and out.", add_completion=False, pretty_exceptions_enable=False
)


@app.command("import")
def import_checkpoint(
    prefix: Annotated[str, typer.Argument(help="TF1 checkpoint, without .index.")],
    destination: Annotated[Path, typer.Argument(help="The .keras file to write.")],
    model: Annotated[str, typer.Option(help=f"One of {', '.join(MODELS)}.")] = "pointnet_cls",
    num_classes: Annotated[
        int | None, typer.Option(min=1, help="As published if left out.")
    ] = None,
) -> None:
    """TF1 checkpoint to .keras file."""
    with one_line_errors():
        if model not in MODELS:
            raise InputError(f"no network is called {model!r}; there are {', '.join(MODELS)}")
        if destination.suffix != ".keras":
            raise InputError(f"{destination}: a file of Keras must end in .keras")
        network = build_model(model, num_classes=num_classes)
        load_tf1_checkpoint(network, prefix)
        destination.parent.mkdir(parents=True, exist_ok=True)
        network.save(destination)


@app.command("export")
def export_checkpoint(
    source: Annotated[Path, typer.Argument(help="A .keras file.")],
    prefix: Annotated[str, typer.Argument(help="TF1 checkpoint to write, without .index.")],
) -> None:
    """.keras file to TF1 checkpoint."""
    with one_line_errors():
        save_tf1_checkpoint(load_keras_model(source), prefix)


def load_keras_model(path: Path) -> keras.Model:
    """Loads a saved model.

    Arguments:
        path: a `.keras` file.

    Returns:
        The model, compiled if it was.

    Raises:
        InputError: there is no such file, or it is none.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; --checkpoint takes a .keras file")
    try:
        return keras.models.load_model(path)
    except (ValueError, OSError, KeyError, TypeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(f"{path}: cannot be loaded as a .keras file: {reason}") from error


if __name__ == "__main__":
    app()
