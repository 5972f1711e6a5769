"""A batch-norm momentum that rises to one."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="momentum_ceiling_lost",
    title="Batch norm's momentum has lost its ceiling",
    differs="No min(momentum, 0.99) around the schedule.",
    versions="Keras' schedules have no ceiling; the original wrapped one in tf.minimum.",
    shows="Late in training the moving statistics freeze, and evaluation no longer follows.",
    mends="Take the minimum of schedule and ceiling.",
    mutation=Mutation(
        "schedules.py",
        "ops.minimum(1 - self.initial * factor, self.ceiling)",
        "1 - self.initial * factor",
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="schedule of the bn_decay",
    signature=Signature(departs=("schedule/bn_decay/*",), agrees=("schedule/learning_rate/*",)),
    api="tf.minimum",
)
