"""The orthogonality term left out."""

from harness.hazards.hazard import Hazard, Mutation, Signature

HAZARD = Hazard(
    key="orthogonality_lost",
    title="A term of the loss is lost",
    differs="The regulariser's weight is zero, or a custom loop forgets model.losses.",
    versions="Custom training loops of TensorFlow 2; TensorFlow 1's 'losses' collection.",
    shows="The feature transform drifts away from orthogonal, and accuracy is a little lower.",
    mends="Add sum(model.losses) to the loss.",
    mutation=Mutation("layers/orthogonality.py", "weight: float = 0.001", "weight: float = 0.0"),
    model="pointnet_cls",
    rung="loss",
    place="loss term orthogonality",
    signature=Signature(departs=("*/terms/*orthogonality",), gain=(-0.001, 0.001)),
    api="tf.add_to_collection",
)
