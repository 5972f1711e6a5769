"""Another point feature in a segmentation head."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="point_feature_in_head",
    title="The head reads features from before their transform",
    differs=(
        "Of two layers of equal width, the output before the feature transform instead of "
        "behind it."
    ),
    versions="Any.",
    shows="Trains to a slightly lower accuracy; old weights fail.",
    mends="Name the tensor that goes into the head.",
    mutation=Mutation(
        "models/segmenter.py",
        "[features.aligned, features.cloud]",
        "[features.layers[1], features.cloud]",
    ),
    model="pointnet_seg",
    rung="inference",
    place="aligned features beside the global one",
    signature=Signature(departs=("entries/conv6",), gain=(0.9, 1.1)),
)
