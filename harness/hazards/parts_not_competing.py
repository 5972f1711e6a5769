"""Parts of other categories that compete."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="parts_not_competing",
    title="Parts of all categories compete for a point",
    differs="argmax over all 50 parts instead of those that the shape can have.",
    versions="Any: a plain argmax and keras.metrics.MeanIoU know of no categories.",
    shows="Lower IoU than published, for the same network.",
    mends="argmax among the parts of the shape's category.",
    mutation=Mutation(
        "metrics.py",
        "return candidates[np.argmax(logits[..., candidates], axis=-1)]",
        "return np.argmax(logits, axis=-1)",
    ),
    model="pointnet_seg",
    rung="pipeline",
    place="metrics: accuracy",
    signature=Signature(
        departs=("metrics/accuracy",), along=("metrics/shape_iou",), agrees=("epoch/*",)
    ),
)
