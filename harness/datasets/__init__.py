"""Data sets: fetched, built, checked, counted and drawn from, each in a published layout."""

from harness.datasets.batch import read_batch
from harness.datasets.clouds import Clouds
from harness.datasets.errors import DatasetError
from harness.datasets.layouts import summaries
from harness.datasets.registry import DATASETS, DatasetSpec
from harness.datasets.samples import sample
from harness.datasets.summary import Summary, class_counts

__all__ = [
    "DATASETS",
    "Clouds",
    "DatasetError",
    "DatasetSpec",
    "Summary",
    "class_counts",
    "read_batch",
    "sample",
    "summaries",
]
