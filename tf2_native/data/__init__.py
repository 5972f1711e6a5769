"""From the files of a data set, in its published format, to batches."""

from tf2_native.data.batches import Batches, clouds_in_batches, count_batches
from tf2_native.data.clouds import Batch, Category, Clouds, Split
from tf2_native.data.modelnet40 import PointCloudFiles

__all__ = [
    "Batch",
    "Batches",
    "Category",
    "Clouds",
    "PointCloudFiles",
    "Split",
    "clouds_in_batches",
    "count_batches",
]
