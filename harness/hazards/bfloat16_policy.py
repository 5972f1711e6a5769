"""Products in bfloat16."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="bfloat16_policy",
    title="A layer computes in bfloat16",
    differs="Inputs and kernel keep 8 bits of their mantissa, as under a mixed_bfloat16 policy.",
    versions=(
        "keras.mixed_precision, and whatever sets a global dtype policy; TensorFlow 1 had none."
    ),
    shows=("Trains nearly as well, a little less accurately."),
    mends=("Look at every layer's dtype policy; decide on mixed precision apart from a migration."),
    mutation=Mutation(
        "layers/shared_mlp.py",
        "return self.multiply(x, self._short_kernel())",
        (
            "factors = (x, self._short_kernel())\n"
            '        short = (ops.cast(ops.cast(a, "bfloat16"), a.dtype) for a in factors)\n'
            "        return self.multiply(*short)"
        ),
    ),
    model="pointnet_cls_basic",
    rung="inference",
    place="conv1",
    signature=Signature(departs=("activations/*",), gain=(0.999, 1.001), relative=(5e-4, 0.05)),
)
