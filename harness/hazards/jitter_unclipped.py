"""Jitter without its limit."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="jitter_unclipped",
    title="Jitter is not clipped",
    differs="Normal noise of 0.01 without the limit of 0.05.",
    versions="keras.layers.GaussianNoise has no limit.",
    shows="A few points in a million stray further.",
    mends="numpy.clip before adding.",
    mutation=Mutation("augmentation.py", "np.clip(sigma * noise, -clip, clip)", "sigma * noise"),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="augmentation: jittered",
    signature=Signature(departs=("augment/jittered",), agrees=("augment/rotated",)),
)
