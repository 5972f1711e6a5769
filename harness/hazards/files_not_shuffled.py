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
        # Draws that were meant for another file have another length.
        also=Mutation(
            "data/batches.py",
            "order = _order(len(split.files[index]), rng)",
            "order = _order(len(split.files[index]), rng) % len(split.files[index])",
        ),
    ),
    model="pointnet_cls_basic",
    rung="pipeline",
    place="batches: points",
    signature=Signature(
        departs=("epoch/points",), agrees=("augment/*", "metrics/*"), share=(0.6, 1.0)
    ),
)
