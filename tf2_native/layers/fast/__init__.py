"""Faster formulations of what the layers compute, all of them exact: see `docs/fast_layer.md`."""

from tf2_native.layers.fast.first_maximum import maximum_over_points
from tf2_native.layers.fast.linear import linear
from tf2_native.layers.fast.normalised import normalised_relu
from tf2_native.layers.fast.product import maximum, maximum_and_moments

__all__ = ["linear", "maximum", "maximum_and_moments", "maximum_over_points", "normalised_relu"]
