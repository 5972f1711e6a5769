"""Which accuracy each implementation reaches, trained by its own commands on the same files."""

from harness.accuracy.comparison import Plan, compare, settings
from harness.accuracy.tasks import TASK_OF
from harness.accuracy.training import TrainingError

__all__ = ["TASK_OF", "Plan", "TrainingError", "compare", "settings"]
