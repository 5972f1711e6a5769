"""Generated indoor scenes in the layout of S3DIS: the whole chain, without a form to fill in."""

from harness.datasets.rooms.build import SIZES, build
from harness.datasets.rooms.plans import PLANS, furnish

__all__ = ["PLANS", "SIZES", "build", "furnish"]
