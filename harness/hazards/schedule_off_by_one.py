"""A learning rate one step ahead."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="schedule_off_by_one",
    title="The learning rate is one step ahead",
    differs="The rate of step n + 1 at step n: stairs come one step early.",
    versions="Optimisers that count from one; Keras and TensorFlow 1 count from zero.",
    shows="Hardly: one step at each stair.",
    mends="Evaluate the schedule before counting.",
    mutation=Mutation(
        "schedules.py",
        (
            "factor = _power(self.decay_rate, _stair(step, self.batch_size, "
            "self.decay_clouds))\n"
            "        return ops.maximum"
        ),
        (
            "factor = _power(self.decay_rate, _stair(step + 1, self.batch_size, "
            "self.decay_clouds))\n"
            "        return ops.maximum"
        ),
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="schedule of the learning_rate",
    signature=Signature(departs=("schedule/learning_rate/*",), gain=(0.1, 0.95)),
    api="tf.train.exponential_decay",
)
