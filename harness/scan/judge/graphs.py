"""Judgements on graphs and sessions: what refuses eager mode, and what is in no graph."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from harness.scan import tables
from harness.scan.judge import python
from harness.scan.judge.names import spelled_path
from harness.scan.judge.values import parts
from harness.scan.values import (
    ANY,
    Api,
    Bound,
    Function,
    Kind,
    Unknown,
    Value,
    alternatives,
    is_eager,
    kind_of,
)

SAVER = "tensorflow.python.training.saver.Saver"


def nothing_to_save(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """A saver in a session's graph, of variables that were made outside of it."""
    saved = keywords.get("var_list", arguments[0] if arguments else ANY)
    if run.mode is False and kind_of(saved) == "uncollected":
        run.report(
            "graph-only",
            node,
            "no variable to save: they were made in eager mode, and are in no graph",
            raises="ValueError",
        )


def eager_refusal(
    run: Any, node: ast.Call, callee: Api, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """A function that refuses to work in eager mode."""
    if not run.eager_here():
        return
    entry = callee.entry
    refuses = entry.endswith("!")
    if entry.startswith("c:"):
        init = run.surface.member(entry[2:], "__init__") or ""
        refuses = init.endswith("!")
        if run.surface.inherits(entry[2:], SAVER):
            refuses = not arguments and "var_list" not in keywords
    if refuses or callee.path.endswith(_REFUSES):
        run.report(
            "graph-only",
            node,
            f"{spelled_path(callee.path)} does not work in eager mode, which is on here",
            raises="RuntimeError",
        )


# What calls a refusing function where the data's maker does not look for one.
_REFUSES = (
    "train.MonitoredTrainingSession",
    "train.ProfilerHook",
    "summary.FileWriterCache.get",
    "data.make_initializable_iterator",
    "losses.get_total_loss",
    "train.import_meta_graph",
    "train.export_meta_graph",
    "tensorflow.gradients",
)


def run_of_session(run: Any, node: ast.Call, owner: Value, arguments: Sequence[Value]) -> None:
    """`session.run`: what it fetches has to be in its graph."""
    fetched = arguments[0] if arguments else ANY
    _lazy_fetches(run, node, fetched)
    if any(merged_nothing(part) for part in parts(fetched)):
        run.report(
            "summary-merged-none",
            node,
            "what merge_all gave is None here, and None cannot be fetched",
            raises="TypeError",
        )
    alone = isinstance(owner, Kind) and owner.eager is True
    if run.eager_here() and (alone or is_eager(fetched)):
        run.report(
            "session-without-graph",
            node,
            "nothing was built in a graph: eager mode is on",
            raises="RuntimeError",
        )
    elif any(is_eager(option) for option in alternatives(fetched)) and run.mode is False:
        run.report(
            "session-without-graph",
            node,
            "what is fetched here was made in eager mode, and is in no graph",
            raises="RuntimeError",
        )


def _lazy_fetches(run: Any, node: ast.Call, fetched: Value) -> None:
    kind = kind_of(fetched)
    if kind in tables.NO_SEQUENCE:
        message = f"{python.spelled(kind)} is no list in Python 3, and cannot be fetched"
        python.no_list(run, node, 0, message)


def summary_added(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """`add_summary` of what a summary of TensorFlow 2 gave."""
    summary = arguments[0] if arguments else keywords.get("summary", ANY)
    if kind_of(summary) == "summary of TensorFlow 2":
        run.report(
            "summary-merged-none",
            node,
            "what a summary of TensorFlow 2 gives is a bool, which a FileWriter does not take",
            raises="AttributeError",
        )


def merged_nothing(value: Value) -> bool:
    """Whether this is what merge_all gives where nothing was collected."""
    return isinstance(value, Kind) and value.name == "nothing merged"


_STARTS_THREADS = ("managed_session", "prepare_or_wait_for_session", "start_standard_services")


def outside_the_graph(run: Any, node: ast.Call, owner: Value, name: str) -> None:
    """What works in threads or on collections, where eager mode is on around the graph."""
    if not isinstance(owner, Kind) or owner.eager is None:
        return
    saver = run.surface.inherits(owner.name, SAVER)
    if owner.eager is False:
        if saver and run.mode is True and name in ("save", "restore"):
            run.report(
                "graph-only",
                node,
                f"a saver made in a graph does not {name} outside of it, where eager mode is on",
                raises="ValueError",
            )
        return
    if owner.name.endswith(".supervisor.Supervisor") and name in _STARTS_THREADS:
        run.report(
            "graph-only",
            node,
            "a Supervisor's threads save and count outside the graph, where eager mode is on",
            raises="ValueError",
        )
    if saver and name == "save":
        run.report(
            "graph-only",
            node,
            "the saver has no variables: in eager mode, which is on here, none is collected",
            raises="ValueError",
        )


def iterator_used(run: Any, node: ast.Call, owner: Value, name: str) -> None:
    """An iterator of a structure: in eager mode it begins when it is given its dataset."""
    if name == "make_initializer":
        run.iterators_begun = True
    elif (
        name == "get_next"
        and isinstance(owner, Kind)
        and owner.eager is not False
        and run.eager_here()
        and not run.iterators_begun
    ):
        run.report(
            "graph-only",
            node,
            "this iterator has no dataset yet, and in eager mode, which is on here, it is read at "
            "once",
            raises="FailedPreconditionError",
        )


def minimise(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """An optimiser of TensorFlow 1 that is given a loss."""
    loss = arguments[0] if arguments else keywords.get("loss", ANY)
    if not run.eager_here() or isinstance(loss, (Function, Bound)):
        return
    if isinstance(loss, Unknown) and run.mode is None:
        return
    run.report(
        "graph-only",
        node,
        "an optimiser of tf.compat.v1 takes a function for its loss in eager mode, which is on "
        "here",
        raises="RuntimeError",
    )


def gradients_applied(
    run: Any, node: ast.Call, arguments: Sequence[Value], keywords: dict[str, Value]
) -> None:
    """`apply_gradients` to variables of a collection that eager mode leaves empty."""
    pairs = keywords.get("grads_and_vars", arguments[0] if arguments else ANY)
    if kind_of(pairs) == "uncollected":
        run.report(
            "graph-only",
            node,
            "no variable to apply gradients to: in eager mode, which is on here, none is collected",
            raises="ValueError",
        )


def enters(run: Any, node: ast.AST, values: Sequence[Value]) -> None:
    """Operands of an operation in a graph: one that was made in eager mode does not get in.

    Only the graph of a tf.function takes it along.
    """
    if not run.in_plain_graph() or not any(map(is_eager, values)):
        return
    made = next(_named(v) for v in values if is_eager(v))
    run.report(
        "eager-in-graph",
        node,
        f"{made} made in eager mode cannot be used in a graph, which is the default here",
        raises="RuntimeError",
    )


def _named(value: Value) -> str:
    kind = kind_of(value)
    return f"a {kind}" if kind in ("tensor", "variable") else "what was"
