"""A learning rate that decays smoothly."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="staircase_lost",
    title="The learning rate has no stairs",
    differs="decay_rate ^ (step / decay_step) instead of its floor.",
    versions=(
        "staircase=False is the default of Keras and of TensorFlow 1; the original asked for "
        "stairs."
    ),
    shows="The rate falls from the first step on; after an epoch it is lower than it was.",
    mends="staircase=True.",
    mutation=Mutation(
        "schedules.py",
        (
            "factor = _power(self.decay_rate, _stair(step, self.batch_size, "
            "self.decay_clouds))\n"
            "        return ops.maximum"
        ),
        (
            "clouds = ops.cast(step, keras.config.floatx()) * self.batch_size\n"
            "        factor = _power(self.decay_rate, clouds / self.decay_clouds)\n"
            "        return ops.maximum"
        ),
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="schedule of the learning_rate",
    signature=Signature(departs=("schedule/learning_rate/1",)),
    api="tf.train.exponential_decay",
)
