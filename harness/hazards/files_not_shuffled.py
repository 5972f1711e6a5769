"""Files that keep their order."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="files_not_shuffled",
    title="Files are not shuffled",
    differs="Every epoch opens the files in the order of their list.",
    versions="tf.data.TFRecordDataset and interleave over a fixed list.",
    shows="The last file of the list weighs more in every epoch's end, evaluation included.",
    mends="Shuffle the list anew each epoch.",
    mutation=Mutation(
        "data/batches.py",
        "for index in _order(len(split.files), rng):",
        "for index in np.sort(_order(len(split.files), rng)):",
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="batches: points",
    signature=Signature(departs=("epoch/points",), agrees=("augment/*", "metrics/*")),
)
