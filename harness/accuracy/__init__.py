"""Which accuracy each implementation reaches, trained by its own commands on the same files."""

from harness.accuracy.studies import Study, studies
from harness.accuracy.sweep import Plan, run
from harness.accuracy.tasks import TASK_OF
from harness.accuracy.training import TrainingError

__all__ = ["TASK_OF", "Plan", "Study", "TrainingError", "run", "studies"]
