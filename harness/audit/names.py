"""Parameter names of different frameworks, brought to one form."""

from __future__ import annotations

import re

# What a parameter is, by what the frameworks call it.
_ROLES = {
    "kernel": ("kernel", "weights", "weight", "w", "embeddings", "embedding", "lookup_table"),
    "bias": ("bias", "biases", "b"),
    "gamma": ("gamma", "scale"),
    "beta": ("beta", "offset", "center", "shift"),
    "moving_mean": ("moving_mean", "running_mean", "mean", "pop_mean", "population_mean"),
    "moving_variance": (
        "moving_variance",
        "moving_var",
        "running_var",
        "running_variance",
        "variance",
        "pop_var",
    ),
    "recurrent_kernel": ("recurrent_kernel", "recurrent_weights"),
    "depthwise_kernel": ("depthwise_kernel", "depthwise_weights"),
    "pointwise_kernel": ("pointwise_kernel", "pointwise_weights"),
}
ROLES = frozenset(_ROLES)  # two different ones of these never correspond
_ROLE_OF = {alias: role for role, aliases in _ROLES.items() for alias in aliases}

# What a layer is, by what the frameworks call it; longest first where one contains another.
_KINDS = {
    "batchnormalization": "bn",
    "batchnorm": "bn",
    "bn": "bn",
    "fullyconnected": "dense",
    "fc": "dense",
    "dense": "dense",
    "convolution": "conv",
    "conv": "conv",
    "embed": "embedding",
    "embedding": "embedding",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Says nothing about which layer it is.
_EMPTY = {"model", "sequential", "functional", "network", "net", "module", "layer"}


def leaf(name: str) -> str:
    """The last part of a name, without TensorFlow's `:0`."""
    return re.split(r"[/.]", name.split(":")[0])[-1]


def scope(name: str) -> str:
    """All but the last part of a name: the layer that the parameter belongs to."""
    return re.sub(r"[/.]?[^/.]*$", "", name.split(":")[0])


def role(name: str) -> str:
    """What a parameter is: "kernel", "bias", "gamma", ...; its own last part if unknown."""
    last = leaf(name).lower()
    plain = re.sub(r"_?\d+$", "", last)
    return _ROLE_OF.get(last) or _ROLE_OF.get(plain) or plain or last


def words(name: str) -> tuple[str, ...]:
    """The words of a parameter's scope, in one spelling: `fc_1/BatchNorm` is dense, 1, bn."""
    return tuple(
        word
        for part in re.split(r"[/.]", scope(name))
        for word in _spelled(_WORD.findall(part))
        if word not in _EMPTY
    )


def _spelled(found: list[str]) -> list[str]:
    """The words of one part of a scope; a kind of layer spelt in two words becomes one."""
    lowered = [word.lower() for word in found]
    spelled: list[str] = []
    position = 0
    while position < len(lowered):
        pair = "".join(lowered[position : position + 2])
        if pair in _KINDS and len(lowered) > position + 1:
            spelled.append(_KINDS[pair])
            position += 2
        else:
            spelled.append(_KINDS.get(lowered[position], lowered[position]))
            position += 1
    # conv2d_1: the number of dimensions is no number of a layer.
    return [w for i, w in enumerate(spelled) if not (w == "d" or _is_dimension(spelled, i))]


def _is_dimension(spelled: list[str], i: int) -> bool:
    return spelled[i] in ("1", "2", "3") and i + 1 < len(spelled) and spelled[i + 1] == "d"


def same_scope_form(name: str) -> str:
    """One form of scope and role: equal for `conv1/weights:0` and `model.conv1.kernel`."""
    return " ".join((*words(name), role(name)))


def unnumbered(name: str) -> str:
    """The same form without the numbers."""
    return " ".join(word for word in (*words(name), role(name)) if not word.isdigit())


def numbers(name: str) -> tuple[int, ...]:
    """The numbers in a scope, which rank names that are alike without them."""
    return tuple(int(word) for word in words(name) if word.isdigit())


def similarity(one: str, other: str) -> float:
    """How alike two scopes are, from 0 to 1: the share of words in common, in order."""
    ours, theirs = words(one), words(other)
    if not ours and not theirs:
        return 1.0
    return 2 * _longest_common(ours, theirs) / (len(ours) + len(theirs))


def _longest_common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for i, candidate in enumerate(other):
            above = row[i + 1]
            row[i + 1] = before + 1 if word == candidate else max(above, row[i])
            before = above
    return row[-1]
