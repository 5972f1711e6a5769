"""Adam's AMSGrad variant."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="amsgrad",
    title="Adam keeps the largest second moment",
    differs="amsgrad=True divides by the largest second moment so far.",
    versions="Keras and PyTorch have the switch; TensorFlow 1 had none.",
    shows="Steps get smaller where gradients come and go.",
    mends="amsgrad=False.",
    mutation=Mutation(
        "optimizers.py",
        "epsilon=_in_float32(1e-8),",
        ("epsilon=_in_float32(1e-8),\n        amsgrad=True,"),
    ),
    model="pointnet_cls_basic",
    rung="trajectory",
    place="loss",
    signature=Signature(departs=("loss/*",)),
    api="tf.train.AdamOptimizer",
)
