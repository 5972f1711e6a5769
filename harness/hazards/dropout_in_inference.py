"""Dropout that is active in inference."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="dropout_in_inference",
    title="Dropout stays on in inference",
    differs="training=True is wired into the call instead of being handed through.",
    versions="Keras, and TensorFlow 1 where a placeholder defaulted to True.",
    shows=(
        "Training looks right; evaluation is noisy, a little worse, and differs from run to run."
    ),
    mends="Leave the argument out: Keras hands the mode through.",
    mutation=Mutation(
        "models/classifier.py",
        ('x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)\n    logits'),
        ('x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x, training=True)\n    logits'),
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="dropout dp1",
    signature=Signature(departs=("entries/*",)),
    api="tf.nn.dropout",
)
