"""Reads the triangles of a VRML 2.0 scene (ISO/IEC 14772-1) and the material of each.

What CAD exports are made of is understood: groups, transforms, switches, shared nodes (DEF and
USE) and indexed face sets. Other nodes are read past. Long arrays of numbers are left to NumPy, so
that a scene of a megabyte takes tens of milliseconds.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class VrmlError(ValueError):
    """A scene that cannot be read: one line that says what is wrong with it."""


@dataclass(frozen=True)
class Scene:
    """All triangles of a scene, in its own coordinates.

    Attributes:
        corners: float64, F x 3 x 3; face, corner, axis; anticlockwise seen from outside where the
            file says so.
        materials: int32, F; a position in `names`.
        names: of the materials that are used: the name they were defined under, or "" where they
            have none.
    """

    corners: Floats
    materials: npt.NDArray[np.int32]
    names: tuple[str, ...]


def read_scene(text: bytes) -> Scene:
    """The triangles of a VRML 2.0 file; faces of more corners are cut into fans.

    Raises:
        VrmlError: not VRML 2.0, unsound syntax, an index without a point, a coordinate that is
            not finite, or no face at all.
    """
    if not text.startswith(b"#VRML V2.0"):
        raise VrmlError("does not begin with #VRML V2.0")
    try:
        with warnings.catch_warnings():
            # How NumPy before 2.3 says that text is not numbers.
            warnings.simplefilter("error", DeprecationWarning)
            faces = [face for node in _Reader(text).nodes() for face in _faces(node, _IDENTITY)]
    except RecursionError:
        raise VrmlError("nodes are nested too deeply") from None
    if not faces:
        raise VrmlError("has no faces")
    return _scene(faces)


# -- syntax ----------------------------------------------------------------------------------------

# A comment runs to the end of its line unless its sign stands in a string; most files have no
# string, and the plain pattern is five times as fast.
_COMMENT = re.compile(rb"()#[^\n]*")
_COMMENT_OR_STRING = re.compile(rb'("(?:[^"\\]|\\.)*")|#[^\n]*')
# An array of numbers is one token.
_TOKEN = re.compile(rb'\[[-+.,\deE\s]*\]|[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s,{}\[\]"]+')
# What is neither a node nor the name of a field begins with one of these, or is one of those.
_BEGINS_VALUE = frozenset(b'-+.0123456789"')
_OPENS = ord("[")
_WORDS = frozenset({b"TRUE", b"FALSE", b"NULL"})


@dataclass(slots=True)
class _Node:
    """A node: its type, the name it was defined under, and its fields."""

    kind: bytes
    name: bytes = b""
    fields: dict[bytes, Any] = field(default_factory=dict)


class _Reader:
    """Builds nodes from tokens.

    A field holds an array of numbers as the bytes between its brackets, nodes as a list, and
    anything else as a list of tokens.
    """

    def __init__(self, text: bytes) -> None:
        comment = _COMMENT_OR_STRING if b'"' in text else _COMMENT
        self._tokens = iter(_TOKEN.findall(comment.sub(rb"\1", text)))
        self._next = self._tokens.__next__
        self._defined: dict[bytes, _Node] = {}

    def nodes(self) -> list[_Node]:
        """The nodes at the top of the file."""
        found = []
        try:
            for token in self._tokens:
                found.append(self._node(token))
        except StopIteration:
            raise VrmlError("ends in the middle of a node; truncated") from None
        return found

    def _node(self, token: bytes) -> _Node:
        if token == b"USE":
            name = self._next()
            if name not in self._defined:
                raise VrmlError(f"uses {_show(name)}, which is not defined above it")
            return self._defined[name]
        node = _Node(token)
        if token == b"DEF":
            node.name, node.kind = self._next(), self._next()
            self._defined[node.name] = node
        if self._next() != b"{":
            raise VrmlError(f"expected a node where {_show(node.kind)} stands")
        self._read_fields(node)
        return node

    def _read_fields(self, node: _Node) -> None:
        # The loop that all the time goes into: a library has fifty million tokens.
        next_token, fields = self._next, node.fields
        token = next_token()
        while token != b"}":
            name, token = token, next_token()
            if token[0] == _OPENS:
                fields[name] = token[1:-1] if len(token) > 1 else self._listed()
                token = next_token()
            elif token[0] in _BEGINS_VALUE or token in _WORDS:
                values = fields[name] = []
                while token[0] in _BEGINS_VALUE or token in _WORDS:
                    values.append(token)
                    token = next_token()
            else:
                fields[name], token = [self._node(token)], next_token()

    def _listed(self) -> list[Any]:
        """The nodes, or the strings, up to the closing bracket."""
        found: list[Any] = []
        while (token := self._next()) != b"]":
            is_value = token[0] in _BEGINS_VALUE or token in _WORDS
            found.append(token if is_value else self._node(token))
        return found


def _show(token: bytes) -> str:
    return repr(token[:40].decode("latin-1"))


# -- meaning ---------------------------------------------------------------------------------------

_IDENTITY = np.eye(4)
_IDENTITY.flags.writeable = False
_NO_COORDINATES = _Node(b"Coordinate")


@dataclass(frozen=True, slots=True)
class _FaceSet:
    """An indexed face set in the scene's coordinates: points, indices as written, material."""

    points: Floats
    indices: npt.NDArray[np.int64]
    material: str


def _faces(node: _Node, placed: Floats) -> Iterator[_FaceSet]:
    """The face sets below a node that stands where `placed`, 4 x 4, puts it."""
    if node.kind == b"Shape":
        for geometry in _nodes(node, b"geometry"):
            if geometry.kind == b"IndexedFaceSet":
                yield _face_set(geometry, _material(node), placed)
    elif node.kind == b"Switch":
        (choice,) = _floats(node, b"whichChoice", (-1,))
        children = _nodes(node, b"choice")
        if 0 <= choice < len(children):
            yield from _faces(children[int(choice)], placed)
    else:
        if node.kind == b"Transform":
            placed = placed @ _transform(node)
        for child in _nodes(node, b"children"):
            yield from _faces(child, placed)


def _nodes(node: _Node, name: bytes) -> list[_Node]:
    """The nodes in a field; none where it is absent, empty or NULL."""
    return [value for value in node.fields.get(name, ()) if isinstance(value, _Node)]


def _material(shape: _Node) -> str:
    for appearance in _nodes(shape, b"appearance"):
        for material in _nodes(appearance, b"material"):
            return (material.name or appearance.name).decode("latin-1")
    return ""


def _face_set(node: _Node, material: str, placed: Floats) -> _FaceSet:
    coordinates = (_nodes(node, b"coord") or [_NO_COORDINATES])[0]
    points = _numbers(coordinates, b"point", np.float64)
    if len(points) % 3:
        raise VrmlError(f"a point array holds {len(points)} numbers, which is no multiple of 3")
    points = points.reshape(-1, 3)
    indices = _numbers(node, b"coordIndex", np.int64)
    if len(indices) and indices[-1] >= 0:
        indices = np.append(indices, -1)
    if len(indices) and indices.max() >= len(points):
        raise VrmlError(f"a face has corner {indices.max()}, but there are {len(points)} points")
    if placed is not _IDENTITY:
        points = points @ placed[:3, :3].T + placed[:3, 3]
    if node.fields.get(b"ccw") == [b"FALSE"]:
        indices = indices[:-1][::-1]
        indices = np.append(indices, -1)
    return _FaceSet(points, indices, material)


def _numbers(node: _Node, name: bytes, dtype: type[np.generic]) -> npt.NDArray[Any]:
    """A field that holds an array of numbers."""
    text = node.fields.get(name, b"")
    if not isinstance(text, bytes):
        raise VrmlError(f"{_show(name)} is not an array of numbers")
    try:
        return np.fromstring(text.replace(b",", b" "), dtype=dtype, sep=" ")
    except (ValueError, DeprecationWarning):
        raise VrmlError("an array holds something that is not a number") from None


def _floats(node: _Node, name: bytes, default: tuple[float, ...]) -> tuple[float, ...]:
    given = node.fields.get(name)
    if given is None:
        return default
    try:
        values = tuple(map(float, given))
    except (TypeError, ValueError):
        values = ()
    if len(values) != len(default):
        raise VrmlError(f"{_show(name)} of a {_show(node.kind)} takes {len(default)} numbers")
    return values


def _transform(node: _Node) -> Floats:
    """4 x 4; section 6.52 of the standard: T C R SR S -SR -C."""
    center = _floats(node, b"center", (0, 0, 0))
    tilt = _rotation(_floats(node, b"scaleOrientation", (0, 0, 1, 0)))
    scale = np.diag([*_floats(node, b"scale", (1, 1, 1)), 1.0])
    turn = _rotation(_floats(node, b"rotation", (0, 0, 1, 0)))
    move = _translation(_floats(node, b"translation", (0, 0, 0)))
    about = _translation(center)
    return move @ about @ turn @ tilt @ scale @ tilt.T @ np.linalg.inv(about)


def _translation(by: tuple[float, ...]) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 3] = by
    return matrix


def _rotation(axis_angle: tuple[float, ...]) -> Floats:
    """4 x 4, from an axis and an angle in radians (Rodrigues' formula)."""
    *axis, angle = axis_angle
    length = float(np.linalg.norm(axis))
    matrix = np.eye(4)
    if length > 0:
        x, y, z = np.divide(axis, length)
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        matrix[:3, :3] += np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return matrix


def _scene(sets: list[_FaceSet]) -> Scene:
    """Joins the face sets and cuts every face into a fan of triangles, all at once."""
    counts = [len(s.points) for s in sets]
    lengths = [len(s.indices) for s in sets]
    points = np.concatenate([s.points for s in sets])
    if not np.isfinite(points).all():
        raise VrmlError("a coordinate is not finite")
    indices = np.concatenate([s.indices for s in sets])
    offsets = np.repeat(np.cumsum([0, *counts[:-1]]), lengths)
    names = tuple(dict.fromkeys(s.material for s in sets))
    position = {name: i for i, name in enumerate(names)}
    owners = np.repeat(np.array([position[s.material] for s in sets], np.int32), lengths)

    ends = indices < 0
    place = np.arange(len(indices))
    # Where the face of each corner begins: one past the last end before it.
    begins = np.maximum.accumulate(np.where(ends, place + 1, 0))
    begins = np.concatenate([[0], begins[:-1]])
    third = np.flatnonzero(~ends & (place - begins >= 2))
    corners = np.stack([begins[third], third - 1, third], axis=1)
    if not len(corners):
        raise VrmlError("has no faces")
    return Scene(points[(indices + offsets)[corners]], owners[third], names)
