"""Momentum that accumulates steps instead of gradients."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="momentum_of_steps",
    title="Momentum accumulates steps, not gradients",
    differs=(
        "velocity = momentum * velocity - rate * gradient: after a stair, old gradients still "
        "count at the old rate."
    ),
    versions="keras.optimizers.SGD against tf.train.MomentumOptimizer and PyTorch.",
    shows="A lag behind every stair of the learning rate.",
    mends="Accumulate gradients, multiply by the rate at the end.",
    mutation=Mutation(
        "optimizers.py",
        (
            "self.momentum * accumulator + ops.cast(gradient, variable.dtype))\n"
            "        self.assign_sub(variable, rate * accumulator)"
        ),
        (
            "self.momentum * accumulator + rate * gradient)\n"
            "        self.assign_sub(variable, accumulator)"
        ),
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="momentum: conv1/weights/momentum",
    signature=Signature(departs=("momentum/slots/*",), gain=(0.0, 0.1)),
    api="tf.train.MomentumOptimizer",
)
