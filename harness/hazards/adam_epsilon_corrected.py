"""Adam whose epsilon is added to the corrected moment."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="adam_epsilon_corrected",
    title="Adam adds epsilon after the bias correction",
    differs=("sqrt(v / (1 - beta^t)) + epsilon; TensorFlow 1 and Keras add it to sqrt(v), before."),
    versions="PyTorch against TensorFlow and Keras.",
    shows="In the first hundreds of steps, parameters with small gradients move more.",
    mends="Use the epsilon of the paper's faster form.",
    mutation=Mutation(
        "optimizers.py",
        "return keras.optimizers.Adam(",
        "return _CorrectedAdam(",
        also=Mutation(
            "optimizers.py",
            "def adam(learning_rate",
            (
                "class _CorrectedAdam(keras.optimizers.Adam):\n"
                '    """Adds epsilon to the corrected second moment."""\n'
                "\n"
                "    def update_step(self, gradient: Tensor, variable: Any, "
                "learning_rate: Tensor) -> None:\n"
                '        """One step; the correction is undone inside epsilon."""\n'
                "        step = ops.cast(self.iterations + 1, variable.dtype)\n"
                "        epsilon = self.epsilon\n"
                "        beta = ops.convert_to_tensor(self.beta_2, dtype=variable.dtype)\n"
                "        self.epsilon = epsilon * ops.sqrt(1 - ops.power(beta, step))\n"
                "        super().update_step(gradient, variable, learning_rate)\n"
                "        self.epsilon = epsilon\n"
                "\n"
                "\n"
                "def adam(learning_rate"
            ),
        ),
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="adam: conv1/weights",
    signature=Signature(
        departs=("adam/parameters/*",), agrees=("adam/slots/*",), gain=(1.001, 2.0)
    ),
    evidence=("arXiv 1412.6980, the end of section 2",),
    api="tf.train.AdamOptimizer",
)
