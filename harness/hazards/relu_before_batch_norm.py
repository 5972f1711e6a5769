"""ReLU in front of batch norm."""

from harness.hazards.hazard import STEP_BY_STEP, Hazard, Mutation, Signature

HAZARD = Hazard(
    key="relu_before_batch_norm",
    title="The activation comes before batch norm",
    differs="batch_norm(relu(x W + b)) instead of relu(batch_norm(x W + b)).",
    versions="Keras: Dense(activation='relu') followed by BatchNormalization.",
    shows="Trains, to a slightly different accuracy; old weights fail.",
    mends="Dense without activation, batch norm, then ReLU.",
    mutation=Mutation(
        "layers/shared_mlp.py",
        "ops.relu(self.bn(self.product(x) + self.bias, training=training))",
        "self.bn(ops.relu(self.product(x) + self.bias), training=training)",
        also=STEP_BY_STEP,
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv1",
    signature=Signature(departs=("activations/*conv*",), negative=True),
)
