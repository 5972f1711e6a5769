"""Scenes as CAD programs write them: faces, materials in use, places; and damaged ones named."""

from __future__ import annotations

import numpy as np
import pytest

from harness.datasets.vrml import VrmlError, read_scene

HEAD = b"#VRML V2.0 utf8\n# see [the licence]\n"
PALETTE = b"""
Shape { appearance Appearance {material DEF PIN-01 Material { diffuseColor 0.8 0.8 0.8 } } }
Shape { appearance Appearance {material DEF UNUSED Material { diffuseColor 0 0 0 } } }
"""


def face_set(points: bytes, index: bytes, more: bytes = b"") -> bytes:
    return (
        b"IndexedFaceSet { creaseAngle 0.5 coordIndex [%s] coord Coordinate { point [%s] } %s }"
        % (index, points, more)
    )


def shape(geometry: bytes, appearance: bytes = b"Appearance{material USE PIN-01 }") -> bytes:
    return b"Shape { geometry %s appearance %s }\n" % (geometry, appearance)


SQUARE = b"0 0 0, 1 0 0, 1 1 0, 0 1 0"


def test_a_face_of_four_corners_is_two_triangles() -> None:
    scene = read_scene(HEAD + PALETTE + shape(face_set(SQUARE, b"0,1,2,3,-1")))
    np.testing.assert_array_equal(
        scene.corners,
        [[[0, 0, 0], [1, 0, 0], [1, 1, 0]], [[0, 0, 0], [1, 1, 0], [0, 1, 0]]],
    )


def test_the_last_face_need_not_be_ended() -> None:
    text = HEAD + PALETTE + shape(face_set(SQUARE, b"0 1 2 -1 0 2 3"))
    assert len(read_scene(text).corners) == 2


def test_materials_in_use_are_named_and_those_declared_are_not() -> None:
    inline = b"Appearance { material DEF GLASS-13 Material { transparency .5 } }"
    bare = b"Appearance { material Material { } }"
    scene = read_scene(
        HEAD
        + PALETTE
        + shape(face_set(SQUARE, b"0,1,2,-1"))
        + shape(face_set(SQUARE, b"0,1,2,3,-1"), inline)
        + shape(face_set(SQUARE, b"0,1,2,-1"), bare)
        + shape(face_set(SQUARE, b"0,1,2,-1"))
    )
    assert scene.names == ("PIN-01", "GLASS-13", "")
    assert scene.materials.tolist() == [0, 1, 1, 2, 0]


def test_a_transform_scales_then_turns_then_moves() -> None:
    inner = shape(face_set(b"1 0 0, 0 1 0, 0 0 1", b"0,1,2,-1"), b"NULL")
    text = b"Transform { translation 10 0 0 rotation 0 0 1 1.5707963267948966 scale 2 1 1 "
    scene = read_scene(HEAD + text + b"children [ %s ] }" % inner)
    np.testing.assert_allclose(scene.corners[0], [[10, 2, 0], [9, 0, 0], [10, 0, 1]], atol=1e-12)


def test_transforms_nest_and_turn_about_their_centre() -> None:
    inner = shape(face_set(b"1 0 0, 2 0 0, 1 1 0", b"0,1,2,-1"), b"NULL")
    turned = b"Transform { center 1 0 0 rotation 0 0 1 3.141592653589793 children %s }" % inner
    scene = read_scene(HEAD + b"Transform { translation 5 0 0 children [ %s ] }" % turned)
    np.testing.assert_allclose(scene.corners[0], [[6, 0, 0], [5, 0, 0], [6, -1, 0]], atol=1e-12)


def test_shared_nodes_and_a_switch() -> None:
    shown = b"DEF o2 Group { children %s }" % shape(face_set(SQUARE, b"0,1,2,-1"), b"NULL")
    text = b"Switch { whichChoice 1 choice [ Group { }, Group { children [ %s, USE o2 ] } ] }"
    assert len(read_scene(HEAD + text % shown).corners) == 2


def test_points_can_be_shared_and_other_geometry_is_read_past() -> None:
    lines = b"IndexedLineSet { coord DEF c Coordinate { point [%s] } coordIndex [0,1,-1] }" % SQUARE
    text = HEAD + shape(lines, b"NULL")
    text += shape(b"IndexedFaceSet { coord USE c coordIndex [0,1,2,-1] solid FALSE }", b"NULL")
    assert len(read_scene(text).corners) == 1


def test_clockwise_faces_are_turned_over() -> None:
    scene = read_scene(HEAD + shape(face_set(SQUARE, b"0,1,2,-1", b"ccw FALSE"), b"NULL"))
    a, b, c = scene.corners[0]
    assert np.cross(b - a, c - a)[2] < 0


def test_a_sign_in_a_string_begins_no_comment() -> None:
    text = HEAD + b'NavigationInfo { type [ "A#B", "ANY" ] headlight TRUE }\n'
    assert len(read_scene(text + shape(face_set(SQUARE, b"0,1,2,-1"), b"NULL")).corners) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"#VRML V1.0 ascii\n", "does not begin"),
        (b"", "does not begin"),
        (HEAD, "no faces"),
        (HEAD + PALETTE, "no faces"),
        (HEAD + shape(face_set(SQUARE, b"0,1,-1"), b"NULL"), "no faces"),
        (HEAD + shape(face_set(SQUARE, b"0,1,4,-1"), b"NULL"), "corner 4, but there are 4"),
        (HEAD + shape(face_set(b"0 0 0 1", b"0,1,2,-1"), b"NULL"), "no multiple of 3"),
        (HEAD + shape(face_set(b"0 0 1e999 1 0 0 0 1 0", b"0,1,2,-1"), b"NULL"), "not finite"),
        (HEAD + shape(face_set(b"0 0 1-2-3 1 0 0", b"0,1,2,-1"), b"NULL"), "not a number"),
        (HEAD + shape(face_set(b"0 0 nan 1 0 0", b"0,1,2,-1"), b"NULL"), "expected a node"),
        (HEAD + shape(face_set(SQUARE, b"0,1,2,-1")), "uses 'PIN-01', which is not defined"),
        (HEAD + PALETTE + shape(face_set(SQUARE, b"0,1,2,-1"))[:-20], "truncated"),
        (HEAD + b"Transform { scale 1 children [ ] }", "takes 3 numbers"),
        (HEAD + b"DEF a Group { children USE a }", "too deeply"),
        (HEAD + b"} ] {", "expected a node"),
    ],
)
def test_damaged_scenes(text: bytes, message: str) -> None:
    with pytest.raises(VrmlError, match=message):
        read_scene(text)
