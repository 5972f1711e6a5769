"""Dropout that drops a channel for all points of a cloud."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="dropout_noise_shape",
    title="Dropout has another noise shape",
    differs="One draw a channel and cloud instead of one a channel and point.",
    versions="Keras' SpatialDropout1D, or a noise_shape handed on to another argument's place.",
    shows="Stronger regularisation: training and evaluation accuracy both come out lower.",
    mends="Leave noise_shape out where the original did.",
    mutation=Mutation(
        "models/segmenter.py",
        'Dropout(0.3, name="dp1")',
        'Dropout(0.3, noise_shape=(None, 1, None), name="dp1")',
    ),
    model="sem_seg",
    rung="training_forward",
    place="dropout dp1",
    # Where both draws agree nothing changes: 0.58 of what a ReLU lets through, which is about half.
    signature=Signature(departs=("entries/*",), gain=(0.3, 0.95), share=(0.1, 0.35)),
    api="tf.nn.dropout",
)
