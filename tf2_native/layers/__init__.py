"""The layers that PointNet is made of, in `keras.ops` alone, so that they run on every backend."""

from tf2_native.layers.activity_orthogonality import MixedOrthogonality, PerCloudOrthogonality
from tf2_native.layers.batch_norm import BatchNormalization
from tf2_native.layers.concatenated_conv import ConcatenatedConv1D
from tf2_native.layers.concatenated_mlp import ConcatenatedMLP
from tf2_native.layers.dropout import Dropout
from tf2_native.layers.initializers import FlatIdentity, ImageGlorotUniform
from tf2_native.layers.max_over_points import MaxOverPoints
from tf2_native.layers.orthogonality import OrthogonalityRegularizer
from tf2_native.layers.shared_mlp import SharedMLP
from tf2_native.layers.shared_mlp_max import SharedMLPMax
from tf2_native.layers.t_net import TNet

__all__ = [
    "BatchNormalization",
    "ConcatenatedConv1D",
    "ConcatenatedMLP",
    "Dropout",
    "FlatIdentity",
    "ImageGlorotUniform",
    "MaxOverPoints",
    "MixedOrthogonality",
    "OrthogonalityRegularizer",
    "PerCloudOrthogonality",
    "SharedMLP",
    "SharedMLPMax",
    "TNet",
]
