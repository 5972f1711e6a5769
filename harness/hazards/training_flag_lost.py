"""Batch norm that is never told that it trains."""

from harness.hazards.hazard import STEP_BY_STEP, Hazard, Mutation, Signature

HAZARD = Hazard(
    key="training_flag_lost",
    title="Batch norm does not hear of training",
    differs="Moving statistics are used, and not updated, in training too.",
    versions="Custom layers of TensorFlow 2 and Keras; TensorFlow 1's is_training placeholder.",
    shows="The loss diverges or creeps; the moving statistics stay where they started.",
    mends="Hand training through to every layer that has the argument.",
    mutation=Mutation(
        "layers/shared_mlp.py",
        "ops.relu(self.bn(self.product(x) + self.bias, training=training))",
        "ops.relu(self.bn(self.product(x) + self.bias, training=False))",
        also=STEP_BY_STEP,
    ),
    model="pointnet_cls_basic",
    rung="training_forward",
    place="conv1",
    signature=Signature(departs=("activations/*",)),
)
