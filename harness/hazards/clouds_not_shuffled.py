"""Clouds that keep their order within a file."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="clouds_not_shuffled",
    title="Clouds are not shuffled within a file",
    differs="Every epoch sees the clouds of a file in the order in which they are stored.",
    versions="tf.data without shuffle, or with a buffer far smaller than the file.",
    shows=(
        "Where files are sorted by class, batch statistics are of a few classes, and evaluation"
        " suffers."
    ),
    mends="Shuffle each file, all of it, anew each epoch.",
    mutation=Mutation(
        "data/batches.py",
        "order = _order(len(split.files[index]), rng)",
        "order = np.sort(_order(len(split.files[index]), rng))",
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="batches: points",
    signature=Signature(
        departs=("epoch/points",), agrees=("augment/*", "metrics/*"), share=(0.6, 1.0)
    ),
)
