"""Labels with an axis too many."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="labels_with_an_axis",
    title="Labels [B, 1] are compared with predictions [B]",
    differs=("The comparison broadcasts to B x B: the share of equal pairs, not of right answers."),
    versions="Keras hands targets of shape [B, 1] to custom metrics; HDF5 files hold [n, 1].",
    shows="Training is right, the accuracy reported is not: it hovers about chance.",
    mends="Reshape labels to [B] first.",
    mutation=Mutation(
        "metrics.py", "np.mean(labels == predictions)", "np.mean(labels[:, None] == predictions)"
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="metrics: accuracy",
    signature=Signature(
        departs=("metrics/accuracy",), agrees=("metrics/class_accuracy", "metrics/*_iou", "epoch/*")
    ),
)
