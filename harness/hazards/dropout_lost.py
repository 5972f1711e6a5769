"""Dropout that never drops."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="dropout_lost",
    title="Dropout is off in training",
    differs="training=False is wired into the layer's call, or the mode is not handed through.",
    versions="Keras subclassed models and custom training loops.",
    shows=("Training accuracy rises faster, evaluation falls behind: it looks like overfitting."),
    mends="Call the model with training=True in a training loop.",
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
                "        return super().call(x, training=False)\n"
            ),
        ),
    ),
    model="pointnet_cls_basic",
    rung="training_forward",
    place="dropout dp1",
    # By least squares, exactly the probability of keeping.
    signature=Signature(departs=("entries/*",), gain=(0.6999, 0.7001)),
    api="tf.nn.dropout",
)
