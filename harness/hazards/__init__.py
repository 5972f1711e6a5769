"""Ways in which a migration goes wrong silently, each with the mutation that plants it."""

from harness.hazards.catalogue import HAZARDS
from harness.hazards.hazard import Hazard, Mutation, PlantingError, Signature, plant

__all__ = ["HAZARDS", "Hazard", "Mutation", "PlantingError", "Signature", "plant"]
