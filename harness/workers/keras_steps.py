"""Inference and training steps of a native network, one way a backend.

Each backend's functions take arrays and give NumPy arrays: `infer(inputs, labels)`,
`forward(inputs, labels, draws)` in training mode, which moves the averages alone,
`differentiate(inputs, labels, draws)`, which does so too, and `train(inputs, labels, draws)`, which
updates all variables; inputs and labels as the model takes them, an array or a dictionary of
arrays. They give a dictionary of outputs, loss, terms and records, the last two also gradients by
canonical name. `advance` trains and gives the loss alone; `apply(gradients)` lets the optimiser
take a step on given gradients.

What is called a few times is called eagerly: TensorFlow traces a function for longer than that.
"""

import keras

# Nothing may be dropped in inference. Whatever asks for it all the same gets it, and departs.
INFERENCE = "random"


def steps_for(network, dropout):
    """The steps of a network on the backend in use, under one dropout mode."""
    kinds = {"tensorflow": TensorFlowSteps, "jax": JaxSteps, "torch": TorchSteps}
    return kinds[keras.config.backend()](network, dropout)


class Steps(object):
    """What all backends share: the forward pass as the harness looks at it."""

    def __init__(self, network, dropout):
        self.network, self.dropout = network, dropout
        self.model = network.model

    def _forward(self, call, labels, mode, draws):
        """Call the model, recorded and steered.

        Arguments:
            call: calls the model; gives outputs and the losses that its layers have added.
        """
        with self.network.recorder.recording() as records, self.network.dropout.steering(
            mode, draws
        ):
            outputs, added = call()
        terms = self.network.terms(labels, outputs, added)
        found = {"terms/" + name: term for name, term in terms.items()}
        found.update(records, loss=sum(terms.values()))
        named = self.network.named_outputs(outputs)
        found.update({"outputs/" + name: output for name, output in named.items()})
        if "transform" in self.network.network["outputs"]:
            found["outputs/transform"] = records["activations/transform_net2"]
        return found

    def _call(self, inputs, training):
        return self.model(inputs, training=training), self.model.losses

    def _slots(self):
        """Have them made before a function is traced: one that makes variables is traced twice."""
        return self.network.optimizer.variables

    def infer(self, inputs, labels):
        return _as_numpy(self._infer(inputs, labels))

    def forward(self, inputs, labels, draws):
        return _as_numpy(self._look(inputs, labels, draws))

    def advance(self, inputs, labels, draws):
        self._slots()
        return keras.ops.convert_to_numpy(self._advance(inputs, labels, draws))

    def differentiate(self, inputs, labels, draws):
        return self._told(*self._differentiate(inputs, labels, draws))

    def train(self, inputs, labels, draws):
        self._slots()
        return self._told(*self._train(inputs, labels, draws))

    def _told(self, found, gradients):
        found = _as_numpy(found)
        named = {
            n: keras.ops.convert_to_numpy(g) for n, g in zip(self.network.trainable, gradients)
        }
        found.update({"gradients/" + n: g for n, g in self.network.canonical(named).items()})
        return found


def _as_numpy(found):
    return keras.tree.map_structure(keras.ops.convert_to_numpy, found)


class TensorFlowSteps(Steps):
    """Eager, but for what is repeated: graph functions."""

    def __init__(self, network, dropout):
        import tensorflow as tf

        super().__init__(network, dropout)
        self.tf = tf
        self._look = tf.function(self._train_forward, autograph=False)
        self._train = tf.function(self._step, autograph=False)
        self._advance = tf.function(lambda *batch: self._step(*batch)[0]["loss"], autograph=False)

    def _infer(self, inputs, labels):
        return self._forward(lambda: self._call(inputs, False), labels, INFERENCE, {})

    def _train_forward(self, inputs, labels, draws):
        return self._forward(lambda: self._call(inputs, True), labels, self.dropout, draws)

    def _differentiate(self, inputs, labels, draws):
        with self.tf.GradientTape() as tape:
            found = self._train_forward(inputs, labels, draws)
        return found, tape.gradient(
            found["loss"],
            [v.value for v in self.model.trainable_variables],
            unconnected_gradients="zero",
        )

    def _step(self, inputs, labels, draws):
        found, gradients = self._differentiate(inputs, labels, draws)
        self.apply(gradients)
        return found, gradients

    def apply(self, gradients):
        given = [self.tf.convert_to_tensor(gradient) for gradient in gradients]
        self.network.optimizer.apply(given, self.model.trainable_variables)


class JaxSteps(Steps):
    """Pure functions of the variables, compiled; the variables are set afterwards."""

    def __init__(self, network, dropout):
        import jax

        super().__init__(network, dropout)
        self._inference = jax.jit(self._trace_inference)
        # Compiling takes longer than running: one function for all that trains.
        self._differentiated = jax.jit(jax.value_and_grad(self._trace_loss, has_aux=True))
        self._apply = jax.jit(lambda *given: self.network.optimizer.stateless_apply(*given))

    def _infer(self, inputs, labels):
        values = (
            _values(self.model.trainable_variables),
            _values(self.model.non_trainable_variables),
        )
        return self._inference(*values, inputs, labels)

    def _differentiate(self, inputs, labels, draws):
        rest = self.model.non_trainable_variables
        (_, (found, updated)), gradients = self._differentiated(
            _values(self.model.trainable_variables), _values(rest), inputs, labels, draws
        )
        _set(rest, updated)
        return found, gradients

    def _look(self, inputs, labels, draws):
        return self._differentiate(inputs, labels, draws)[0]

    def _train(self, inputs, labels, draws):
        found, gradients = self._differentiate(inputs, labels, draws)
        self.apply(gradients)
        return found, gradients

    def _advance(self, inputs, labels, draws):
        return self._train(inputs, labels, draws)[0]["loss"]

    def apply(self, gradients):
        variables = self.model.trainable_variables
        slots = self.network.optimizer.variables
        trained, moved = self._apply(_values(slots), gradients, _values(variables))
        _set(variables, trained)
        _set(slots, moved)

    def _trace_inference(self, trainable, rest, inputs, labels):
        return self._stateless(trainable, rest, inputs, labels, False, INFERENCE, {})[0]

    def _trace_loss(self, trainable, rest, inputs, labels, draws):
        found, rest = self._stateless(trainable, rest, inputs, labels, True, self.dropout, draws)
        return found["loss"], (found, rest)

    def _stateless(self, trainable, rest, inputs, labels, training, mode, draws):
        updated = []

        def call():
            outputs, values, losses = self.model.stateless_call(
                trainable, rest, inputs, training=training, return_losses=True
            )
            updated.extend(values)
            return outputs, losses

        return self._forward(call, labels, mode, draws), updated


def _values(variables):
    return [variable.value for variable in variables]


def _set(variables, values):
    for variable, value in zip(variables, values):
        variable.assign(value)


class TorchSteps(Steps):
    """Eager."""

    def _infer(self, inputs, labels):
        import torch

        with torch.no_grad():
            return self._forward(lambda: self._call(inputs, False), labels, INFERENCE, {})

    def _look(self, inputs, labels, draws):
        draws = {name: keras.ops.convert_to_tensor(draw) for name, draw in draws.items()}
        return self._forward(lambda: self._call(inputs, True), labels, self.dropout, draws)

    def _differentiate(self, inputs, labels, draws):
        self.model.zero_grad()
        found = self._look(inputs, labels, draws)
        found["loss"].backward()
        return found, [variable.value.grad for variable in self.model.trainable_variables]

    def _train(self, inputs, labels, draws):
        found, gradients = self._differentiate(inputs, labels, draws)
        self.apply(gradients)
        return found, gradients

    def _advance(self, inputs, labels, draws):
        return self._train(inputs, labels, draws)[0]["loss"]

    def apply(self, gradients):
        import torch

        with torch.no_grad():
            given = [keras.ops.convert_to_tensor(gradient) for gradient in gradients]
            self.network.optimizer.apply(given, self.model.trainable_variables)
