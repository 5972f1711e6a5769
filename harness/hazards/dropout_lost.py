"""Dropout that never drops."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="dropout_lost",
    title="Dropout is off in training",
    differs="training=False is wired into the call, or the mode is not handed through.",
    versions="Keras subclassed models and custom training loops.",
    shows=("Training accuracy rises faster, evaluation falls behind: it looks like overfitting."),
    mends="Call the model with training=True in a training loop.",
    mutation=Mutation(
        "models/classifier.py",
        ('x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)\n    logits'),
        ('x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x, training=False)\n    logits'),
    ),
    model="pointnet_cls_basic",
    rung="training_forward",
    place="dropout dp1",
    signature=Signature(departs=("entries/*",)),
    api="tf.nn.dropout",
)
