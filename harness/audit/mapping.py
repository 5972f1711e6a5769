"""Which parameter of the candidate is which of the reference: by rule, name, shape, then order."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from harness.audit.layouts import Layout, Lstm, Same, Shape
from harness.audit.names import (
    ROLES,
    leaf,
    numbers,
    role,
    same_scope_form,
    scope,
    similarity,
    unnumbered,
)
from harness.audit.spec import SpecError, Weights
from harness.models import Parameter

FORGET_BIAS = 1.0  # of BasicLSTMCell and LSTMCell, unless they are told another


@dataclass(frozen=True)
class Link:
    """Parameters that correspond.

    Attributes:
        references, candidates: their names.
        how: "rule", "name", "similar name", "layer", "shape", "order" or "LSTM cell".
        confidence: from 0 to 1; 1 for what was told.
        layout: takes the one's arrays to the other's.
    """

    references: tuple[str, ...]
    candidates: tuple[str, ...]
    how: str
    confidence: float
    layout: Layout


@dataclass(frozen=True)
class Mapping:
    """All correspondences, and what has none.

    Attributes:
        links: in the reference's order.
        only_reference, only_candidate: parameters without counterpart, those ignored left out.
        ambiguous: those that might have one, a line each with the rule to write.
    """

    links: tuple[Link, ...]
    only_reference: tuple[str, ...] = ()
    only_candidate: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()

    def to_toml(self) -> str:
        """The correspondences as rules that could be pasted into the description."""
        names, axes, cells = [], [], []
        for link in self.links:
            layout = link.layout
            if isinstance(layout, Lstm):
                cells += [
                    f"[weights.lstm.{_quoted(layout.cell)}]",
                    f"candidate = {_quoted(layout.layer)}",
                    f"forget_bias = {layout.forget_bias}",
                    "",
                ]
            elif isinstance(layout, Same):
                names.append(f"{_quoted(layout.reference)} = {_quoted(layout.candidate)}")
                if layout.axes is not None:
                    axes.append(f"{_quoted(layout.reference)} = {list(layout.axes)}")
        lines = ["[weights.names]", *names, ""] if names else []
        lines += ["[weights.transpose]", *axes, ""] if axes else []
        return "\n".join([*lines, *cells])


def _quoted(name: str) -> str:
    return json.dumps(name)


@dataclass
class _Search:
    """What is still to be paired, and what has been."""

    references: dict[str, Parameter]
    candidates: dict[str, Parameter]
    rules: Weights
    forget_biases: dict[str, float]
    links: list[Link] = field(default_factory=list)

    def pair(self, reference: str, candidate: str, how: str, confidence: float) -> None:
        one, other = self.references.pop(reference), self.candidates.pop(candidate)
        axes = self.rules.transpose.get(reference)
        if axes is None and not _reshapes(one.shape, other.shape):
            axes = (1, 0)
        layout = Same(reference, candidate, one.shape, other.shape, axes)
        self.links.append(Link((reference,), (candidate,), how, confidence, layout))

    def fits(self, reference: str, candidate: str) -> bool:
        """Whether the one's values could be the other's."""
        one, other = self.references[reference], self.candidates[candidate]
        axes = self.rules.transpose.get(reference)
        if axes is not None:
            return _reshapes(tuple(one.shape[axis] for axis in axes), other.shape)
        return _reshapes(one.shape, other.shape)


def find_mapping(
    references: Sequence[Parameter],
    candidates: Sequence[Parameter],
    rules: Weights,
    where: str = "weights",
    forget_biases: dict[str, float] | None = None,
) -> Mapping:
    """Pair the parameters of two networks.

    Arguments:
        references, candidates: in the order in which each network made them.
        rules: what is told; the rest is found.
        where: the file and table of the rules, to name in messages.
        forget_biases: of the reference's LSTM cells, by scope, as far as they are known.

    Raises:
        SpecError: a rule names a parameter that is not there, or that does not fit.
    """
    order = {p.name: i for i, p in enumerate(references)}
    search = _Search(
        _without(references, rules.ignore_reference, f"{where}.ignore_reference"),
        _without(candidates, rules.ignore_candidate, f"{where}.ignore_candidate"),
        rules,
        forget_biases or {},
    )
    _by_rule(search, where)
    _lstm_by_rule(search, where)
    _lstm_cells(search)
    for step in (_by_name, _by_similar_name, _by_shape, _by_order, _by_transposition):
        step(search)
    links = sorted(search.links, key=lambda link: order[link.references[0]])
    return Mapping(
        tuple(links), tuple(search.references), tuple(search.candidates), _ambiguous(search)
    )


def _without(
    parameters: Iterable[Parameter], patterns: Sequence[str], where: str
) -> dict[str, Parameter]:
    named = {p.name: p for p in parameters}
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in named):
            raise SpecError(f"{where}: nothing is called {pattern!r}{_nearest(pattern, named)}")
    return {n: p for n, p in named.items() if not any(fnmatchcase(n, x) for x in patterns)}


def _nearest(name: str, names: Iterable[str]) -> str:
    ranked = sorted(names, key=lambda other: -similarity(name, other) - (role(name) == role(other)))
    return f"; there are {', '.join(ranked[:3])}" if ranked else ""


def _by_rule(search: _Search, where: str) -> None:
    for reference in search.rules.transpose:
        if reference not in search.references:
            raise SpecError(
                f"{where}.transpose: the reference has no parameter {reference!r}"
                f"{_nearest(reference, search.references)}"
            )
        axes, shape = search.rules.transpose[reference], search.references[reference].shape
        if sorted(axes) != list(range(len(shape))):
            raise SpecError(f"{where}.transpose: {list(axes)} are not the axes of {list(shape)}")
    for reference, candidate in search.rules.names.items():
        for side, name, names in (
            ("reference", reference, search.references),
            ("candidate", candidate, search.candidates),
        ):
            if name not in names:
                raise SpecError(
                    f"{where}.names: the {side} has no parameter {name!r} left"
                    f"{_nearest(name, names)}"
                )
        if not search.fits(reference, candidate):
            one, other = search.references[reference].shape, search.candidates[candidate].shape
            raise SpecError(
                f"{where}.names: {reference} is {list(one)}, {candidate} is {list(other)}: "
                "a rule under weights.transpose may be missing"
            )
        search.pair(reference, candidate, "rule", 1.0)


# -- LSTM cells ------------------------------------------------------------------------------------


def _cells(search: _Search) -> dict[str, tuple[Parameter, Parameter]]:
    """Pairs [inputs + units, 4 units] and [4 units] of the reference, by scope."""
    found = {}
    for name, kernel in search.references.items():
        bias = next(
            (
                p
                for n, p in search.references.items()
                if scope(n) == scope(name) and role(n) == "bias"
            ),
            None,
        )
        if role(name) == "kernel" and bias is not None and _is_cell(kernel.shape, bias.shape):
            found[scope(name)] = (kernel, bias)
    return found


def _is_cell(kernel: Shape, bias: Shape) -> bool:
    return len(kernel) == 2 and bias == (kernel[1],) and kernel[1] % 4 == 0


def _layers(search: _Search) -> dict[str, tuple[Parameter, Parameter, Parameter]]:
    """Keras LSTM layers of the candidate, by scope."""
    found = {}
    for name in search.candidates:
        if leaf(name) != "recurrent_kernel":
            continue
        parts = {leaf(n): p for n, p in search.candidates.items() if scope(n) == scope(name)}
        if {"kernel", "recurrent_kernel", "bias"} <= set(parts):
            kernel, recurrent, bias = (parts[k] for k in ("kernel", "recurrent_kernel", "bias"))
            if recurrent.shape[1] == 4 * recurrent.shape[0] and bias.shape == recurrent.shape[1:]:
                found[scope(name)] = (kernel, recurrent, bias)
    return found


def _lstm_by_rule(search: _Search, where: str) -> None:
    for cell, rule in search.rules.lstm.items():
        cells, layers = _cells(search), _layers(search)
        if cell not in cells:
            raise SpecError(
                f"{where}.lstm: the reference has no LSTM cell {cell!r}: "
                f"{', '.join(cells) or 'none at all'}"
            )
        # Keras keeps a layer's weights under its cell's name; either may be told.
        layer = next((s for s in layers if s == rule.candidate or scope(s) == rule.candidate), None)
        if layer is None or not _cell_fits(cells[cell], layers[layer]):
            raise SpecError(
                f"{where}.lstm: the candidate has no LSTM layer {rule.candidate!r} that fits: "
                f"{', '.join(layers) or 'none at all'}"
            )
        _pair_cell(search, cell, layer, rule.forget_bias, "rule", 1.0)


def _cell_fits(
    cell: tuple[Parameter, Parameter], layer: tuple[Parameter, Parameter, Parameter]
) -> bool:
    rows, columns = cell[0].shape
    kernel, recurrent, _ = layer
    return kernel.shape[1] == columns and kernel.shape[0] + recurrent.shape[0] == rows


def _lstm_cells(search: _Search) -> None:
    """Cells and layers of one shape: in order, where there are as many of the one as the other."""
    cells, layers = _cells(search), _layers(search)
    for cell, parameters in cells.items():
        fitting = [s for s in _layers(search) if _cell_fits(parameters, layers[s])]
        rivals = [
            c for c in _cells(search) if any(_cell_fits(cells[c], layers[s]) for s in fitting)
        ]
        if fitting and len(fitting) == len(rivals):
            confidence = 0.9 if len(fitting) == 1 else 0.6
            _pair_cell(search, cell, fitting[0], None, "LSTM cell", confidence)


def _pair_cell(
    search: _Search, cell: str, layer: str, forget_bias: float | None, how: str, confidence: float
) -> None:
    kernel, bias = _cells(search)[cell]
    theirs = _layers(search)[layer]
    if forget_bias is None:
        forget_bias = search.forget_biases.get(cell, FORGET_BIAS)
        if cell not in search.forget_biases:
            confidence = min(confidence, 0.7)
    units = theirs[1].shape[0]
    layout = Lstm(
        cell=cell,
        layer=layer,
        reference=(kernel.name, bias.name),
        candidate=(theirs[0].name, theirs[1].name, theirs[2].name),
        inputs=kernel.shape[0] - units,
        units=units,
        forget_bias=forget_bias,
    )
    for name in layout.reference:
        del search.references[name]
    for name in layout.candidate:
        del search.candidates[name]
    search.links.append(Link(layout.reference, layout.candidate, how, confidence, layout))


# -- everything else -------------------------------------------------------------------------------


def _reshapes(one: Shape, other: Shape) -> bool:
    """Whether the one can be read as the other: axes of size 1 dropped, or neighbours joined."""
    if math.prod(one) != math.prod(other):
        return False
    ours, theirs = ([size for size in shape if size != 1] for shape in (one, other))
    return ours == theirs or _joins(ours, theirs) or _joins(theirs, ours)


def _joins(fine: list[int], coarse: list[int]) -> bool:
    """Whether neighbours among the fine sizes multiply to the coarse ones, the last ones equal.

    A dense kernel may be a convolution's; that the last axes differ means something else.
    """
    if not fine or not coarse or fine[-1] != coarse[-1]:
        return False
    position = 0
    for size in coarse:
        product = 1
        while product < size and position < len(fine):
            product *= fine[position]
            position += 1
        if product != size:
            return False
    return position == len(fine)


def _by_name(search: _Search) -> None:
    """Names that are the same once spelt alike, and are so only once on either side.

    Names that differ by numbers alone are taken by rank: frameworks count `conv2d`, `conv2d_1` on
    through a process, so that the numbers of two networks need not start alike.
    """
    for form in {unnumbered(name): None for name in search.references}:
        ours = _numbered(form, search.references)
        theirs = _numbered(form, search.candidates)
        alike = len(ours) == len(theirs)
        if alike and all(search.fits(r, c) for r, c in zip(ours, theirs, strict=True)):
            for reference, candidate in zip(ours, theirs, strict=True):
                search.pair(reference, candidate, "name", _name_confidence(reference, candidate))
    for reference in list(search.references):
        same = same_scope_form(reference)
        ours = [n for n in search.references if same_scope_form(n) == same]
        theirs = [n for n in search.candidates if same_scope_form(n) == same]
        if len(ours) == len(theirs) == 1 and search.fits(reference, theirs[0]):
            search.pair(reference, theirs[0], "name", _name_confidence(reference, theirs[0]))


def _numbered(form: str, names: Iterable[str]) -> list[str]:
    """The names of one form, by their numbers."""
    return sorted((n for n in names if unnumbered(n) == form), key=numbers)


def _name_confidence(reference: str, candidate: str) -> float:
    if reference == candidate:
        return 1.0
    return 0.95 if same_scope_form(reference) == same_scope_form(candidate) else 0.8


MARGIN = 0.2  # by which a name has to be nearer than any other


def _by_similar_name(search: _Search) -> None:
    """Of one role and of shapes that fit, each the other's clear favourite by its words."""
    while True:
        for reference in search.references:
            candidate = _favourite(search, reference)
            if candidate is not None:
                alike = similarity(reference, candidate)
                search.pair(reference, candidate, "similar name", round(0.5 + 0.4 * alike, 2))
                break
        else:
            return


def _favourite(search: _Search, reference: str) -> str | None:
    theirs = [c for c in search.candidates if _alike(search, reference, c)]
    best = _clear_best(theirs, lambda c: similarity(reference, c))
    if best is None:
        return None
    ours = [r for r in search.references if _alike(search, r, best)]
    return best if _clear_best(ours, lambda r: similarity(r, best)) == reference else None


def _alike(search: _Search, reference: str, candidate: str) -> bool:
    return role(reference) == role(candidate) and search.fits(reference, candidate)


def _clear_best(names: Sequence[str], score: Callable[[str], float]) -> str | None:
    ranked = sorted(((score(name), name) for name in names), reverse=True)
    if not ranked or ranked[0][0] < 0.5:
        return None
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    return ranked[0][1] if ranked[0][0] - second >= MARGIN else None


def _by_shape(search: _Search) -> None:
    """The only ones left of their role, or of any, whose shapes fit each other."""
    for same_role in (True, False):
        for reference in list(search.references):
            theirs = [c for c in search.candidates if _could(search, reference, c, same_role)]
            if len(theirs) != 1:
                continue
            ours = [r for r in search.references if _could(search, r, theirs[0], same_role)]
            if ours == [reference]:
                search.pair(reference, theirs[0], "shape", 0.7 if same_role else 0.4)


def _could(search: _Search, reference: str, candidate: str, same_role: bool) -> bool:
    if same_role:
        return _alike(search, reference, candidate)
    roles = {role(reference), role(candidate)}
    known = len(roles) > 1 and roles <= ROLES
    trainable = search.references[reference].trainable == search.candidates[candidate].trainable
    return not known and trainable and search.fits(reference, candidate)


def _by_order(search: _Search) -> None:
    """As many of one role and shape on either side: in the order in which they were made."""
    for reference in list(search.references):
        if reference not in search.references:
            continue
        theirs = [c for c in search.candidates if _alike(search, reference, c)]
        ours = [r for r in search.references if theirs and _alike(search, r, theirs[0])]
        closed = all(_alike(search, r, c) for r in ours for c in theirs)
        if theirs and closed and len(ours) == len(theirs):
            for one, other in zip(ours, theirs, strict=True):
                search.pair(one, other, "order", 0.5)


def _by_transposition(search: _Search) -> None:
    """Matrices that only fit the other way round, if there is but one of that kind."""

    def turned(reference: str, candidate: str) -> bool:
        one, other = search.references[reference].shape, search.candidates[candidate].shape
        same = role(reference) == role(candidate) == "kernel"
        return same and len(one) == 2 and one == other[::-1]

    for reference in list(search.references):
        theirs = [c for c in search.candidates if turned(reference, c)]
        ours = [r for r in search.references if theirs and turned(r, theirs[0])]
        if len(theirs) == 1 and ours == [reference]:
            search.pair(reference, theirs[0], "shape", 0.4)


def _ambiguous(search: _Search) -> tuple[str, ...]:
    """A line for every parameter of the reference that might be one of several."""
    found = []
    for name, parameter in search.references.items():
        fitting = [c for c in search.candidates if _could(search, name, c, False)]
        if fitting:
            found.append(
                f"{name} {list(parameter.shape)} may be {' or '.join(fitting[:4])}: write under "
                f"[weights.names] {_quoted(name)} = {_quoted(fitting[0])}, or whichever it is"
            )
    return tuple(found)
