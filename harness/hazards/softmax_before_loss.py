"""A softmax in front of a loss that has its own."""

from math import inf

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="softmax_before_loss",
    title="The network ends in a softmax, and the loss takes logits",
    differs="Probabilities are put through softmax a second time inside the loss.",
    versions="Keras examples end in activation='softmax'; TensorFlow 1 networks in logits.",
    shows=(
        "Learns slowly, and the loss never falls far below log(classes) - 1; accuracy looks "
        "almost right."
    ),
    mends="No activation, from_logits=True.",
    mutation=Mutation(
        "models/classifier.py",
        (
            'x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)\n'
            '    logits = keras.layers.Dense(num_classes, name="fc3")(x)'
        ),
        (
            'x = keras.layers.Dropout(DROPOUT_RATE, name="dp1")(x)\n'
            '    logits = keras.layers.Dense(num_classes, activation="softmax", '
            'name="fc3")(x)'
        ),
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="fc3",
    signature=Signature(
        departs=("activations/*fc3", "activations/conv8"),
        agrees=("activations/conv1",),
        relative=(0.01, inf),
    ),
    api="tf.nn.sparse_softmax_cross_entropy_with_logits",
)
