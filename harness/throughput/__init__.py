"""How fast every implementation is in every runtime, measured side by side in one run."""

from harness.throughput.plan import BATCHES, POINTS, Plan, PlanError
from harness.throughput.run import run

__all__ = ["BATCHES", "POINTS", "Plan", "PlanError", "run"]
