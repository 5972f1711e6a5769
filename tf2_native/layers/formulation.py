"""Two ways to compute the same layer."""

from typing import Literal, TypeAlias, get_args

Formulation: TypeAlias = Literal["fast", "plain"]


def known(formulation: Formulation) -> Formulation:
    """The formulation, or a ValueError where there is none of that name."""
    if formulation not in get_args(Formulation):
        raise ValueError(f"no formulation is called {formulation!r}; there are fast and plain")
    return formulation
