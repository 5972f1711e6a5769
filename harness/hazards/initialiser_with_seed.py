"""A kernel initialiser that was handed a seed."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="initialiser_with_seed",
    title="Kernels start the same at every run",
    differs=(
        "A Keras 3 initialiser with a seed gives the same numbers at every call, for every "
        "layer that shares it."
    ),
    versions="Keras 3; TensorFlow 1's operations under one seed still drew on.",
    shows="Runs under different seeds agree far too well, and ensembles gain nothing.",
    mends="Leave the seed out; keras.utils.set_random_seed.",
    mutation=Mutation(
        "layers/shared_mlp.py",
        "self.kernel_initializer = keras.initializers.get(kernel_initializer)",
        (
            "self.kernel_initializer = keras.initializers.get(kernel_initializer)\n"
            '        if kernel_initializer == "glorot_uniform":\n'
            "            self.kernel_initializer = "
            "keras.initializers.GlorotUniform(seed=0)"
        ),
    ),
    model="pointnet_cls_basic",
    rung="initialisation",
    place="conv2/weights",
    signature=Signature(departs=("*:seeds",)),
    api="tf.set_random_seed",
)
