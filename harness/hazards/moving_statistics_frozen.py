"""Moving statistics that are never updated."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="moving_statistics_frozen",
    title="The moving statistics stand still",
    differs="Training normalises with the batch's moments, and never averages them.",
    versions=(
        "tf.layers.batch_normalization without UPDATE_OPS; Keras layers with trainable=False; "
        "custom loops that drop state."
    ),
    shows="Training looks right, evaluation stays at chance.",
    mends="Run the update operations; assign the state that stateless calls return.",
    mutation=Mutation(
        "layers/batch_norm.py",
        "moving.assign(momentum * moving + (1 - momentum) * batch)",
        "moving.assign(ops.stop_gradient(moving))",
    ),
    model="pointnet_cls_basic",
    rung="state",
    place="conv1/bn/moving_mean",
    signature=Signature(departs=("state/001/*",), gain=(-0.001, 0.001)),
    api="tf.train.ExponentialMovingAverage",
)
