"""The judgements: what the interpreter sees, held against the rules."""

from harness.scan.judge import arrays, graphs, keras, python
from harness.scan.judge.builtins import given_by_builtin, iterated, opened
from harness.scan.judge.calls import SUMMARIES, call, method_call
from harness.scan.judge.names import (
    builtin,
    class_made,
    data_member,
    foreign_call,
    import_gone,
    import_of_unknown,
    inherited,
    lost_keyword,
    member,
    member_of_gone,
    module_on_its_way_out,
    name_gone,
    of_foreign,
    short_name,
)
from harness.scan.judge.values import (
    arithmetic,
    compared,
    discarded,
    entry,
    hashed,
    in_place,
    stored,
    unpacked,
)
from harness.scan.values import join

__all__ = [
    "SUMMARIES",
    "arithmetic",
    "arrays",
    "builtin",
    "call",
    "class_made",
    "compared",
    "data_member",
    "discarded",
    "entry",
    "foreign_call",
    "given_by_builtin",
    "graphs",
    "hashed",
    "import_gone",
    "import_of_unknown",
    "in_place",
    "inherited",
    "iterated",
    "join",
    "keras",
    "lost_keyword",
    "member",
    "member_of_gone",
    "method_call",
    "module_on_its_way_out",
    "name_gone",
    "of_foreign",
    "opened",
    "python",
    "short_name",
    "stored",
    "unpacked",
]
