"""A mean over classes that never occur."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="absent_classes_count",
    title="Classes that never occur count as missed",
    differs="The mean over all classes instead of those among the labels.",
    versions="Any: tf.metrics.mean_per_class_accuracy and hand-written code differ.",
    shows="Nothing on the whole test set; lower figures on a part of it.",
    mends="Leave out classes without cases.",
    mutation=Mutation(
        "metrics.py",
        "float(np.nanmean(class_accuracies(labels, predictions, num_classes)))",
        ("float(np.mean(np.nan_to_num(class_accuracies(labels, predictions, num_classes))))"),
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="metrics: class_accuracy",
    signature=Signature(
        departs=("metrics/class_accuracy",), agrees=("metrics/accuracy", "epoch/*")
    ),
)
