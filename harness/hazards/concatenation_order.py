"""Features side by side in another order."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="concatenation_order",
    title="A head concatenates its features in another order",
    differs="The global feature in front of the point's own, instead of behind it.",
    versions="Any; tf.concat took the axis first before TensorFlow 1.0.",
    shows="Nothing in training from scratch; old weights fail.",
    mends="Keep the original's order: it is the order of the kernel's rows.",
    mutation=Mutation(
        "models/segmenter.py", "[features.layers[-1], cloud]", "[cloud, features.layers[-1]]"
    ),
    model="sem_seg",
    rung="inference",
    place="features beside the global one",
    signature=Signature(departs=("entries/conv6",), gain=(-1.0, 0.9)),
    api="tf.concat",
)
