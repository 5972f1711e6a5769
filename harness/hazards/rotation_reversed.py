"""Clouds that turn the other way."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="rotation_reversed",
    title="The rotation's matrix is transposed",
    differs="points @ R^T instead of points @ R: the other way round.",
    versions="Any.",
    shows="Nothing: the angles are uniform. Recorded draws no longer reproduce.",
    mends="Multiply on the side on which the original did.",
    mutation=Mutation(
        "augmentation.py",
        "np.matmul(points, rotations)",
        "np.matmul(points, np.swapaxes(rotations, 1, 2))",
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="augmentation: rotated",
    signature=Signature(departs=("augment/rotated",), share=(0.65, 0.68)),
)
