"""Nesterov's momentum where the original had the plain one."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="nesterov",
    title="The momentum is Nesterov's",
    differs="The step is momentum * accumulator + gradient.",
    versions="Any: recipes copied with nesterov=True.",
    shows="Faster at first; another noise at the end.",
    mends="nesterov=False.",
    mutation=Mutation(
        "optimizers.py",
        "self.assign_sub(variable, rate * accumulator)",
        "self.assign_sub(variable, rate * (self.momentum * accumulator + gradient))",
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="momentum: conv1/weights",
    signature=Signature(departs=("momentum/parameters/*",), agrees=("momentum/slots/*",)),
    api="tf.train.MomentumOptimizer",
)
