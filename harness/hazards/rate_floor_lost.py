"""A learning rate that falls without end."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="rate_floor_lost",
    title="The learning rate has lost its floor",
    differs="No max(rate, 1e-5) around the schedule.",
    versions="Keras' schedules have no floor; the original wrapped one in tf.maximum.",
    shows="Nothing for most of the training; then learning stops.",
    mends="Take the maximum of schedule and floor.",
    mutation=Mutation(
        "schedules.py", "ops.maximum(self.base * factor, self.floor)", "self.base * factor"
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="schedule of the learning_rate",
    signature=Signature(departs=("schedule/learning_rate/*",), gain=(0.95, 0.99)),
    api="tf.maximum",
)
