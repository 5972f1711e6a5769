"""The colours that things have indoors: a few of each material, to be drawn from."""

from __future__ import annotations

import numpy as np

Colour = tuple[float, float, float]

MATERIALS: dict[str, tuple[Colour, ...]] = {
    "ceiling": ((222, 220, 212), (208, 207, 203), (228, 224, 210)),
    "carpet": ((112, 108, 104), (98, 104, 116), (128, 112, 94)),
    "tiles": ((168, 160, 148), (186, 178, 164)),
    "paint": ((204, 198, 184), (196, 196, 194), (208, 196, 170), (184, 190, 186)),
    "concrete": ((164, 160, 154), (178, 174, 166)),
    "steel": ((120, 122, 126), (84, 86, 90)),
    "wood": ((156, 116, 76), (128, 90, 58), (184, 148, 104)),
    "laminate": ((206, 198, 184), (178, 142, 100), (168, 166, 162)),
    "fabric": ((44, 46, 54), (58, 72, 104), (112, 44, 44), (70, 84, 70)),
    "upholstery": ((134, 62, 48), (72, 84, 112), (146, 126, 98), (86, 100, 82)),
    "sky": ((214, 226, 238), (200, 218, 236)),
    "outside": ((126, 140, 112), (150, 146, 138)),
    "whiteboard": ((238, 240, 242), (232, 234, 232)),
    "paper": ((232, 228, 218), (240, 240, 236)),
    "cardboard": ((172, 138, 96), (154, 120, 82)),
    "plastic": ((40, 40, 44), (58, 60, 66), (74, 74, 78)),
    "leaves": ((62, 98, 48), (80, 116, 60)),
    "light": ((250, 248, 236), (246, 246, 244)),
    "book": (
        (140, 40, 36),
        (36, 62, 118),
        (44, 92, 60),
        (196, 160, 64),
        (92, 58, 92),
        (204, 198, 186),
        (40, 40, 44),
        (184, 96, 44),
    ),
}


def colour_of(material: str, random: np.random.Generator) -> Colour:
    """One of a material's colours."""
    choices = MATERIALS[material]
    return choices[int(random.integers(len(choices)))]
