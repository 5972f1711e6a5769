"""A layer that computes in a lower precision than the rest."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="float32_inside",
    title="A product is made in a lower precision",
    differs=(
        "Inputs and kernel are rounded to a shorter float and back, as autocasting, TF32 or a "
        "mixed policy does."
    ),
    versions="TensorFlow 2 on Ampere GPUs and later (TF32); any mixed-precision policy.",
    shows=(
        "Nothing on a CPU; noise in the later digits on a GPU, which batch norm's small "
        "variances enlarge."
    ),
    mends=(
        "tf.config.experimental.enable_tensor_float_32_execution(False); check the dtype policy."
    ),
    mutation=Mutation(
        "layers/shared_mlp.py",
        "return self.multiply(x, self._short_kernel())",
        (
            "factors = (x, self._short_kernel())\n"
            '        short = (ops.cast(ops.cast(a, "float32"), a.dtype) for a in factors)\n'
            "        return self.multiply(*short)"
        ),
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv2",
    signature=Signature(departs=("activations/*",), relative=(1e-12, 1e-06)),
)
