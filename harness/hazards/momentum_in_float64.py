"""Momentum in double precision."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="momentum_in_float64",
    title="The momentum is not the float32 number that TensorFlow 1 had",
    differs="0.9 instead of 0.89999998.",
    versions="Keras 3 against TensorFlow 1.",
    shows="Nothing to be seen.",
    mends="float(numpy.float32(0.9)), where digits matter.",
    mutation=Mutation(
        "optimizers.py", "self.momentum = _in_float32(momentum)", "self.momentum = momentum"
    ),
    model="pointnet_cls_basic",
    rung="optimiser",
    place="momentum: conv1/weights/momentum",
    signature=Signature(departs=("momentum/slots/*",), gain=(0.99, 1.01)),
    api="tf.train.MomentumOptimizer",
)
