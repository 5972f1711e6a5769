"""A process that runs the native shape segmenter in float64: `native_process.py CASE OUT RUN...`.

Not a test but what one starts, once a backend, since Keras can have only one in a process. A run is
`<variant>/<mode>`, and what it finds is written under that name.
"""

import sys
from collections.abc import Iterator

import keras
import numpy as np

from tf2_native import RECIPES, build_model, compile_model, named_variables

Found = dict[str, object]


def look(model: keras.Model, labels: np.ndarray, probabilities, added) -> Found:
    cross_entropy = model.loss(labels, probabilities)
    terms = dict(zip(("input_orthogonality", "feature_orthogonality"), added, strict=True))
    found = {f"terms/{name}": term for name, term in terms.items()}
    loss = cross_entropy + sum(added)
    return {
        **found,
        "terms/cross_entropy": cross_entropy,
        "loss": loss,
        "probabilities": probabilities,
    }


def run_tensorflow(model: keras.Model, points: np.ndarray, labels: np.ndarray, training: bool):
    import tensorflow as tf

    @tf.function
    def run() -> tuple[Found, list]:
        with tf.GradientTape() as tape:
            found = look(model, labels, model(points, training=training), model.losses)
        return found, tape.gradient(found["loss"], [v.value for v in model.trainable_variables])

    return run()


def run_jax(model: keras.Model, points: np.ndarray, labels: np.ndarray, training: bool):
    import jax

    def loss(trainable, rest):
        probabilities, rest, added = model.stateless_call(
            trainable, rest, points, training=training, return_losses=True
        )
        found = look(model, labels, probabilities, added)
        return found["loss"], (found, rest)

    trainable, rest = model.trainable_variables, model.non_trainable_variables
    differentiated = jax.jit(jax.value_and_grad(loss, has_aux=True))
    (_, (found, updated)), gradients = differentiated(
        [v.value for v in trainable], [v.value for v in rest]
    )
    for variable, value in zip(rest, updated, strict=True):
        variable.assign(value)
    return found, gradients


def found_in(run: str, case: dict[str, np.ndarray]) -> Iterator[tuple[str, object]]:
    variant, mode = run.split("/")
    model = build_model(variant)
    compile_model(model, RECIPES[variant])
    variables = named_variables(model)
    for name, variable in variables.items():
        variable.assign(case[name])
    backend = {"tensorflow": run_tensorflow, "jax": run_jax}[keras.config.backend()]
    found, gradients = backend(model, case["points"], case["labels"], mode == "training")
    yield from found.items()
    names = {id(variable): name for name, variable in variables.items()}
    for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
        yield f"gradients/{names[id(variable)]}", gradient
    for name, variable in variables.items():
        if not variable.trainable:
            yield f"state/{name}", variable


if __name__ == "__main__":
    keras.config.set_floatx("float64")
    if keras.config.backend() == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    _, case_file, out_file, *runs = sys.argv
    with np.load(case_file) as given:
        case = dict(given)
    found = {f"{run}/{name}": v for run in runs for name, v in found_in(run, case)}
    np.savez(out_file, **{name: keras.ops.convert_to_numpy(v) for name, v in found.items()})
