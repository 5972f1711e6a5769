"""One rotation for all clouds of a batch."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="one_angle_a_batch",
    title="All clouds of a batch turn by one angle",
    differs="One draw a batch instead of one a cloud.",
    versions="Augmentation moved into a layer or a vectorised map that draws once.",
    shows="Batches are less varied; a little more overfitting.",
    mends="Draw an angle for each cloud.",
    mutation=Mutation(
        "augmentation.py",
        "rotations = np.zeros((len(angles), 3, 3))",
        (
            "angles = np.broadcast_to(angles[0], np.shape(angles))\n"
            "    rotations = np.zeros((len(angles), 3, 3))"
        ),
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="augmentation: rotated",
    signature=Signature(departs=("augment/rotated",), share=(0.0, 0.65)),
)
