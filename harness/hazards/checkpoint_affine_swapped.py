"""Beta and gamma swapped when a checkpoint is read."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="checkpoint_affine_swapped",
    title="A checkpoint's beta and gamma are swapped",
    differs="Weights are matched by shape and order: TensorFlow 1 made beta first, Keras gamma.",
    versions="TensorFlow 1 checkpoints; Keras' get_weights gives gamma first.",
    shows="Imported weights give nearly constant outputs.",
    mends="Match by name.",
    mutation=Mutation(
        "naming.py",
        ("if leaf not in _MOMENT_OPS:\n        return canonical"),
        (
            'if leaf in ("beta", "gamma"):\n'
            "        return f\"{scope}/{'gamma' if leaf == 'beta' else 'beta'}\"\n"
            "    if leaf not in _MOMENT_OPS:\n"
            "        return canonical"
        ),
    ),
    model="pointnet_cls_basic",
    rung="checkpoint",
    place="conv1/bn/beta",
    signature=Signature(departs=("*/beta",)),
    api="tf.train.Saver",
)
