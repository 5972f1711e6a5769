"""Maxima of a product over the points, without the product: see `docs/fast_layer.md`."""

from tf2_native.layers.fast.product import maximum, maximum_and_moments

__all__ = ["maximum", "maximum_and_moments"]
