"""A max whose gradient is shared between the points that tie."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="max_shares_ties",
    title="The max shares its gradient between ties",
    differs=(
        "Where points tie, each gets a share of the gradient; max_pool gave all to the first."
    ),
    versions=("tf.reduce_max and keras.ops.max share; tf.nn.max_pool takes the first."),
    shows=("Nothing where a point is given twice; a gamma that is zero learns otherwise."),
    mends="Take the first maximum: max_pool, or argmax and take_along_axis.",
    mutation=Mutation(
        "layers/max_over_points.py",
        "return ops.sum(ops.where(positions == first, x, 0), axis=1)",
        "return ops.max(x, axis=1)",
        also=Mutation("layers/shared_mlp_max.py", 'if self.formulation == "plain":', "if True:"),
    ),
    model="pointnet_cls_basic",
    rung="gradients",
    place="conv5/bn/gamma",
    signature=Signature(departs=("gradients/*/gamma",), agrees=("*/weights", "*/biases", "*/beta")),
    api="tf.nn.max_pool",
)
