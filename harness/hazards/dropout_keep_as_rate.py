"""The probability of keeping passed as a dropout rate."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="dropout_keep_as_rate",
    title="Dropout's rate and probability of keeping are swapped",
    differs="0.7 dropped instead of 0.7 kept: TF1's argument was what stays, Keras' what goes.",
    versions="Keras 3 against TensorFlow 1; tf.nn.dropout changed its argument in 1.13.",
    shows=("Training accuracy stays low, evaluation suffers a little; it looks like underfitting."),
    mends="rate = 1 - keep_prob.",
    mutation=Mutation("models/classifier.py", "DROPOUT_RATE = 0.3", "DROPOUT_RATE = 0.7"),
    model="pointnet_cls_basic",
    rung="training_forward",
    place="dropout dp1",
    signature=Signature(departs=("entries/*",), gain=(-0.001, 0.001)),
    api="tf.nn.dropout",
)
