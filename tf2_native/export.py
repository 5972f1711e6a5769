"""A trained network for use elsewhere: `python -m tf2_native.export --checkpoint best.keras`."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

import keras
import typer

from tf2_native.checkpoint import load_keras_model
from tf2_native.errors import InputError, one_line_errors
from tf2_native.folding import fold
from tf2_native.inference import task_of

Format: TypeAlias = Literal["savedmodel", "onnx", "keras"]


def export(model: keras.Model, destination: Path, form: Format = "savedmodel") -> keras.Model:
    """Writes a network, folded, in a format that needs none of this code.

    Takes clouds of any number of points, and any number of them. The file or folder is put in its
    place once it is whole.

    Arguments:
        model: as `build_model` makes it, trained.
        destination: a folder for a SavedModel, a file for the others; its parent is created.
        form: "savedmodel", for `tf.saved_model.load` (keep what it returns for as long as you call
            its `serve`) and TensorFlow Serving; "onnx", for ONNX Runtime and others, in float32;
            "keras", for `keras.models.load_model` on any backend.

    Returns:
        The folded model, as it was written.

    Raises:
        InputError: the destination exists, or this Keras backend or installation cannot write the
            format.
    """
    if destination.exists():
        raise InputError(f"{destination}: exists already; choose another --out")
    folded = fold(model)
    destination.parent.mkdir(parents=True, exist_ok=True)
    # Beside its destination, so that the last step is a renaming.
    scratch = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        unfinished = scratch / f"model{_SUFFIXES[form]}"
        _WRITERS[form](folded, unfinished)
        os.replace(unfinished, destination)
    finally:
        shutil.rmtree(scratch)
    return folded


def _write_savedmodel(model: keras.Model, path: Path) -> None:
    if keras.backend.backend() == "torch":
        raise InputError("PyTorch writes no SavedModel; set KERAS_BACKEND=tensorflow")
    model.export(path, format="tf_saved_model", verbose=False)


def _write_onnx(model: keras.Model, path: Path) -> None:
    if keras.backend.backend() != "tensorflow":
        raise InputError("ONNX files are written through TensorFlow; set KERAS_BACKEND=tensorflow")
    try:
        # Said in full, for Keras would want the model to have been called first.
        model.export(path, format="onnx", verbose=False, input_signature=[_signature(model)])
    except ImportError as error:
        raise InputError(f"{error}; pip install -e '.[onnx]'") from error


def _signature(model: keras.Model) -> Any:
    return keras.tree.map_structure(
        lambda given: keras.InputSpec(shape=given.shape, dtype=given.dtype, name=given.name),
        model.input,
    )


def _write_keras(model: keras.Model, path: Path) -> None:
    model.save(path)


_WRITERS: MappingProxyType[Format, Callable[[keras.Model, Path], None]] = MappingProxyType(
    {"savedmodel": _write_savedmodel, "onnx": _write_onnx, "keras": _write_keras}
)
_SUFFIXES: MappingProxyType[Format, str] = MappingProxyType(
    {"savedmodel": "", "onnx": ".onnx", "keras": ".keras"}
)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    checkpoint: Annotated[Path, typer.Option(metavar="FILE", help="A .keras file.")],
    out: Annotated[
        Path, typer.Option(metavar="PATH", help="A folder for a SavedModel, else a file.")
    ],
    form: Annotated[
        Format, typer.Option("--format", help="onnx needs the extra of that name.")
    ] = "savedmodel",
) -> None:
    """Writes a trained network for inference, batch normalisation folded into its kernels."""
    with one_line_errors():
        model = load_keras_model(checkpoint)
        task_of(model, checkpoint)
        folded = export(model, out, form)
        print(f"{out}: {model.name}, {folded.count_params():,} parameters, as {form}")


if __name__ == "__main__":
    app()
