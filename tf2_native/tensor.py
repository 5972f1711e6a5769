"""`Tensor`: what the layers take and return, whichever backend Keras runs on."""

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
