"""Dropout that is active in inference."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="dropout_in_inference",
    title="Dropout stays on in inference",
    differs="training=True is wired into the layer's call instead of being handed through.",
    versions=(
        "Subclassed layers of Keras, and TensorFlow 1 where a placeholder defaulted to True; a "
        "functional Keras 3 model overrules what was wired into its calls."
    ),
    shows=(
        "Training looks right; evaluation is noisy, a little worse, and differs from run to run."
    ),
    mends="Leave the argument out: Keras hands the mode through.",
    mutation=Mutation(
        "models/classifier.py",
        ('keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)\n    logits'),
        ('_Wired(DROPOUT_RATE, name="dp1")(x)\n    logits'),
        also=Mutation(
            "models/classifier.py",
            "DROPOUT_RATE = 0.3  # TF1 spoke of keeping 0.7.\n",
            (
                "DROPOUT_RATE = 0.3  # TF1 spoke of keeping 0.7.\n"
                "\n"
                "\n"
                "class _Wired(keras.layers.Dropout):\n"
                '    """Goes its own way, whatever the mode."""\n'
                "\n"
                "    def call(self, x: object, training: bool = False) -> object:\n"
                '        """Applies the layer."""\n'
                "        return super().call(x, training=True)\n"
            ),
        ),
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="dropout dp1",
    signature=Signature(departs=("entries/*fc*",), agrees=("activations/conv*",)),
    api="tf.nn.dropout",
)
