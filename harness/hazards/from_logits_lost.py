"""A loss that takes logits for probabilities."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="from_logits_lost",
    title="The loss takes logits for probabilities",
    differs=(
        "from_logits=False, Keras' default: logits are clipped to [1e-7, 1], normalised and "
        "their logarithm taken."
    ),
    versions="Keras; TensorFlow 1's function always took logits.",
    shows=("The loss stands still near a large number, or falls while accuracy stays at chance."),
    mends="from_logits=True.",
    mutation=Mutation(
        "recipes.py",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=False)",
    ),
    model="pointnet_cls_basic",
    rung="loss",
    place="loss term cross_entropy",
    signature=Signature(departs=("*/terms/cross_entropy", "*/terms/parts"), gain=(0.0, 7.9)),
    api="tf.nn.sparse_softmax_cross_entropy_with_logits",
)
