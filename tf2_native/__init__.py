"""PointNet in Keras 3: the TensorFlow 1.x networks rewritten, and still the same functions."""

from tf2_native.models import MODELS, build_model
from tf2_native.naming import named_variables
from tf2_native.recipes import RECIPES, Recipe, compile_model

__all__ = ["MODELS", "RECIPES", "Recipe", "build_model", "compile_model", "named_variables"]
