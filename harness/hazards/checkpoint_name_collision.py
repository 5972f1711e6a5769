"""Two layers of one name in a checkpoint."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="checkpoint_name_collision",
    title="Two layers answer to one name in the checkpoint",
    differs=(
        "Moving statistics are looked up without the T-Net's number: both get those of the first."
    ),
    versions=("Loaders that shorten scopes; Keras' load_weights(by_name=True) where names repeat."),
    shows=(
        "Loads without a word, for shapes are the same; evaluation is off until training goes on."
    ),
    mends="Match by the whole scope, and count: every variable of the checkpoint used once.",
    mutation=Mutation(
        "checkpoint.py",
        "    name = tf1_variable_name(canonical)\n    older",
        (
            "    name = tf1_variable_name(canonical)\n"
            '    if "moments" in name:\n'
            '        name = name.replace("transform_net2", "transform_net1")\n'
            "    older"
        ),
    ),
    model="pointnet_cls",
    rung="checkpoint",
    place="transform_net2/tconv1/bn/moving_mean",
    signature=Signature(
        departs=("import/*/moving_*",), agrees=("export/*", "import/conv1/*", "import/fc1/*")
    ),
    api="tf.train.Saver",
)
