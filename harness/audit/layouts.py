"""How weights are laid out on either side, and the way from one layout to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Arrays = Mapping[str, np.ndarray]
Shape = tuple[int, ...]


class Layout(Protocol):
    """Takes the arrays of some reference parameters to those of some candidate parameters."""

    @property
    def says(self) -> str:
        """What is done, for people; empty where nothing is."""
        ...

    def to_candidate(self, arrays: Arrays, difference: bool = False) -> dict[str, np.ndarray]:
        """Values by candidate name, from values by reference name.

        Gradients and slots, which know no offsets, are taken there with `difference`.
        """
        ...

    def to_reference(self, arrays: Arrays, difference: bool = False) -> dict[str, np.ndarray]:
        """The inverse."""
        ...


@dataclass(frozen=True)
class Same:
    """One parameter for one: transposed, reshaped, or as it is.

    Attributes:
        reference, candidate: names.
        reference_shape, candidate_shape: shapes.
        axes: of the reference's array, in the order of the candidate's; None for as they are.
    """

    reference: str
    candidate: str
    reference_shape: Shape
    candidate_shape: Shape
    axes: tuple[int, ...] | None = None

    @property
    def says(self) -> str:
        """What is done."""
        if self.axes is not None:
            return f"transposed {list(self.axes)}"
        if self.reference_shape != self.candidate_shape:
            return f"{list(self.reference_shape)} as {list(self.candidate_shape)}"
        return ""

    def to_candidate(self, arrays: Arrays, difference: bool = False) -> dict[str, np.ndarray]:
        array = arrays[self.reference]
        if self.axes is not None:
            array = np.transpose(array, self.axes)
        return {self.candidate: np.reshape(array, self.candidate_shape)}

    def to_reference(self, arrays: Arrays, difference: bool = False) -> dict[str, np.ndarray]:
        array = arrays[self.candidate]
        if self.axes is not None:
            moved = [self.reference_shape[axis] for axis in self.axes]
            array = np.transpose(np.reshape(array, moved), np.argsort(self.axes))
        return {self.reference: np.reshape(array, self.reference_shape)}


@dataclass(frozen=True)
class Lstm:
    """A TensorFlow 1 LSTM cell as a Keras LSTM layer.

    TensorFlow 1 keeps one kernel, [inputs + units, 4 units], gates in the order i, j, f, o, and
    adds `forget_bias` as it runs (`BasicLSTMCell`, `LSTMCell` in rnn_cell_impl.py). Keras keeps
    the rows of the state apart, has the gates in the order i, f, c, o, and adds nothing.

    Attributes:
        cell: scope of the reference's parameters, `kernel` and `bias`.
        layer: scope of the candidate's, `kernel`, `recurrent_kernel` and `bias`.
        reference, candidate: the parameters' names, in that order.
        inputs, units: sizes.
        forget_bias: what the reference adds to the forget gate.
    """

    cell: str
    layer: str
    reference: tuple[str, str]
    candidate: tuple[str, str, str]
    inputs: int
    units: int
    forget_bias: float

    @property
    def says(self) -> str:
        """What is done."""
        gates = "gates i,j,f,o to i,f,c,o, kernel split"
        return f"LSTM cell: {gates}, forget bias {self.forget_bias:g} added"

    def _swapped(self, array: np.ndarray) -> np.ndarray:
        """The second and third gate exchanged: its own inverse."""
        i, j, f, o = np.split(array, 4, axis=-1)
        return np.concatenate([i, f, j, o], axis=-1)

    def _offset(self, dtype: np.dtype) -> np.ndarray:
        """What Keras' bias is more."""
        offset = np.zeros(4 * self.units, dtype)
        offset[self.units : 2 * self.units] = self.forget_bias
        return offset

    def to_candidate(self, arrays: Arrays, difference: bool = False) -> dict[str, np.ndarray]:
        kernel, bias = (arrays[name] for name in self.reference)
        kernel, bias = self._swapped(kernel), self._swapped(bias)
        if not difference:
            bias = bias + self._offset(bias.dtype)
        values = (kernel[: self.inputs], kernel[self.inputs :], bias)
        return dict(zip(self.candidate, values, strict=True))

    def to_reference(self, arrays: Arrays, difference: bool = False) -> dict[str, np.ndarray]:
        kernel, recurrent, bias = (arrays[name] for name in self.candidate)
        if not difference:
            bias = bias - self._offset(bias.dtype)
        values = (self._swapped(np.concatenate([kernel, recurrent])), self._swapped(bias))
        return dict(zip(self.reference, values, strict=True))
