"""A part that is neither there nor predicted, counted as missed."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="absent_part_is_wrong",
    title="A part that a shape lacks counts as missed",
    differs="IoU 0 instead of 1 where a part is neither true nor predicted.",
    versions="Any: 0 / 0 is what one makes of it.",
    shows="Lower IoU than published, for the same predictions.",
    mends="Count it 1, as the paper's evaluation did.",
    mutation=Mutation(
        "metrics.py",
        "np.where(union > 0, intersection / np.maximum(union, 1), 1.0)",
        "np.where(union > 0, intersection / np.maximum(union, 1), 0.0)",
    ),
    model="pointnet_seg",
    rung="pipeline",
    place="metrics: shape_iou",
    signature=Signature(
        departs=("metrics/shape_iou", "metrics/category_iou"), agrees=("metrics/accuracy",)
    ),
)
